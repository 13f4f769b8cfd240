/**
 * Whether results are held on their way down until the browser acknowledges something, and when to release them.
 *
 * A server without TCP_NODELAY sends the kernel's `busy` at once and holds the small result behind it until the browser
 * has acknowledged that, which browsers put off by 40 ms (Nagle's algorithm and delayed acknowledgements). Any message
 * that the page sends in between carries the acknowledgement. It costs the server and the kernel some milliseconds of
 * processor time, so it is sent only while results are seen to be held, and only as long as it helps.
 */

const KEPT = 8;
/** A way (up and down, without the call) that takes this long, on a link that can do it quicker, is held. */
const HELD_MS = 35;
/** `busy` must have come before, or there is nothing to acknowledge. */
const AFTER_BUSY_MS = 8;
/** Frames that follow each other more quickly carry the acknowledgement themselves. */
const QUICK_EVERY_MS = 50;
const LOOK_AGAIN_AFTER_FRAMES = 300;
const USELESS_FOR_FRAMES = 3000;

export class StallWatch {
  #sent: { seq: number; atMs: number } | null = null;
  #waysMs: number[] = [];
  #isHeld = false;
  #untilLook = 0;

  /** A frame left. Returns after how many milliseconds a message would release its result; null: none is needed. */
  frameSent(seq: number, nowMs: number, callMs: number, everyMs: number): number | null {
    this.#sent = { seq, atMs: nowMs };
    this.#untilLook -= 1;
    if (this.#isHeld && this.#untilLook <= 0) this.#setHeld(false, 0);
    return this.#isHeld && everyMs >= QUICK_EVERY_MS ? callMs + AFTER_BUSY_MS : null;
  }

  /** The result of a frame came. */
  resultCame(seq: number, nowMs: number, callMs: number): void {
    if (this.#sent?.seq !== seq) return;
    this.#waysMs.push(nowMs - this.#sent.atMs - callMs);
    this.#sent = null;
    if (this.#waysMs.length < KEPT) return;
    const isSlow = median(this.#waysMs) >= HELD_MS;
    this.#waysMs = [];
    if (!this.#isHeld && isSlow && this.#untilLook <= 0) this.#setHeld(true, LOOK_AGAIN_AFTER_FRAMES);
    // It did not help: the link itself is slow.
    else if (this.#isHeld && isSlow) this.#setHeld(false, USELESS_FOR_FRAMES);
  }

  /** Whether this is the newest frame and its result is still to come. */
  isWaitingFor(seq: number): boolean {
    return this.#sent?.seq === seq;
  }

  #setHeld(isHeld: boolean, untilLook: number): void {
    this.#isHeld = isHeld;
    this.#untilLook = untilLook;
    this.#waysMs = [];
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
