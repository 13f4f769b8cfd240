/** A display in this page: shows the newest result on all its views. */

import type { AnyModel } from "@anywidget/types";
import { Listeners } from "../page/listeners";
import { type Page, routeCredits } from "../page/page";
import { type KernelMessage, parseKernelMessage } from "../protocol/to_page";
import { Overlays } from "../results/overlays";
import { BROWSER_SCREEN, Painter } from "../results/painter";
import { Lane } from "./lane";

export class DisplayModel {
  /** Told whenever a view should look again. */
  readonly changed = new Listeners();
  readonly painter: Painter;
  readonly overlays: Overlays;
  readonly #model: AnyModel;
  readonly #lane: Lane<KernelMessage>;
  readonly #page: Page;
  #views = 0;

  constructor(model: AnyModel, page: Page) {
    this.#model = model;
    this.#page = page;
    this.#lane = new Lane(model, page, {
      parse: parseKernelMessage,
      received: (message, picture) => this.#received(message, picture),
      linkChanged: () => this.changed.notify(),
      views: () => this.#views,
    });
    const screen = { ...BROWSER_SCREEN, visibility: page.visibility };
    this.painter = new Painter(screen, (seq) => this.#lane.notePainted(seq));
    this.overlays = new Overlays(screen, (overlay, seq, atMs) => this.#lane.noteOverlay(overlay, seq, atMs));
    this.painter.changed.add(() => this.changed.notify());
    model.on("change:label", this.#show);
    this.#lane.hello();
  }

  get label(): string {
    return this.#model.get("label") ?? "";
  }

  /** Returns what takes the view away again. */
  addView(): () => void {
    this.#views += 1;
    return () => {
      this.#views -= 1;
    };
  }

  destroy(): void {
    this.#model.off("change:label", this.#show);
    this.painter.close();
    this.overlays.close();
    this.#lane.close();
  }

  #show = (): void => this.changed.notify();

  #received(message: KernelMessage, picture: DataView | null): void {
    if (message.type !== "result" && message.type !== "overlay") return;
    // Credits first: the camera's picture of this moment may leave before this one is decoded.
    routeCredits(this.#page, message);
    if (message.type === "overlay") this.overlays.show(message, picture, this.#page.clock.now());
    else this.painter.show({ seq: message.seq, mime: message.mime, bytes: picture });
  }
}
