/** One view of a microphone: its waveform, its level, and what every source has around them. */

import type { MicrophoneModel } from "../model/microphone_model";
import type { Clock } from "../page/clock";
import type { Blocked } from "../sound/context";
import { button, element, icon, say } from "./parts/dom";
import { HoldButton } from "./parts/hold_button";
import { TimeBar } from "./parts/time_bar";
import { Waveform } from "./parts/waveform";
import { hintText } from "./parts/words";
import { showSource } from "./source_view";

const WANTED: Record<Blocked, string> = {
  "": "",
  click: "Click here: the browser wants it before it listens",
  output: "The browser listens only where it can also play: connect a loudspeaker or headphones and press Start again",
};

/** Show the microphone in `container`. Returns what takes the view away again. */
export function showMicrophone(model: MicrophoneModel, container: HTMLElement, clock: Clock): () => void {
  return showSource(model, new SoundStage(model), container, clock);
}

class SoundStage {
  readonly root: HTMLDivElement;
  readonly buttons: HTMLElement[];
  readonly #hold: HoldButton;
  readonly #model: MicrophoneModel;
  readonly #hint = element("span", "nbstream-hint");
  readonly #placeholder = element("div", "nbstream-placeholder");
  readonly #waveform: Waveform;
  readonly #clipped = element("span", "nbstream-clipped", { title: "Samples beyond full scale in this run" });
  readonly #mute: HTMLButtonElement;
  readonly #muted = element("span", "nbstream-muted", { role: "status" });
  readonly #timeBar = new TimeBar();

  constructor(model: MicrophoneModel) {
    this.#model = model;
    this.#hold = new HoldButton(model);
    this.#mute = button("nbstream-mute", "Mute", "Send silence in place of what is heard", () => model.toggleMute());
    this.buttons = [this.#hold.root, this.#mute];
    this.#placeholder.append(icon(model.kind.icon), this.#hint);
    this.#waveform = new Waveform(model.scope, "Level of the microphone");
    const { canvas, meter } = this.#waveform;
    const parts = [this.#placeholder, canvas, meter, this.#clipped, this.#muted, this.#timeBar.root];
    this.root = element("div", "nbstream-picture nbstream-sound", {}, ...parts);
  }

  update(nowMs: number): void {
    const { rule, stream, blocked, clippedCount, isMuted } = this.#model;
    const isOn = stream !== null && !blocked;
    this.#placeholder.hidden = isOn;
    this.#waveform.canvas.hidden = !isOn;
    this.#waveform.meter.hidden = !isOn;
    this.#waveform.run(isOn);
    this.#clipped.hidden = clippedCount === 0 || !isOn;
    say(this.#clipped, `${clippedCount} clipped`);
    say(this.#hint, WANTED[blocked] || hintText(this.#model));
    this.#mute.hidden = rule.isGuest || !this.#model.shows("mute");
    this.#mute.disabled = rule.isGone;
    this.#mute.setAttribute("aria-pressed", String(isMuted));
    say(this.#mute, isMuted ? "Unmute" : "Mute");
    say(this.#muted, isMuted && isOn ? "Muted" : "");
    this.#hold.update();
    this.#timeBar.update(rule.isGone ? null : rule.state, rule.heardAtMs, nowMs);
  }

  close(): void {
    this.#waveform.run(false);
    this.#hold.close();
  }
}
