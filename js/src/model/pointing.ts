/** What a person points at in a widget's picture, told to the kernel while somebody there wants to know. */

import type { AnyModel } from "@anywidget/types";
import type { Page } from "../page/page";
import { buildPointer, type Gesture, type PageMessage } from "../protocol/from_page";

/** The trait `_pointing`; its fields are in docs/protocol.md, "pointer". */
export interface PointingWish {
  zone: number[] | null;
  draws_zone: boolean;
  /** Clicks are its corners; else drags are rectangles. */
  by_corners: boolean;
}

/** Between two moves, or two parts of a drag. */
const EVERY_MS = 50;

export class Pointing {
  readonly #model: AnyModel;
  readonly #page: Page;
  readonly #send: (message: PageMessage) => void;
  readonly #changed: () => void;
  #index = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  /** What the person drew, until the kernel has said the same. */
  #drawn: number[] | null | undefined;

  constructor(model: AnyModel, page: Page, send: (message: PageMessage) => void, changed: () => void) {
    this.#model = model;
    this.#page = page;
    this.#send = send;
    this.#changed = changed;
    model.on("change:_pointing", this.#heard);
  }

  /** Null: nobody wants to know. */
  get wish(): PointingWish | null {
    const wish: PointingWish | null = this.#model.get("_pointing") ?? null;
    return wish && this.#drawn !== undefined ? { ...wish, zone: this.#drawn } : wish;
  }

  /** Moves and drags under way are told at most every 50 ms; a zone is shown at once, and told when it is done. */
  point(gesture: Gesture): void {
    if (gesture.gesture === "zone") {
      this.#drawn = gesture.points.length > 0 ? gesture.points : null;
      this.#changed();
      if (!gesture.is_done) return;
    }
    const nowMs = this.#page.clock.now();
    const isPassing = gesture.gesture === "move" || !gesture.is_done;
    if (isPassing && nowMs - this.#toldAtMs < EVERY_MS) return;
    this.#toldAtMs = nowMs;
    this.#index += 1;
    this.#send(buildPointer(this.#page.clientOf(this.#model.widget_manager), gesture, this.#index));
  }

  close(): void {
    this.#model.off("change:_pointing", this.#heard);
  }

  #heard = (): void => {
    this.#drawn = undefined;
    this.#changed();
  };
}
