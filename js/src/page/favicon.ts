/**
 * Keeps JupyterLab's icon in the browser's tab still while a stream is live.
 *
 * JupyterLab changes the icon whenever a kernel becomes busy or idle, which it does for each frame. Each change makes
 * Chromium fetch the icon anew and keep some 50 kB for good: 90 MB a minute at 30 frames/s, and a tenth of a processor
 * (measured with Chromium 156 and JupyterLab 4.6, with any widget that sends messages).
 */

const BUSY_ICON = "link.busy.favicon";
const MARK = "favicon";

export class FaviconHold {
  readonly #holders = new Set<object>();
  #held: Element[] = [];

  /** Hold the icon for this holder, or no longer; it is let go with the last one. */
  set(holder: object, isHeld: boolean): void {
    if (isHeld) this.#holders.add(holder);
    else this.#holders.delete(holder);
    if (this.#holders.size > 0 && this.#held.length === 0) this.#hold();
    else if (this.#holders.size === 0) this.#letGo();
  }

  /** JupyterLab finds the icon to change to by its classes; without one of them it leaves the icon as it is. */
  #hold(): void {
    this.#held = [...document.querySelectorAll(BUSY_ICON)];
    for (const icon of this.#held) icon.classList.remove(MARK);
  }

  #letGo(): void {
    for (const icon of this.#held) icon.classList.add(MARK);
    this.#held = [];
  }
}
