/** One view of an audio player: what it plays, how loud, and the button that a browser may want to see pressed. */

import type { PlayerModel } from "../model/player_model";
import { translated } from "../page/texts";
import { button, element, keepKeys, say, setText } from "./parts/dom";
import { Waveform } from "./parts/waveform";

const STEPS = 100;
const NO_OUTPUT = "The browser finds nothing to play sound on: connect a loudspeaker or headphones.";

/** Show the player in `container`. Returns what takes the view away again. */
export function showPlayer(model: PlayerModel, container: HTMLElement): () => void {
  const label = element("div", "nbstream-label");
  const waveform = new Waveform(model.scope, "Level of the sound");
  const stage = element("div", "nbstream-picture nbstream-sound", {}, waveform.canvas, waveform.meter);
  const play = button("nbstream-unblock", "Play sound", "The browser wants a click first", () => model.unblock());
  const mute = button("nbstream-mute", "Mute", "Play unheard", () => model.set("muted", !model.muted));
  const range = { type: "range", min: "0", max: String(STEPS), "aria-label": "Volume", title: "Volume" };
  const volume = element("input", "nbstream-volume", range);
  volume.addEventListener("input", () => model.set("volume", Number(volume.value) / STEPS));
  const status = element("span", "nbstream-status", { role: "status" });
  const note = element("div", "nbstream-note", { "aria-live": "polite" });
  const frame = element("div", "nbstream-stage", {}, stage, note);
  const controls = element("div", "nbstream-controls", {}, play, mute, volume, status);
  const root = element("div", "nbstream-display nbstream-player", { role: "group" }, label, frame, controls);
  keepKeys(root);

  function update(): void {
    const { blocked, isPlaying, muted, clippedCount, problem } = model;
    setText(label, model.label);
    label.hidden = model.label === "";
    root.setAttribute("aria-label", model.label || translated("Sound"));
    play.hidden = !blocked;
    say(mute, muted ? "Unmute" : "Mute");
    mute.setAttribute("aria-pressed", String(muted));
    volume.value = String(Math.round(model.volume * STEPS));
    status.dataset.status = problem ? "failed" : isPlaying ? (blocked ? "waiting" : "live") : "idle";
    say(status, blocked ? "Waiting for a click" : isPlaying ? "Playing" : "Silent");
    const why = problem || (blocked === "output" ? NO_OUTPUT : "");
    say(note, why || (clippedCount > 0 ? `${clippedCount} values were beyond full scale and are cut.` : ""));
    waveform.run(isPlaying && !blocked);
  }

  const unsubscribe = model.changed.add(update);
  const removeView = model.addView();
  update();
  container.classList.add("nbstream-widget");
  container.append(root);

  return () => {
    unsubscribe();
    waveform.run(false);
    root.remove();
    removeView();
  };
}
