/** What a widget shows of the kernel's results: the newest picture, and what is drawn over it. */

import { warnOnce } from "../page/log";
import { type Page, routeCredits } from "../page/page";
import type { Parts } from "../page/parts";
import type { OverlayMessage, ResultMessage } from "../protocol/to_page";
import { Overlays } from "./overlays";
import { BROWSER_PAINT, Painter } from "./painter";
import type { DecoderPorts, VideoResults } from "./video";

/** Told of what is on the screen. */
export interface PaintedNotes {
  notePainted(seq: number): void;
  noteOverlay(overlay: string, seq: number, receivedAtMs: number): void;
  sayVideo(keyAfter: number | null): void;
}

/** What the kernel hands over where a `codec` asks for video. */
export interface VideoPart {
  makeDecoder(ports: DecoderPorts): VideoResults;
  /** A module whose default export makes an encoder. */
  encoderCode: string;
}

export class Results {
  readonly painter: Painter;
  readonly overlays: Overlays;
  readonly #page: Page;
  readonly #notes: PaintedNotes;
  /** What makes video in the worker; null: it has not come. */
  encoderCode: string | null = null;
  #video: VideoResults | null = null;
  #isClosed = false;

  constructor(page: Page, notes: PaintedNotes, changed: () => void) {
    this.#page = page;
    this.#notes = notes;
    const ports = { ...BROWSER_PAINT, visibility: page.visibility };
    this.painter = new Painter(ports, (seq) => notes.notePainted(seq));
    this.painter.changed.add(changed);
    this.overlays = new Overlays(ports, (overlay, seq, atMs) => notes.noteOverlay(overlay, seq, atMs));
  }

  /** The kernel wants video, or may send it. While what that needs has not come, each call asks for it again. */
  async mayBeVideo(parts: Parts): Promise<void> {
    if (this.#video || this.#isClosed) return;
    try {
      const part = await parts.load<VideoPart>("video");
      if (!this.#isClosed) this.#begin(part);
    } catch (error) {
      warnOnce(`Pictures travel as JPEG: this page may not load what video needs (${error}).`);
    }
  }

  #begin({ makeDecoder, encoderCode }: VideoPart): void {
    this.encoderCode = encoderCode;
    this.#video ??= makeDecoder({
      show: (seq, picture) => this.painter.showPicture(seq, picture),
      leftOut: (seq) => this.#notes.notePainted(seq),
      askForKey: (seq) => this.#notes.sayVideo(seq),
    });
  }

  show(message: ResultMessage | OverlayMessage, bytes: DataView | null): void {
    // Credits first: the camera's picture of this moment may leave before this one is decoded.
    routeCredits(this.#page, message);
    if (message.type === "overlay") this.overlays.show(message, bytes, this.#page.clock.now());
    else if (!this.#video?.took(message, bytes)) this.painter.show({ seq: message.seq, mime: message.mime, bytes });
  }

  close(): void {
    this.#isClosed = true;
    this.#video?.close();
    this.painter.close();
    this.overlays.close();
  }
}
