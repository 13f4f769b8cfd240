/**
 * What is painted, until a message has told the kernel.
 *
 * The word rides on frames and beats, which are sent anyway; only when none comes by does it travel alone.
 */

import type { Painted } from "../protocol/from_page";
import type { Cancel, Clock } from "./clock";

const ALONE_AFTER_MS = 150;

export class PaintedLedger {
  readonly #clock: Clock;
  #pending: Painted | null = null;
  #cancel: Cancel = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `sendAlone` is used if nothing carries the word in time. */
  note(widgetId: string, seq: number, received_at_ms: number, sendAlone: (painted: Painted) => void): void {
    const isFirst = this.#pending === null;
    this.#pending = { ...this.#pending, [widgetId]: { seq, received_at_ms, painted_at_ms: this.#clock.now() } };
    if (!isFirst) return;
    this.#cancel = this.#clock.after(ALONE_AFTER_MS, () => {
      const painted = this.take();
      if (painted) sendAlone(painted);
    });
  }

  /** What a message that is about to be sent shall carry; null: nothing. */
  take(): Painted | null {
    const painted = this.#pending;
    this.#pending = null;
    this.#cancel();
    return painted;
  }
}
