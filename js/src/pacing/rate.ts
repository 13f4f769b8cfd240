/** How many calls of the function end each second, as people are told it. */

const WINDOW_MS = 3000;
const MAX_KEPT = 400;

export class Rate {
  #endedAtMs: number[] = [];
  #endedThrough = 0;

  /** Take from a credit up to which frame calls have ended. */
  note(endedThrough: number, nowMs: number): void {
    if (endedThrough > this.#endedThrough) this.#endedAtMs = [...this.#endedAtMs, nowMs].slice(-MAX_KEPT);
    this.#endedThrough = endedThrough;
  }

  /** Null: too few have ended of late to tell. */
  perSecond(nowMs: number, callMs: number | null): number | null {
    // Of long calls few end in any window: it grows with them.
    const windowMs = Math.max(WINDOW_MS, 3 * (callMs ?? 0));
    this.#endedAtMs = this.#endedAtMs.filter((atMs) => nowMs - atMs <= windowMs);
    const [first, last] = [this.#endedAtMs[0], this.#endedAtMs.at(-1)];
    if (first === undefined || last === undefined || last <= first) return null;
    return ((this.#endedAtMs.length - 1) * 1000) / (last - first);
  }
}
