/**
 * Keeps the host's icon in the browser's tab still while a stream is live.
 *
 * JupyterLab and Notebook change the icon whenever a kernel becomes busy or idle, which it does for each frame. Each
 * change makes Chromium fetch the icon anew and keep some 50 kB for good: 90 MB a minute at 30 frames/s, and a tenth of
 * a processor (measured with Chromium 156 and JupyterLab 4.6, with any widget that sends messages). In Notebook the
 * server is asked for it each time, and answers nobody else meanwhile.
 */

const BUSY_ICON = "link.busy.favicon";
const MARK = "favicon";
/** What Notebook looks for: it changes the address of the first one. */
const ANY_ICON = "link[rel*='icon']";

export class FaviconHold {
  readonly #holders = new Set<object>();
  #held: Element[] = [];
  #standIn: HTMLLinkElement | null = null;

  /** Hold the icon for this holder, or no longer; it is let go with the last one. */
  set(holder: object, isHeld: boolean): void {
    if (isHeld) this.#holders.add(holder);
    else this.#holders.delete(holder);
    if (this.#holders.size > 0 && this.#held.length === 0 && !this.#standIn) this.#hold();
    else if (this.#holders.size === 0) this.#letGo();
  }

  /** JupyterLab finds the icon to change to by its classes; without one of them it leaves the icon as it is. */
  #hold(): void {
    this.#held = [...document.querySelectorAll(BUSY_ICON)];
    for (const icon of this.#held) icon.classList.remove(MARK);
    if (this.#held.length === 0) this.#standBefore(document.querySelector(ANY_ICON));
  }

  /** A link that Notebook takes for the icon, and that browsers do not. */
  #standBefore(icon: Element | null): void {
    if (!icon) return;
    this.#standIn = document.createElement("link");
    this.#standIn.rel = "not-the-icon";
    icon.before(this.#standIn);
  }

  #letGo(): void {
    for (const icon of this.#held) icon.classList.add(MARK);
    this.#held = [];
    this.#standIn?.remove();
    const href = this.#standIn?.getAttribute("href");
    if (href) document.querySelector(ANY_ICON)?.setAttribute("href", href);
    this.#standIn = null;
  }
}
