/** Calls back once a second while it is on, in hidden tabs as well. */

import type { Cancel, Clock } from "./clock";

const BEAT_EVERY_MS = 1000;

export class Heartbeat {
  readonly #clock: Clock;
  readonly #beat: () => void;
  #cancel: Cancel | null = null;

  constructor(clock: Clock, beat: () => void) {
    this.#clock = clock;
    this.#beat = beat;
  }

  set(isOn: boolean): void {
    if (isOn === (this.#cancel !== null)) return;
    this.#cancel?.();
    this.#cancel = null;
    if (isOn) this.#arm();
  }

  #arm(): void {
    this.#cancel = this.#clock.after(BEAT_EVERY_MS, () => {
      this.#arm();
      this.#beat();
    });
  }
}
