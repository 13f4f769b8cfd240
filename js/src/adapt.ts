/**
 * How much is asked of the link: when it is slow, first the quality falls, then the size, then the rate; all come back.
 *
 * One number, the budget, stands for everything: 1 is the best that the person allows, 0 the least. Its upper half is the
 * quality. Where the size may change, that is its lower half, and the rate falls at its end; where the size is held, the
 * rate falls in all of the lower half. The rate falls by having no more than one frame on the way: as many are sent as the
 * link carries, and none waits in it for another. As with TCP the budget falls by a factor and rises by small steps.
 *
 * What counts is the time on the link: from sending a frame until the first credit that says it was taken, less the time
 * that the kernel had it. So a slow function, which only holds frames in the kernel, never counts as a slow link. A long
 * way is no slow link either: the quickest frame seen says how long the way itself is.
 */

import type { Credit } from "./contract";

export interface Limits {
  /** JPEG quality, 1..100; a pair: between which it may be chosen. */
  quality: number | readonly [lowest: number, highest: number];
  /** What stays as long as may be when the lowest quality is still too much. */
  hold: "size" | "rate";
}

/** Later than the quickest frame by this much is late; by less than this, in time. Between them nothing changes. */
const LATE_MS = 100;
const IN_TIME_MS = 50;
/** A way that is never quicker than this counts as slow, not as long. */
const LONGEST_WAY_MS = 200;
/** One late frame is a hiccup of the page, the kernel or the network. */
const LATE_IN_A_ROW = 3;
const FALL_TO = 0.7;
const RISE_BY = 0.05;
const RISE_EVERY_MS = 1000;
const LEAST_BUDGET = 0.05;
/** The quickest frame is forgotten by so many milliseconds in each: the way may have become longer. */
const FORGET_SHARE = 0.001;
const LEAST_SCALE = 0.5;
/** Sizes come in eighths: each change is one for the function, too. */
const SCALE_STEPS = 8;

export class LinkAdapter {
  limits: Limits = { quality: 80, hold: "size" };
  #budget = 1;
  #run = 0;
  #sentAtMs = new Map<number, number>();
  #takenThrough = 0;
  #quickestMs = Number.POSITIVE_INFINITY;
  #heardAtMs = 0;
  #lateInARow = 0;
  #fellAtMs = Number.NEGATIVE_INFINITY;
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

  /** Whether a frame must have been taken before the next may leave. */
  get oneAtATime(): boolean {
    return this.limits.hold === "size" ? this.#budget < 0.5 : this.#budget <= LEAST_BUDGET;
  }

  /** Numbers start again; what is known of the link stays. */
  begin(run: number): void {
    this.#run = run;
    this.#sentAtMs.clear();
    this.#takenThrough = 0;
  }

  sent(seq: number, nowMs: number): void {
    this.#sentAtMs.set(seq, nowMs);
  }

  heard({ run, taken_through, held_ms }: Credit, nowMs: number): void {
    if (run !== this.#run || taken_through <= this.#takenThrough) return;
    this.#takenThrough = taken_through;
    const sentAtMs = this.#sentAtMs.get(taken_through);
    for (const seq of this.#sentAtMs.keys()) if (seq <= taken_through) this.#sentAtMs.delete(seq);
    if (sentAtMs === undefined || held_ms === null) return;
    // Frames that left before the last fall say nothing about how it is now.
    if (sentAtMs >= this.#fellAtMs) this.#judge(nowMs - sentAtMs - held_ms, nowMs);
  }

  #judge(linkMs: number, nowMs: number): void {
    const forgottenMs = (nowMs - this.#heardAtMs) * FORGET_SHARE;
    this.#heardAtMs = nowMs;
    this.#quickestMs = Math.min(linkMs, this.#quickestMs + forgottenMs);
    const lateByMs = linkMs - Math.min(this.#quickestMs, LONGEST_WAY_MS);
    this.#lateInARow = lateByMs > LATE_MS ? this.#lateInARow + 1 : 0;
    if (lateByMs > IN_TIME_MS) this.#inTimeSinceMs = null;
    else this.#inTimeSinceMs ??= nowMs;
    if (!this.isOn) this.#budget = 1;
    else if (this.#lateInARow >= LATE_IN_A_ROW) this.#fall(nowMs);
    else if (this.#inTimeSinceMs !== null && nowMs - this.#inTimeSinceMs >= RISE_EVERY_MS) this.#rise(nowMs);
  }

  #fall(nowMs: number): void {
    this.#budget = Math.max(LEAST_BUDGET, this.#budget * FALL_TO);
    this.#fellAtMs = nowMs;
    this.#lateInARow = 0;
  }

  #rise(nowMs: number): void {
    this.#budget = Math.min(1, this.#budget + RISE_BY);
    this.#inTimeSinceMs = nowMs;
  }
}
