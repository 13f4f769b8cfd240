/** One view of a place for a file: a button, an area to drop on, and what became of the file. */

import type { UploadModel } from "../model/upload_model";
import { translated } from "../page/texts";
import { button, element, keepKeys, setText } from "./parts/dom";

const GONE = "The kernel is gone or was restarted. Run the notebook's cells again, from the first one on.";

/** Show it in `container`. Returns what takes the view away again. */
export function showUpload(model: UploadModel, container: HTMLElement): () => void {
  const label = element("div", "nbstream-label");
  const input = element("input", "nbstream-file", { type: "file", accept: model.accept, "aria-label": "File" });
  const choose = button("nbstream-choose", "Choose a file", "Choose a file", () => input.click());
  const hint = element("span", "nbstream-hint");
  const said = element("div", "nbstream-said", { role: "status", "aria-live": "polite" });
  const area = element("div", "nbstream-drop", {}, choose, hint, said);
  const root = element("div", "nbstream-upload", {}, label, area, input);
  input.hidden = true;
  setText(hint, translated("or drop it here"));
  keepKeys(root);

  function take(files: FileList | null | undefined): void {
    const file = files?.[0];
    if (file && !model.isGone) model.choose(file);
  }

  function update(): void {
    setText(label, model.label);
    label.hidden = model.label === "";
    choose.disabled = model.isGone;
    const { text, isBad } = words(model);
    setText(said, text);
    said.dataset.bad = String(isBad);
  }

  function dragged(event: DragEvent): void {
    // Else the browser would leave the notebook and show the file.
    event.preventDefault();
    event.stopPropagation();
    root.dataset.over = String(event.type === "dragover" && !model.isGone);
    if (event.type === "drop") take(event.dataTransfer?.files);
  }

  for (const name of ["dragover", "dragleave", "drop"] as const) root.addEventListener(name, dragged);
  input.addEventListener("change", () => {
    take(input.files);
    input.value = ""; // the same file may be chosen again
  });
  const unsubscribe = model.changed.add(update);
  const removeView = model.addView();
  update();
  container.classList.add("nbstream-widget");
  container.append(root);

  return () => {
    unsubscribe();
    root.remove();
    removeView();
  };
}

function words(model: UploadModel): { text: string; isBad: boolean } {
  const { state } = model;
  if (model.isGone) return { text: translated(GONE), isBad: true };
  if (model.refusal !== null) return { text: model.refusal, isBad: true };
  if (state === null) return { text: "", isBad: false };
  if (state.note !== null) return { text: translated(state.note), isBad: true };
  const { name, received, size } = state;
  if (state.is_taken) return { text: name, isBad: false };
  return { text: `${name}: ${Math.floor((100 * received) / size)} %`, isBad: false };
}
