/** One view of a record button: a press records, a second one ends it, and a link saves what was recorded. */

import type { RecordModel } from "../model/record_model";
import type { Clock } from "../page/clock";
import { translated } from "../page/texts";
import { button, element, keepKeys, say, setText } from "./parts/dom";

const TICK_MS = 500;

/** Show it in `container`. Returns what takes the view away again. */
export function showRecord(model: RecordModel, container: HTMLElement, clock: Clock): () => void {
  const label = element("div", "nbstream-label");
  const press = button("nbstream-record", "Record", "Record", () => model.press());
  const time = element("span", "nbstream-record-time", { role: "timer" });
  const save = element("a", "nbstream-save");
  const said = element("div", "nbstream-said", { role: "status", "aria-live": "polite" });
  const row = element("div", "nbstream-record-row", {}, press, time, save);
  const root = element("div", "nbstream-recorder", {}, label, row, said);
  keepKeys(root);
  let cancelTick: (() => void) | null = null;

  function update(): void {
    const { clip, isRecording, isGone } = model;
    setText(label, model.label);
    label.hidden = model.label === "";
    press.disabled = isGone;
    press.setAttribute("aria-pressed", String(isRecording));
    const word = isRecording ? "Stop" : "Record";
    say(press, word);
    press.title = translated(word);
    setText(time, isRecording && !isGone ? clockTime(model.seconds) : "");
    save.hidden = clip === null || isRecording;
    if (clip) {
      if (save.getAttribute("href") !== clip.url) save.href = clip.url;
      save.download = clip.name;
      setText(save, translated(`Save ${clip.name} (${Number((clip.size / 1e6).toFixed(1))} MB)`));
    }
    say(said, isGone ? GONE : model.note);
    tickWhile(isRecording && !isGone);
  }

  function tickWhile(isNeeded: boolean): void {
    if (isNeeded === (cancelTick !== null)) return;
    cancelTick?.();
    cancelTick = null;
    if (!isNeeded) return;
    cancelTick = clock.after(TICK_MS, () => {
      cancelTick = null;
      update();
    });
  }

  const unsubscribe = model.changed.add(update);
  const removeView = model.addView();
  update();
  container.classList.add("nbstream-widget");
  container.append(root);

  return () => {
    unsubscribe();
    tickWhile(false);
    root.remove();
    removeView();
  };
}

const GONE = "The kernel is gone or was restarted. Run the notebook's cells again, from the first one on.";

function clockTime(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
