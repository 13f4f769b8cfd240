/** The list of cameras or microphones. What the person chose stays selected until the kernel says otherwise. */

import { type DeviceWish, findDevice, findWished, nameOfWish } from "../../capture/devices";
import { type MediaKind, title } from "../../capture/kind";
import { translated } from "../../page/texts";
import type { Device } from "../../protocol/from_page";
import { element } from "./dom";

export class DeviceList {
  readonly root: HTMLSelectElement;
  readonly #kind: MediaKind;
  #shown = "";

  constructor(kind: MediaKind, choose: (id: string) => void) {
    this.#kind = kind;
    this.root = element("select", "nbstream-device", { "aria-label": title(kind), title: `Which ${kind.noun} to use` });
    this.root.addEventListener("change", () => choose(this.root.value));
  }

  /** `inUse`: the label of what is open; null while nothing is. */
  update(devices: readonly Device[], wish: DeviceWish, inUse: string | null): void {
    const shown = JSON.stringify([devices, wish, inUse]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const named = findWished(devices, wish) ?? (inUse === null ? undefined : findDevice(devices, inUse));
    // A name that the browser does not know (yet) is shown as it is.
    const all = named ? devices : [...devices, { id: wish.device, label: nameOfWish(wish, this.#kind) }];
    this.root.replaceChildren(...all.map(toOption));
    this.root.value = named?.id ?? wish.device;
  }
}

export function toOption({ id, label }: Device): HTMLOptionElement {
  const option = document.createElement("option");
  option.value = id;
  option.textContent = translated(label);
  return option;
}
