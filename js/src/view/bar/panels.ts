/** What the bar opens: the settings, and the numbers. It comes from the kernel with the first that is opened. */

import { element } from "../parts/dom";
import { NumbersPanel } from "./numbers_panel";
import type { Panelled } from "./panelled";
import { SettingsPanel } from "./settings_panel";

export class Panels {
  readonly root: HTMLElement;
  readonly #model: Panelled;
  readonly #numbers = new NumbersPanel();
  readonly #settings: SettingsPanel;

  /** `close`: the person wants the settings closed. */
  constructor(model: Panelled, close: () => void) {
    this.#model = model;
    this.#settings = new SettingsPanel(model, close);
    this.root = element("div", "nbstream-panels", {}, this.#numbers.root, this.#settings.root);
    this.update();
  }

  update(): void {
    this.#numbers.update(this.#model);
  }

  /** Returns whether the settings are open now. */
  toggleSettings(): boolean {
    this.#settings.toggle();
    return !this.#settings.root.hidden;
  }
}
