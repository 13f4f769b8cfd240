/** What a widget shows of the kernel's results: the newest picture, and what is drawn over it. */

import { type Page, routeCredits } from "../page/page";
import type { OverlayMessage, ResultMessage } from "../protocol/to_page";
import { Overlays } from "./overlays";
import { BROWSER_PAINT, Painter } from "./painter";

/** Told of what is on the screen. */
export interface PaintedNotes {
  notePainted(seq: number): void;
  noteOverlay(overlay: string, seq: number, receivedAtMs: number): void;
}

export class Results {
  readonly painter: Painter;
  readonly overlays: Overlays;
  readonly #page: Page;

  constructor(page: Page, notes: PaintedNotes, changed: () => void) {
    this.#page = page;
    const ports = { ...BROWSER_PAINT, visibility: page.visibility };
    this.painter = new Painter(ports, (seq) => notes.notePainted(seq));
    this.painter.changed.add(changed);
    this.overlays = new Overlays(ports, (overlay, seq, atMs) => notes.noteOverlay(overlay, seq, atMs));
  }

  show(message: ResultMessage | OverlayMessage, bytes: DataView | null): void {
    // Credits first: the camera's picture of this moment may leave before this one is decoded.
    routeCredits(this.#page, message);
    if (message.type === "overlay") this.overlays.show(message, bytes, this.#page.clock.now());
    else this.painter.show({ seq: message.seq, mime: message.mime, bytes });
  }

  close(): void {
    this.painter.close();
    this.overlays.close();
  }
}
