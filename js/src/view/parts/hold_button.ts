/** Hold to talk: a button that says when it is pressed and when it is let go, by mouse, touch or Space. */

import type { MicrophoneModel } from "../../model/microphone_model";
import { button, setText } from "./dom";

const TITLE = "What you say while you hold it is what the function gets (Space)";
const KEYS = [" ", "Enter"];

export class HoldButton {
  readonly root = button("nbstream-hold", "Hold to talk", TITLE, () => {});
  readonly #model: MicrophoneModel;
  #isHeld = false;

  constructor(model: MicrophoneModel) {
    this.#model = model;
    const { root } = this;
    root.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || root.disabled) return;
      // The finger may slide off the button and is let go all the same.
      root.setPointerCapture?.(event.pointerId);
      this.#set(true);
    });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) {
      root.addEventListener(name, () => this.#set(false));
    }
    root.addEventListener("keydown", (event) => this.#key(event, true));
    root.addEventListener("keyup", (event) => this.#key(event, false));
    // A long touch would open the browser's menu.
    root.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  update(): void {
    const { rule, isHeld } = this.#model;
    const { state, isGone } = rule;
    this.root.hidden = isHeld === null || rule.isGuest;
    const isOff = isGone || state?.status !== "live";
    // A button that is disabled is told of no release.
    if (isOff || this.root.hidden) this.#set(false);
    this.root.disabled = isOff;
    this.root.setAttribute("aria-pressed", String(this.#isHeld));
    setText(this.root, this.#isHeld ? "Listening…" : "Hold to talk");
  }

  /** The view goes: nobody holds it any more. */
  close(): void {
    this.#set(false);
  }

  #key(event: KeyboardEvent, isHeld: boolean): void {
    if (!KEYS.includes(event.key)) return;
    // Neither a click of the button nor a command of the notebook.
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat && !this.root.disabled) this.#set(isHeld);
  }

  #set(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    this.#model.command(isHeld ? "hold" : "release");
  }
}
