/** A place for a file in this page: it goes to the kernel part by part, the next one when the one before is there. */

import type { AnyModel } from "@anywidget/types";
import { Listeners } from "../page/listeners";
import type { Page } from "../page/page";
import { translated } from "../page/texts";
import { buildFilePart, PART_BYTES, type UploadState } from "../protocol/upload";
import { Lane } from "./lane";

interface Sending {
  file: File;
  commandIndex: number;
  /** How much has left. */
  sent: number;
}

export class UploadModel {
  /** Told whenever a view should look again. */
  readonly changed = new Listeners();
  /** Why a file was not even sent. */
  refusal: string | null = null;
  readonly #model: AnyModel;
  readonly #page: Page;
  readonly #lane: Lane<never>;
  #sending: Sending | null = null;
  #views = 0;

  constructor(model: AnyModel, page: Page) {
    this.#model = model;
    this.#page = page;
    this.#lane = new Lane<never>(model, page, {
      parse: () => null,
      received() {},
      linkChanged: this.#show,
      views: () => this.#views,
    });
    model.on("change:label", this.#show);
    model.on("change:_upload", this.#told);
    this.#lane.hello();
  }

  get label(): string {
    return this.#model.get("label") ?? "";
  }

  get accept(): string {
    return this.#model.get("_accept");
  }

  get isGone(): boolean {
    return this.#lane.isGone;
  }

  /** The newest file that came from any page; null: none. */
  get state(): UploadState | null {
    return this.#model.get("_upload") ?? null;
  }

  /** A person dropped or chose it; one that is on its way is forgotten. */
  choose(file: File): void {
    this.refusal = this.#refusalOf(file);
    if (this.refusal === null) {
      this.#sending = { file, commandIndex: this.#page.nextCommandIndex(), sent: 0 };
      void this.#sendPart(this.#sending);
    }
    this.#show();
  }

  addView(): () => void {
    this.#views += 1;
    return () => {
      this.#views -= 1;
    };
  }

  destroy(): void {
    this.#sending = null;
    this.#model.off("change:label", this.#show);
    this.#model.off("change:_upload", this.#told);
    this.#lane.close();
  }

  #refusalOf({ name, size }: File): string | null {
    const most: number = this.#model.get("_max_bytes");
    if (size === 0) return translated(`${name} is empty.`);
    if (size > most) return translated(`${name} has ${inMB(size)} MB; at most ${inMB(most)} MB are taken.`);
    return null;
  }

  async #sendPart(sending: Sending): Promise<void> {
    const { file, commandIndex, sent } = sending;
    let part: ArrayBuffer;
    try {
      part = await file.slice(sent, sent + PART_BYTES).arrayBuffer();
    } catch {
      // It was changed or removed since it was chosen.
      this.#failed(sending, translated(`${file.name} cannot be read.`));
      return;
    }
    if (this.#sending !== sending) return;
    sending.sent = sent + part.byteLength;
    this.#lane.send(buildFilePart(this.#lane.client, commandIndex, file, sent, part.byteLength), part);
  }

  #failed(sending: Sending, refusal: string): void {
    if (this.#sending !== sending) return;
    this.#sending = null;
    this.refusal = refusal;
    this.#show();
  }

  #told = (): void => {
    const { state } = this;
    const sending = this.#sending;
    if (sending && state?.client === this.#lane.client && state.command_index === sending.commandIndex) {
      if (state.note !== null || state.received >= sending.file.size) this.#sending = null;
      else if (state.received === sending.sent) void this.#sendPart(sending);
    }
    this.#show();
  };

  #show = (): void => this.changed.notify();
}

function inMB(bytes: number): string {
  return String(Number((bytes / 1e6).toFixed(1)));
}
