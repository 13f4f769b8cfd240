/** A collector in this page: what was collected, its thumbnails, and what a person does about it. */

import type { AnyModel } from "@anywidget/types";
import { Listeners } from "../page/listeners";
import type { Page } from "../page/page";
import {
  buildCollect,
  buildDiscard,
  type CollectionMessage,
  type CollectorMessage,
  parseCollectorMessage,
} from "../protocol/collection";
import { isNewer } from "../protocol/fields";
import { Lane } from "./lane";

export class CollectorModel {
  /** Told whenever a view should look again. */
  readonly changed = new Listeners();
  /** Null before the kernel has spoken. */
  collection: CollectionMessage | null = null;
  readonly #model: AnyModel;
  readonly #page: Page;
  readonly #lane: Lane<CollectorMessage>;
  /** By number of the example: what an `img` shows. */
  readonly #thumbnails = new Map<number, string>();
  #views = 0;

  constructor(model: AnyModel, page: Page) {
    this.#model = model;
    this.#page = page;
    this.#lane = new Lane(model, page, {
      parse: parseCollectorMessage,
      received: (message, bytes) => this.#received(message, bytes),
      linkChanged: this.#show,
      views: () => this.#views,
    });
    model.on("change:label", this.#show);
    this.#lane.hello();
  }

  get label(): string {
    return this.#model.get("label") ?? "";
  }

  get isGone(): boolean {
    return this.#lane.isGone;
  }

  /** Null: it is not here yet. */
  thumbnail(example: number): string | null {
    return this.#thumbnails.get(example) ?? null;
  }

  /** A button is held, or let go. */
  collect(classIndex: number, isHeld: boolean): void {
    this.#lane.send(buildCollect(this.#page.client, classIndex, isHeld, this.#page.nextCommandIndex()));
  }

  /** Delete an example. */
  discard(example: number): void {
    this.#lane.send(buildDiscard(this.#page.client, example, this.#page.nextCommandIndex()));
  }

  addView(): () => void {
    this.#views += 1;
    return () => {
      this.#views -= 1;
    };
  }

  destroy(): void {
    this.#model.off("change:label", this.#show);
    this.#lane.close();
  }

  #show = (): void => this.changed.notify();

  #received(message: CollectorMessage, bytes: DataView | null): void {
    if (message.type === "example") {
      if (bytes) this.#thumbnails.set(message.example, asUrl(bytes));
    } else {
      if (this.collection && !isNewer(message.index, this.collection.index)) return;
      this.collection = message;
      const shown = new Set(message.classes.flatMap(({ examples }) => examples));
      for (const number of this.#thumbnails.keys()) if (!shown.has(number)) this.#thumbnails.delete(number);
    }
    this.#show();
  }
}

function asUrl({ buffer, byteOffset, byteLength }: DataView): string {
  const characters = Array.from(new Uint8Array(buffer, byteOffset, byteLength), (byte) => String.fromCharCode(byte));
  return `data:image/jpeg;base64,${btoa(characters.join(""))}`;
}
