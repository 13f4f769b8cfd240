/**
 * How much is asked of the link: when it is slow, first the quality falls, then the size; all come back.
 *
 * One number, the budget, stands for everything: 1 is the best that the person allows, 0 the least. Its upper half is the
 * quality; where the size may change, that is its lower half. As with TCP the budget falls by a factor and rises by small
 * steps. The rate needs no word: no more frames are on the way than the line carries.
 *
 * What counts is how much later than the quickest message a frame came to the kernel, which the kernel says, and what a
 * frame takes of the line. So a slow function, which only holds frames in the kernel, never counts as a slow link, nor does
 * a page that is slow to show results. A long way is no slow link either: it is long for the quickest message, too.
 */

import type { Credit } from "../protocol/to_page";

export interface Limits {
  /** JPEG quality, 1..100; a pair: between which it may be chosen. */
  quality: number | readonly [lowest: number, highest: number];
  /** What stays as long as may be when the lowest quality is still too much. */
  hold: "size" | "rate";
}

/** More than this is late, less than that in time. Between them nothing changes. */
const LATE_MS = 100;
const IN_TIME_MS = 50;
/** What a frame takes of the line, as a share of the time between two: over a long line few are late where few come. */
const TOO_MUCH = 0.95;
const LITTLE = 0.75;
/** The median of so many frames counts: on a loaded machine single frames are late by 100 ms and more, on a quick link. */
const JUDGED_FRAMES = 9;
const FEWEST_FRAMES = 5;
const FALL_TO = 0.7;
const RISE_BY = 0.05;
const RISE_EVERY_MS = 1000;
const LEAST_BUDGET = 0.05;
const LEAST_SCALE = 0.5;
/** Sizes come in eighths: each change is one for the function, too. */
const SCALE_STEPS = 8;

export class LinkAdapter {
  limits: Limits = { quality: 70, hold: "size" };
  #budget = 1;
  #run = 0;
  #sentThrough = 0;
  #takenThrough = 0;
  #latesMs: number[] = [];
  /** The last frame that was sent before the last fall. */
  #fellAt = 0;
  #inTimeSinceMs: number | null = null;

  /** Whether anything may change; else quality is what was asked for. */
  get isOn(): boolean {
    return typeof this.limits.quality !== "number";
  }

  /** JPEG quality for the next frame, 1..100. */
  get quality(): number {
    const { quality } = this.limits;
    if (typeof quality === "number") return quality;
    const [lowest, highest] = quality;
    return Math.round(lowest + (highest - lowest) * Math.max(0, 2 * this.#budget - 1));
  }

  /** What width and height of the next frame are multiplied by, 0.5..1. */
  get scale(): number {
    if (this.limits.hold === "size") return 1;
    const lowerHalf = Math.min(1, 2 * this.#budget);
    return Math.round((LEAST_SCALE + (1 - LEAST_SCALE) * lowerHalf) * SCALE_STEPS) / SCALE_STEPS;
  }

  /** Numbers start again; what is known of the link stays. */
  begin(run: number): void {
    this.#run = run;
    this.#sentThrough = this.#takenThrough = this.#fellAt = 0;
  }

  sent(seq: number): void {
    this.#sentThrough = seq;
  }

  /** `load`: what the frames of now take of the line, as a share of the time between two. */
  heard({ run, taken_through, late_ms }: Credit, nowMs: number, load = 0): void {
    if (run !== this.#run || taken_through <= this.#takenThrough) return;
    this.#takenThrough = taken_through;
    // Frames that left before the last fall say nothing about how it is now.
    if (late_ms !== null && taken_through > this.#fellAt) this.#judge(late_ms, load, nowMs);
  }

  #judge(lateMs: number, load: number, nowMs: number): void {
    this.#latesMs = [...this.#latesMs, lateMs].slice(-JUDGED_FRAMES);
    if (!this.isOn) this.#budget = 1;
    if (!this.isOn || this.#latesMs.length < FEWEST_FRAMES) return;
    const medianMs = [...this.#latesMs].sort((a, b) => a - b)[this.#latesMs.length >> 1] ?? 0;
    if (medianMs > IN_TIME_MS || load > LITTLE) this.#inTimeSinceMs = null;
    else this.#inTimeSinceMs ??= nowMs;
    if (medianMs > LATE_MS || load > TOO_MUCH) this.#fall();
    else if (this.#inTimeSinceMs !== null && nowMs - this.#inTimeSinceMs >= RISE_EVERY_MS) this.#rise(nowMs);
  }

  #fall(): void {
    // What is left of the rate is the line's own affair: no more frames are on the way than it carries.
    const least = this.limits.hold === "size" ? 0.5 : LEAST_BUDGET;
    this.#budget = Math.max(least, this.#budget * FALL_TO);
    this.#fellAt = this.#sentThrough;
    this.#latesMs = [];
  }

  #rise(nowMs: number): void {
    this.#budget = Math.min(1, this.#budget + RISE_BY);
    this.#inTimeSinceMs = nowMs;
  }
}
