/** A record button in this page: whether it records, since when, and the file that came of it. */

import type { AnyModel } from "@anywidget/types";
import { Listeners } from "../page/listeners";
import type { Page } from "../page/page";
import { type ClipMessage, parseClip } from "../protocol/clip";
import { buildCommand } from "../protocol/from_page";
import { Lane } from "./lane";

/** What a person can save. */
export interface Clip {
  name: string;
  url: string;
  size: number;
}

export class RecordModel {
  /** Told whenever a view should look again. */
  readonly changed = new Listeners();
  /** The newest that was asked for in this page; null: none. */
  clip: Clip | null = null;
  readonly #model: AnyModel;
  readonly #page: Page;
  readonly #lane: Lane<ClipMessage>;
  #sinceMs: number | null = null;
  #views = 0;

  constructor(model: AnyModel, page: Page) {
    this.#model = model;
    this.#page = page;
    this.#lane = new Lane(model, page, {
      parse: parseClip,
      received: (message, bytes) => this.#received(message, bytes),
      linkChanged: this.#show,
      views: () => this.#views,
    });
    for (const trait of TRAITS) model.on(`change:${trait}`, this.#show);
    this.#lane.hello();
    this.#show();
  }

  get label(): string {
    return this.#model.get("label") ?? "";
  }

  get note(): string {
    return this.#model.get("_note") ?? "";
  }

  get isRecording(): boolean {
    return this.#model.get("_is_recording") === true;
  }

  get isGone(): boolean {
    return this.#lane.isGone;
  }

  /** Since this page knows of it. */
  get seconds(): number {
    return this.#sinceMs === null ? 0 : Math.floor((this.#page.clock.now() - this.#sinceMs) / 1000);
  }

  press(): void {
    const action = this.isRecording ? "stop" : "start";
    this.#lane.send(buildCommand(this.#lane.client, action, this.#page.nextCommandIndex()));
  }

  addView(): () => void {
    this.#views += 1;
    return () => {
      this.#views -= 1;
    };
  }

  destroy(): void {
    this.#forget();
    for (const trait of TRAITS) this.#model.off(`change:${trait}`, this.#show);
    this.#lane.close();
  }

  #received({ client, name, mime }: ClipMessage, bytes: DataView | null): void {
    if (client !== this.#lane.client || !bytes) return;
    this.#forget();
    const blob = new Blob([bytes as DataView<ArrayBuffer>], { type: mime });
    this.clip = { name, url: URL.createObjectURL(blob), size: blob.size };
    this.#show();
  }

  #forget(): void {
    if (this.clip) URL.revokeObjectURL(this.clip.url);
    this.clip = null;
  }

  #show = (): void => {
    if (!this.isRecording) this.#sinceMs = null;
    else this.#sinceMs ??= this.#page.clock.now();
    this.changed.notify();
  };
}

const TRAITS = ["label", "_note", "_is_recording"];
