/**
 * When samples were heard: the audio clock on the page's clock, learned from blocks as they come.
 *
 * A block comes when its last sample has gone through the audio thread, or later where the page is busy: the quickest of
 * the last seconds tells it. The browser's output could be asked instead, but Firefox's may stand still then for up to
 * minutes, and the page with it.
 */

import type { Clock } from "../page/clock";

/** The quickest block counts for one to two of these, so that clocks that drift apart, or a pause, are followed. */
const WINDOW_MS = 5000;

export class BlockTimes {
  readonly #clock: Clock;
  readonly #rateHz: number;
  #windowFromMs = Number.NEGATIVE_INFINITY;
  /** When the audio clock was at 0, by the quickest block of this window, and of the one before. */
  #beganMs = Number.POSITIVE_INFINITY;
  #beganBeforeMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, rateHz: number) {
    this.#clock = clock;
    this.#rateHz = rateHz;
  }

  /** A block of so many samples, the first of this number, has come: when its first was heard, in milliseconds since 1970. */
  capturedAtMs(frame: number, count: number): number {
    const nowMs = this.#clock.now();
    if (nowMs - this.#windowFromMs > WINDOW_MS) {
      this.#windowFromMs = nowMs;
      this.#beganBeforeMs = this.#beganMs;
      this.#beganMs = Number.POSITIVE_INFINITY;
    }
    this.#beganMs = Math.min(this.#beganMs, nowMs - (1000 * (frame + count)) / this.#rateHz);
    return Math.min(this.#beganMs, this.#beganBeforeMs) + (1000 * frame) / this.#rateHz;
  }
}
