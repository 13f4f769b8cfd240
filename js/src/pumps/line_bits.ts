/**
 * How many bits a second a video has: as many as the quality asks for where the line carries them, and fewer where not.
 *
 * In steps and seldom, for each change takes the encoder a while to follow.
 */

/** So much of the line; the rest is for sound, for key frames, and for what the line is not known to carry. */
const SHARE = 0.6;
const STAYS_MS = 2000;
/** A step up is taken where the line carries so much more than that, so that it is not taken back at once. */
const ROOM = 1.25;
/** And where it does so for long: a small frame that came at once makes any line look quick for a while. */
const QUICK_FOR_MS = 12_000;

export class LineBits {
  /** Each takes a square root of two away. */
  #steps = 0;
  #changedAtMs = Number.NEGATIVE_INFINITY;
  #wasFullAtMs = 0;

  /** `most`, `least`: what the qualities take that the code allows; `msPerByte`: of the line, 0: not known. */
  next(most: number, least: number, msPerByte: number, nowMs: number): number {
    const carried = msPerByte > 0 ? (SHARE * 8000) / msPerByte : Number.POSITIVE_INFINITY;
    const wanted = stepsBelow(most, carried);
    const isMore = wanted < this.#steps;
    const steps = isMore ? Math.min(this.#steps, stepsBelow(most, carried / ROOM)) : wanted;
    if (steps >= this.#steps) this.#wasFullAtMs = nowMs;
    const isDue = isMore ? nowMs - this.#wasFullAtMs >= QUICK_FOR_MS : nowMs - this.#changedAtMs >= STAYS_MS;
    if (steps !== this.#steps && isDue) {
      this.#steps = steps;
      this.#changedAtMs = nowMs;
    }
    return Math.round(Math.max(least, most * 2 ** (-this.#steps / 2)));
  }
}

function stepsBelow(most: number, carried: number): number {
  return carried < most ? Math.ceil(2 * Math.log2(most / carried)) : 0;
}
