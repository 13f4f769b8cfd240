/** Size, rate and quality of a camera's pictures, as a person wants them. */

import { translated } from "../../page/texts";
import type { Device as Choice } from "../../protocol/from_page";
import { toOption } from "../parts/device_list";
import { element } from "../parts/dom";
import type { Panelled } from "./panelled";

const SIZES: Choice[] = ["320x240", "640x480", "1280x720", "1920x1080"].map((id) => ({
  id,
  label: id.replace("x", " × "),
}));
const QUALITIES: Choice[] = [
  { id: "40", label: "Low" },
  { id: "70", label: "Medium" },
  { id: "90", label: "High" },
];
const RATES: Choice[] = [
  { id: "0", label: "As the code asks" },
  { id: "200", label: "5 per second" },
  { id: "500", label: "2 per second" },
  { id: "1000", label: "1 per second" },
];

export class SettingsPanel {
  readonly root: HTMLDivElement;
  readonly #model: Panelled;
  readonly #size = list("Size");
  readonly #rate = list("Rate");
  readonly #quality = list("Quality");

  constructor(model: Panelled, close: () => void) {
    this.#model = model;
    const parts = [this.#size, this.#rate, this.#quality].map((one) => one.parentElement as HTMLElement);
    this.root = element("div", "nbstream-settings-panel", { role: "group", "aria-label": "Settings" }, ...parts);
    this.root.hidden = true;
    this.#size.addEventListener("change", this.#adjust);
    this.#quality.addEventListener("change", this.#adjust);
    this.#rate.addEventListener("change", () => model.setLeastEveryMs(Number(this.#rate.value)));
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
  }

  toggle(): void {
    this.root.hidden = !this.root.hidden;
    if (this.root.hidden) return;
    const { resolution, quality } = this.#model.settings;
    offer(this.#size, SIZES, resolution.join("x"));
    offer(this.#quality, QUALITIES, String(Array.isArray(quality) ? quality.join("–") : quality));
    offer(this.#rate, RATES, String(this.#model.leastEveryMs));
    this.#size.focus({ preventScroll: true });
  }

  #adjust = (): void => {
    const [width_px = 640, height_px = 480] = this.#size.value.split("x").map(Number);
    const quality = Number(this.#quality.value); // Of a range that the code gave: not a number, so it stays.
    this.#model.adjust({ width_px, height_px, ...(quality ? { quality } : {}) });
  };
}

function list(text: string): HTMLSelectElement {
  const select = element("select", "nbstream-choice");
  const caption = element("span", "");
  caption.textContent = translated(text);
  element("label", "nbstream-setting", {}, caption, select);
  return select;
}

/** What is set now is offered as well, whatever it is. */
function offer(select: HTMLSelectElement, choices: readonly Choice[], now: string): void {
  const all: readonly Choice[] = choices.some(({ id }) => id === now) ? choices : [{ id: now, label: now }, ...choices];
  select.replaceChildren(...all.map(toOption));
  select.value = now;
}
