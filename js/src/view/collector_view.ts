/** One view of a collector: a row per class, with its button, and thumbnails that can be deleted. */

import type { CollectorModel } from "../model/collector_model";
import type { ExampleClass } from "../protocol/collection";
import { button, element, setText } from "./parts/dom";
import { whileHeld } from "./parts/held";

/** Of so many classes the first have a key. */
const MAX_KEYS = 9;

class ClassRow {
  readonly root = element("div", "nbstream-class");
  readonly letGo: () => void;
  readonly #button: HTMLButtonElement;
  readonly #name = element("span", "nbstream-class-name");
  readonly #count = element("span", "nbstream-class-count");
  readonly #examples = element("div", "nbstream-examples");
  readonly #shown = new Map<number, HTMLButtonElement>();
  readonly #model: CollectorModel;

  constructor(model: CollectorModel, index: number) {
    this.#model = model;
    const key = index < MAX_KEYS ? `, or key ${index + 1}` : "";
    const title = `Click: one picture; hold: many (Space${key})`;
    this.#button = button("nbstream-held nbstream-collect", "", title, () => {});
    this.#button.append(this.#name, this.#count);
    this.letGo = whileHeld(this.#button, (isHeld) => model.collect(index, isHeld));
    this.root.append(this.#button, this.#examples);
  }

  update({ name, count, examples }: ExampleClass, isHeld: boolean): void {
    setText(this.#name, name);
    setText(this.#count, String(count));
    this.#button.disabled = this.#model.isGone;
    if (this.#button.disabled) this.letGo();
    this.#button.setAttribute("aria-pressed", String(isHeld));
    for (const [number, thumbnail] of this.#shown) {
      if (examples.includes(number)) continue;
      thumbnail.remove();
      this.#shown.delete(number);
    }
    for (const number of examples) this.#show(number, name);
  }

  /** The newest comes first; its place is kept until its picture is there. */
  #show(number: number, name: string): void {
    let thumbnail = this.#shown.get(number);
    if (!thumbnail) {
      thumbnail = button("nbstream-example", "", `Delete this picture of ${name}`, () => this.#model.discard(number));
      thumbnail.setAttribute("aria-label", thumbnail.title);
      thumbnail.append(element("img", "", { alt: "" }));
      const newer = [...this.#shown].filter(([one]) => one > number).map(([, button]) => button);
      this.#examples.insertBefore(
        thumbnail,
        newer.length ? (newer.at(-1)?.nextSibling ?? null) : this.#examples.firstChild,
      );
      this.#shown.set(number, thumbnail);
    }
    const url = this.#model.thumbnail(number);
    const image = thumbnail.firstElementChild as HTMLImageElement;
    if (url && image.getAttribute("src") !== url) image.src = url;
  }
}

/** Show the collector in `container`. Returns what takes the view away again. */
export function showCollector(model: CollectorModel, container: HTMLElement): () => void {
  const label = element("div", "nbstream-label");
  const rows = element("div", "nbstream-classes");
  const note = element("div", "nbstream-note", { role: "status", "aria-live": "polite" });
  const root = element("div", "nbstream-collector", { tabindex: "-1" }, label, rows, note);
  const made: ClassRow[] = [];
  let keyHeld: number | null = null;

  function update(): void {
    setText(label, model.label);
    label.hidden = model.label === "";
    const { classes = [], held = null, note: text = null } = model.collection ?? {};
    classes.forEach((one, index) => {
      let row = made[index];
      if (!row) {
        row = new ClassRow(model, index);
        made.push(row);
        rows.append(row.root);
      }
      row.update(one, held === index);
    });
    setText(note, model.isGone ? "The kernel is gone; run the cell again." : (text ?? ""));
  }

  function letKeyGo(): void {
    if (keyHeld !== null) model.collect(keyHeld, false);
    keyHeld = null;
  }

  function keyDown(event: KeyboardEvent): void {
    const index = Number(event.key) - 1;
    if (!/^[1-9]$/.test(event.key) || index >= made.length || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat || model.isGone) return;
    letKeyGo();
    keyHeld = index;
    model.collect(index, true);
  }

  function keyUp(event: KeyboardEvent): void {
    if (keyHeld !== null && event.key === String(keyHeld + 1)) letKeyGo();
  }

  root.addEventListener("keydown", keyDown);
  root.addEventListener("keyup", keyUp);
  root.addEventListener("focusout", letKeyGo);
  const unsubscribe = model.changed.add(update);
  const removeView = model.addView();
  update();
  container.classList.add("nbstream-widget");
  container.append(root);

  return () => {
    unsubscribe();
    letKeyGo();
    for (const row of made) row.letGo();
    root.remove();
    removeView();
  };
}
