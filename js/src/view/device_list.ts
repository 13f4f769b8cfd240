/** The list of cameras or microphones. What the person chose stays selected until the kernel says otherwise. */

import { findDevice } from "../capture/devices";
import { type MediaKind, title } from "../capture/kind";
import type { Device } from "../contract";
import { element } from "./dom";

export class DeviceList {
  readonly root: HTMLSelectElement;
  #shown = "";

  constructor(kind: MediaKind, choose: (id: string) => void) {
    this.root = element("select", "nbstream-device", { "aria-label": title(kind), title: `Which ${kind.noun} to use` });
    this.root.addEventListener("change", () => choose(this.root.value));
  }

  update(devices: readonly Device[], wanted: string): void {
    const shown = JSON.stringify([devices, wanted]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const named = findDevice(devices, wanted);
    // A name that the browser does not know (yet) is shown as it is.
    const all = named ? devices : [...devices, { id: wanted, label: wanted }];
    this.root.replaceChildren(...all.map(toOption));
    this.root.value = named?.id ?? wanted;
  }
}

function toOption({ id, label }: Device): HTMLOptionElement {
  const option = document.createElement("option");
  option.value = id;
  option.textContent = label;
  return option;
}
