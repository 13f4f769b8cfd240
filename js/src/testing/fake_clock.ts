import type { Clock } from "../page/clock";

/** A clock that a test moves by hand; what became due is called in order of time. */
export class FakeClock implements Clock {
  #nowMs = 1_000_000;
  #timers: { atMs: number; callback: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get armed(): number {
    return this.#timers.length;
  }

  /** So much time passes at once, as on a page that was busy; what became due is called then. */
  stand(ms: number): void {
    this.#nowMs += ms;
    this.advance(0);
  }

  /** What waits is called after so much time, due or not: timers of other clocks are not exact. */
  wakeEarly(ms: number): void {
    this.#nowMs += ms;
    for (const { callback } of this.#timers.splice(0)) callback();
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = untilMs;
  }
}
