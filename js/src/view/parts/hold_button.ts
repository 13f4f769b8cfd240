/** Hold to talk: a button that says when it is pressed and when it is let go. */

import type { MicrophoneModel } from "../../model/microphone_model";
import { button, say } from "./dom";
import { whileHeld } from "./held";

const TITLE = "What you say while you hold it is what the function gets (Space)";

export class HoldButton {
  readonly root = button("nbstream-held nbstream-hold", "Hold to talk", TITLE, () => {});
  /** The view goes, or the stream: nobody holds it any more. */
  readonly close: () => void;
  readonly #model: MicrophoneModel;
  #isHeld = false;

  constructor(model: MicrophoneModel) {
    this.#model = model;
    this.close = whileHeld(this.root, (isHeld) => {
      this.#isHeld = isHeld;
      model.command(isHeld ? "hold" : "release");
    });
  }

  update(): void {
    const { rule, isHeld } = this.#model;
    const { state, isGone } = rule;
    this.root.hidden = isHeld === null || rule.isGuest;
    const isOff = isGone || state?.status !== "live";
    // A button that is disabled is told of no release.
    if (isOff || this.root.hidden) this.close();
    this.root.disabled = isOff;
    this.root.setAttribute("aria-pressed", String(this.#isHeld));
    say(this.root, this.#isHeld ? "Listening…" : "Hold to talk");
  }
}
