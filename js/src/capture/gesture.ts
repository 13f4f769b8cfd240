/** A click that the browser wants to see before it asks the person. */

export class Gesture {
  /** Told when a click is awaited, or is no longer. */
  changed: () => void = () => {};
  #go: (() => void) | null = null;

  get isAwaited(): boolean {
    return this.#go !== null;
  }

  /** A person clicked: what waited goes on, within the click. */
  click(): void {
    this.#go?.();
  }

  /** Rejects with the signal's reason if it is aborted first. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => () => {
        this.#go = null;
        settle();
        this.changed();
      };
      this.#go = end(resolve);
      signal.addEventListener(
        "abort",
        end(() => reject(signal.reason)),
        { once: true },
      );
      this.changed();
    });
  }
}
