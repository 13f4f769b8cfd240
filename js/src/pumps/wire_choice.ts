/** JPEG where the line is quick, video where it is not: by what a JPEG takes of the line, or would take. */

/** As shares of the time between two pictures that are wanted. */
const VIDEO_ABOVE = 0.4;
const JPEG_BELOW = 0.2;
/** What is known of the line needs as long to follow it. */
const STAYS_MS = 5000;
/** Small frames say little: one that came at once makes any line look quick, for as long as it is remembered. */
const QUICK_FOR_MS = 15_000;

export class WireChoice {
  #isVideo = false;
  #jpegBytes = 0;
  #changedAtMs = Number.NEGATIVE_INFINITY;
  #wasSlowAtMs = 0;

  jpegSent(bytes: number): void {
    this.#jpegBytes = bytes;
  }

  /** Whether the next picture shall be video; `wantedMs`: the time between two. */
  isVideo(msPerByte: number, wantedMs: number, nowMs: number): boolean {
    const share = (msPerByte * this.#jpegBytes) / wantedMs;
    if (share > JPEG_BELOW) this.#wasSlowAtMs = nowMs;
    const wantsVideo = this.#isVideo ? nowMs - this.#wasSlowAtMs < QUICK_FOR_MS : share > VIDEO_ABOVE;
    if (wantsVideo !== this.#isVideo && nowMs - this.#changedAtMs >= STAYS_MS) {
      this.#isVideo = wantsVideo;
      this.#changedAtMs = nowMs;
    }
    return this.#isVideo;
  }
}
