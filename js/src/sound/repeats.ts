/**
 * How often, and how much at once, lost sound is sent again.
 *
 * On a line that is full, what was sent again is itself late: sent once more without need, it fills the line further. So
 * each try without an answer waits twice as long as the one before and sends half as much, and what the kernel stores
 * shows how long an answer takes.
 */

const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** Of what is sent again, in seconds of sound: so it catches up with what is said at any rate of samples. */
const MOST_ON_THE_WAY_S = 2;

/** Time is a number that is handed in. */
export class Repeats {
  #through = 0;
  #tries = 0;
  #waitMs = SHORTEST_WAIT_MS;
  /** When it began, or something was stored since. */
  #newsAtMs = 0;

  /** Whether something is being sent again. */
  get isOn(): boolean {
    return this.#through > 0;
  }

  /** Highest seq that there was when it began; 0: nothing is sent again. */
  get through(): number {
    return this.#through;
  }

  /** How much may be on the way. */
  get mostOnTheWayS(): number {
    return this.isOn ? MOST_ON_THE_WAY_S / 2 ** this.#tries : Number.POSITIVE_INFINITY;
  }

  /** Whether what the kernel says is missing shall be sent now: receipts that crossed it ask for it as well. */
  isDue(nowMs: number): boolean {
    return !this.isOn || nowMs - this.#newsAtMs >= this.#waitMs;
  }

  /** Everything from the first missing chunk on is to be sent again; `through`: the highest seq there is. */
  begin(through: number, nowMs: number): void {
    if (this.isOn) {
      this.#tries += 1;
      this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
    }
    this.#through = through;
    this.#newsAtMs = nowMs;
  }

  /** Some of it is stored, `tookMs` after it was sent again for the first time; null: it was sent once. */
  stored(tookMs: number | null, nowMs: number): void {
    this.#tries = 0;
    this.#newsAtMs = nowMs;
    if (this.isOn && tookMs !== null) this.#waitMs = Math.min(Math.max(2 * tookMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
  }

  /** All of it is stored. */
  end(): void {
    this.#through = 0;
    this.#tries = 0;
  }
}
