/**
 * Which frames of a run's video build on each other.
 *
 * What was encoded and not sent breaks the chain, and so does the kernel's wish for a key frame: the next one is one then.
 */

import type { VideoJob } from "../encode/job";

/** At quality 70 and 30 a second: 2.9 kB for 640 x 480. */
const BITS_PER_PIXEL = 0.178;
const USUAL_QUALITY = 70;
/** So much more quality takes twice as many bits. */
const TWICE_AT = 15;

export class VideoChain {
  #run = 0;
  #isBroken = true;
  #sentSeq = 0;
  #keySeq = 0;

  /** What the encoder is asked for; `keyAfter`: a key frame after this one is wanted. */
  next(run: number, seq: number, keyAfter: number | null, bitsPerS: number): Omit<VideoJob, "code"> {
    if (run !== this.#run) {
      this.#run = run;
      this.#isBroken = true;
    }
    const isKey = this.#isBroken || (keyAfter !== null && keyAfter >= this.#keySeq);
    if (isKey) {
      this.#keySeq = seq;
      this.#isBroken = false;
    }
    return { seq, isKey, bitsPerS };
  }

  /** Whether an encoded frame may be sent: what it builds on was. */
  link(seq: number, after: number): boolean {
    const isWhole = after === 0 || after === this.#sentSeq;
    if (isWhole) this.#sentSeq = seq;
    else this.#isBroken = true;
    return isWhole;
  }

  /** An encoded frame was not sent. */
  break(): void {
    this.#isBroken = true;
  }
}

/** Pictures a second; in steps, since each change costs the encoder something. */
const rateOf = (periodMs: number): number => 2 ** (Math.round(2 * Math.log2(1000 / periodMs)) / 2);

/**
 * How many bits a video of such pictures takes in a second.
 *
 * The fewer pictures come, the more is new in each: one for a slow function has about twice the bits.
 */
export function bitRate(pixels: number, quality: number, periodMs: number): number {
  return pixels * rateOf(periodMs) ** 0.75 * BITS_PER_PIXEL * 2 ** ((quality - USUAL_QUALITY) / TWICE_AT);
}

/** The same for an encoder: each gives a picture a thirtieth of its bits, however far apart they are. */
export function encoderBits(bitsPerS: number, periodMs: number): number {
  return Math.round((bitsPerS * 30) / rateOf(periodMs));
}
