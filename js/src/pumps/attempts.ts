/** The captures under way: one that never ends is given up, and so is the camera when nothing comes of any. */

import type { Clock } from "../page/clock";
import { warnOnce } from "../page/log";

/** Encoding takes milliseconds; what takes so long does not come. */
const ANSWER_WITHIN_MS = 5000;
const HOPELESS_AFTER_MS = 5000;
/** More than can be under way at a time: those that a sleeping computer interrupted are no proof. */
const HOPELESS_COUNT = 3;

interface Attempt {
  sinceMs: number;
  ended(tookMs: number): void;
}

export class Attempts {
  readonly #clock: Clock;
  readonly #hopeless: (error: unknown) => void;
  readonly #open = new Set<Attempt>();
  #failuresInARow = 0;
  #failingSinceMs = 0;

  /** `hopeless` is told of the newest error once trying has lost its sense. */
  constructor(clock: Clock, hopeless: (error: unknown) => void) {
    this.#clock = clock;
    this.#hopeless = hopeless;
  }

  /** `ended` is called once: when `work` is settled, was given up, or all are closed. */
  add(work: Promise<void>, ended: (tookMs: number) => void): void {
    const attempt = { sinceMs: this.#clock.now(), ended };
    this.#open.add(attempt);
    work.then(
      () => this.#end(attempt) && this.#succeeded(),
      (error) => this.#end(attempt) && this.#failed(error, attempt.sinceMs),
    );
  }

  /** Give up what has taken too long. */
  look(): void {
    for (const attempt of this.#open) {
      if (this.#clock.now() - attempt.sinceMs < ANSWER_WITHIN_MS) continue;
      this.#end(attempt);
      this.#failed(new Error(`no answer for ${ANSWER_WITHIN_MS / 1000} s`), attempt.sinceMs);
    }
  }

  /** All ends here; what comes of it is of no interest any more. */
  close(): void {
    for (const attempt of this.#open) this.#end(attempt);
  }

  /** False if it has ended before. */
  #end(attempt: Attempt): boolean {
    if (!this.#open.delete(attempt)) return false;
    attempt.ended(this.#clock.now() - attempt.sinceMs);
    return true;
  }

  #succeeded(): void {
    this.#failuresInARow = 0;
  }

  #failed(error: unknown, sinceMs: number): void {
    warnOnce(`A frame could not be encoded (${error}). The stream goes on with the next.`);
    if (this.#failuresInARow === 0) this.#failingSinceMs = sinceMs;
    this.#failuresInARow += 1;
    const forMs = this.#clock.now() - this.#failingSinceMs;
    if (this.#failuresInARow >= HOPELESS_COUNT && forMs >= HOPELESS_AFTER_MS) this.#hopeless(error);
  }
}
