/** A display in this page: shows the newest result on all its views. */

import type { AnyModel } from "@anywidget/types";
import { Listeners } from "../page/listeners";
import type { Page, Sighted } from "../page/page";
import type { Parts } from "../page/parts";
import { type KernelMessage, parseKernelMessage } from "../protocol/to_page";
import { Results } from "../results/results";
import { Lane } from "./lane";
import { Pointing } from "./pointing";

const TRAITS = ["label", "_is_live", "_compared_id", "_wire"] as const;

export class DisplayModel {
  /** Told whenever a view should look again. */
  readonly changed = new Listeners();
  readonly results: Results;
  readonly pointing: Pointing;
  readonly #model: AnyModel;
  readonly #page: Page;
  readonly #lane: Lane<KernelMessage>;
  #views = 0;

  constructor(model: AnyModel, page: Page) {
    this.#model = model;
    this.#page = page;
    this.#lane = new Lane(model, page, {
      parse: parseKernelMessage,
      received: (message, picture) => this.#received(message, picture),
      linkChanged: () => this.#show(),
      views: () => this.#views,
    });
    this.results = new Results(page, this.#lane, this.#show);
    this.pointing = new Pointing(model, page, (message) => this.#lane.send(message), this.#show);
    for (const name of TRAITS) model.on(`change:${name}`, this.#show);
    this.#lane.hello();
    this.#show();
    const saved = model.get("_saved");
    if (saved && this.isSavedCopy) this.results.painter.show({ seq: 1, ...saved });
  }

  get label(): string {
    return this.#model.get("label") ?? "";
  }

  /** With which camera the result is compared; null: with none. */
  get comparedId(): string | null {
    return this.#model.get("_compared_id") ?? null;
  }

  /** That camera, where this page has it. */
  get compared(): Sighted | null {
    const source = this.#page.sources.get(this.comparedId ?? "");
    return source?.changed ? (source as Sighted) : null;
  }

  /** What few use, from the kernel. */
  get parts(): Parts {
    return this.#lane.parts;
  }

  /** The page was saved with this widget, and no kernel is behind it. */
  get isSavedCopy(): boolean {
    return this.#lane.isSavedCopy;
  }

  /** Whether what is shown is of a stream that is live no longer; in a saved copy nothing ever is live. */
  get isStale(): boolean {
    return !this.isSavedCopy && (this.#lane.isGone || this.#model.get("_is_live") === false);
  }

  /** Returns what takes the view away again. */
  addView(): () => void {
    this.#views += 1;
    return () => {
      this.#views -= 1;
    };
  }

  destroy(): void {
    for (const name of TRAITS) this.#model.off(`change:${name}`, this.#show);
    this.results.close();
    this.pointing.close();
    this.#lane.close();
  }

  #show = (): void => {
    if ((this.#model.get("_wire") ?? "jpeg") !== "jpeg") this.results.mayBeVideo(this.parts);
    this.changed.notify();
  };

  #received(message: KernelMessage, picture: DataView | null): void {
    if (message.type === "result" || message.type === "overlay") this.results.show(message, picture);
  }
}
