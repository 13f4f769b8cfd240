/** One view of a display: its label and the newest result. */

import type { DisplayModel } from "../model/display_model";
import { currentTexts, translated } from "../page/texts";
import type { Compare, Compared } from "./compare";
import { element, icon, keepKeys, PICTURE_PATHS, say, setText } from "./parts/dom";
import { OverlayCanvas } from "./parts/overlay";
import { PointerLayer } from "./parts/pointer_layer";
import { SAVED_COPY } from "./parts/words";

/** What the part "compare" exports. */
type MakeCompare = (texts: ReturnType<typeof currentTexts>, compared: Compared) => Compare;

/** Show the display in `container`. Returns what takes the view away again. */
export function showDisplay(model: DisplayModel, container: HTMLElement): () => void {
  const { painter, overlays } = model.results;
  const label = element("div", "nbstream-label");
  const hint = element("span", "nbstream-hint");
  const placeholder = element("div", "nbstream-placeholder", {}, icon(PICTURE_PATHS), hint);
  const canvas = element("canvas", "nbstream-result", { role: "img" });
  const overlay = new OverlayCanvas(overlays);
  const pointer = new PointerLayer((gesture) => model.pointing.point(gesture));
  const picture = element("div", "nbstream-picture", {}, placeholder, canvas, overlay.root, pointer.root);
  const root = element("div", "nbstream-display", { role: "group" }, label, picture);
  keepKeys(root);
  let compare: Compare | null = null;
  let isClosed = false;
  let asked = false;

  async function showCompared(): Promise<void> {
    asked = true;
    const make = await model.parts.load<MakeCompare>("compare");
    if (isClosed) return;
    compare = make(currentTexts(), { source: () => model.compared, hasResult: () => painter.hasPicture });
    picture.append(compare.root);
  }

  function update(): void {
    if (model.comparedId !== null && !asked) void showCompared();
    compare?.update();
    say(hint, model.isSavedCopy ? SAVED_COPY : "No result yet");
    setText(label, model.label);
    label.hidden = model.label === "";
    root.setAttribute("aria-label", model.label || translated("Result"));
    canvas.setAttribute("aria-label", model.label || translated("Result"));
    canvas.classList.toggle("nbstream-dimmed", model.isStale);
    canvas.hidden = !painter.hasPicture;
    placeholder.hidden = painter.hasPicture;
    overlay.update(!painter.hasPicture, false);
    const [width, height] = painter.size ?? [1, 1];
    const surface = { isCovered: !painter.hasPicture, isMirrored: false, widthToHeight: width / height };
    pointer.update(model.pointing.wish, surface);
  }

  const unsubscribe = model.changed.add(update);
  const detach = painter.attach(canvas);
  const removeView = model.addView();
  update();
  container.classList.add("nbstream-widget");
  container.append(root);

  return () => {
    isClosed = true;
    compare?.close();
    unsubscribe();
    detach();
    overlay.close();
    root.remove();
    removeView();
  };
}
