/** Before and after: the camera's picture over the result, as far as a divider that is dragged, or moved by keys. */

import type { Sighted } from "../page/page";
import { element } from "./parts/dom";
import { showPart } from "./shown_part";

const STEP = 0.02;
const STEPS: Record<string, number> = {
  ArrowLeft: -STEP,
  ArrowDown: -STEP,
  ArrowRight: STEP,
  ArrowUp: STEP,
  PageDown: -5 * STEP,
  PageUp: 5 * STEP,
  Home: -1,
  End: 1,
};

/** What is compared, and whether there is something to compare it with. */
export interface Compared {
  source(): Sighted | null;
  hasResult(): boolean;
}

export class Compare {
  readonly root = element("div", "nbstream-compare");
  readonly #compared: Compared;
  readonly #before = element("div", "nbstream-before");
  readonly #video = element("video", "nbstream-before-video", { "aria-label": "Before" });
  readonly #divider: HTMLDivElement;
  #share = 0.5;
  #watched: Sighted | null = null;
  #unwatch: () => void = () => {};

  constructor(compared: Compared) {
    this.#compared = compared;
    Object.assign(this.#video, { muted: true, autoplay: true, playsInline: true });
    this.#before.append(this.#video);
    const slider = { role: "slider", tabindex: "0", "aria-label": "Before and after", "aria-valuemin": "0" };
    this.#divider = element("div", "nbstream-divider", { ...slider, "aria-valuemax": "100" });
    this.root.append(this.#before, this.#divider);
    this.#divider.addEventListener("pointerdown", (event) => {
      this.#divider.setPointerCapture?.(event.pointerId);
      this.#divider.addEventListener("pointermove", this.#drag);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.#divider.addEventListener(end, () => this.#divider.removeEventListener("pointermove", this.#drag));
    }
    this.#divider.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault(); // The page would scroll.
      this.#move(this.#share + step);
    });
    this.#move(this.#share);
    this.update();
  }

  update = (): void => {
    const source = this.#compared.source();
    if (source !== this.#watched) {
      this.#unwatch();
      this.#watched = source;
      this.#unwatch = source?.changed.add(this.update) ?? (() => {});
    }
    const stream = source?.stream ?? null;
    this.root.hidden = stream === null || !this.#compared.hasResult();
    const shown = this.root.hidden ? null : stream;
    if (this.#video.srcObject !== shown) this.#video.srcObject = shown;
    if (!source) return;
    const { crop, mirror } = source.settings;
    showPart(this.#video, crop ?? [0, 0, 1, 1]);
    // Results are as the function saw it.
    this.#video.classList.toggle("nbstream-mirrored", mirror === "pixels");
  };

  close(): void {
    this.#unwatch();
    this.#video.srcObject = null;
  }

  #drag = (event: PointerEvent): void => {
    const { left, width } = this.root.getBoundingClientRect();
    if (width > 0) this.#move((event.clientX - left) / width);
  };

  #move(share: number): void {
    this.#share = Math.min(1, Math.max(0, share));
    const percent = Math.round(100 * this.#share);
    this.#before.style.clipPath = `inset(0 ${100 - percent}% 0 0)`;
    this.#divider.style.left = `${percent}%`;
    this.#divider.setAttribute("aria-valuenow", String(percent));
  }
}
