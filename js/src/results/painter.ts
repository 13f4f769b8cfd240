/**
 * Paints a display's newest result on the canvases of all its views.
 *
 * One result is decoded at a time and only the newest waits, so a slow page skips results instead of falling behind. Of
 * two that come within one frame of the screen each has a frame of its own. A result counts as painted when it is on the
 * canvas; where nobody can see it, as soon as it has come.
 */

import { Listeners } from "../page/listeners";
import { warnOnce } from "../page/log";
import type { Visibility } from "../page/visibility";
import { isNewer } from "../protocol/fields";
import type { ResultMime } from "../protocol/to_page";
import { type Drawable, decodePicture, sizeOf } from "./decode";

export interface Result {
  seq: number;
  mime: ResultMime | null;
  bytes: DataView | null;
}

/** What painting asks of the browser. */
export interface PaintPorts {
  visibility: Visibility;
  decode(bytes: DataView<ArrayBuffer>, mime: ResultMime): Promise<Drawable>;
  nextFrame(callback: () => void): void;
  now(): number;
}

/** Of a screen of 60 Hz. Who waits longer for a frame is on a page that is slow. */
const FRAME_MS = 17;

export const BROWSER_PAINT: Omit<PaintPorts, "visibility"> = {
  decode: decodePicture,
  nextFrame: (callback) => requestAnimationFrame(callback),
  now: () => performance.now(),
};

export class Painter {
  /** Told when a picture comes where none was, or goes, or has another size. */
  readonly changed = new Listeners();
  #canvases = new Set<HTMLCanvasElement>();
  #newestSeq = 0;
  #waiting: Result | null = null;
  #isDecoding = false;
  #isFrameAsked = false;
  #frameAskedAtMs = 0;
  #picture: Drawable | null = null;
  #pictureSeq = 0;
  /** Came while the picture still waited for its frame. */
  #next: { picture: Drawable; seq: number } | null = null;
  /** What is decoded late and is not newer than this was taken away already. */
  #clearedThrough = 0;
  readonly #ports: PaintPorts;
  readonly #onPainted: (seq: number) => void;
  readonly #unwatch: () => void;

  constructor(ports: PaintPorts, onPainted: (seq: number) => void) {
    this.#ports = ports;
    this.#onPainted = onPainted;
    this.#unwatch = ports.visibility.onChange(() => this.#visibilityChanged());
  }

  get hasPicture(): boolean {
    return this.#picture !== null;
  }

  /** Width and height in pixels; null while there is no picture. */
  get size(): [number, number] | null {
    return this.#picture && sizeOf(this.#picture);
  }

  show(result: Result): void {
    if (!isNewer(result.seq, this.#newestSeq)) return;
    this.#newestSeq = result.seq;
    this.#waiting = result;
    if (this.#isUnseen()) this.#onPainted(result.seq);
    else this.#decodeNext();
  }

  /** Show what was decoded elsewhere. */
  showPicture(seq: number, picture: Drawable): void {
    if (!isNewer(seq, this.#newestSeq)) {
      picture.close();
      return;
    }
    this.#newestSeq = seq;
    this.#waiting = null;
    this.#decoded(picture, seq);
    if (this.#isUnseen()) this.#onPainted(seq);
  }

  /** Take the picture away; the results that come later are shown as ever. */
  clear(): void {
    this.#waiting = null;
    this.#clearThrough(this.#newestSeq);
  }

  /** Paint on this canvas as well. Returns what ends that. */
  attach(canvas: HTMLCanvasElement): () => void {
    this.#canvases.add(canvas);
    if (this.#picture) drawOn(canvas, this.#picture);
    this.#decodeNext();
    return () => this.#canvases.delete(canvas);
  }

  close(): void {
    this.#unwatch();
    this.#canvases.clear();
    this.clear();
  }

  #isUnseen(): boolean {
    return this.#canvases.size === 0 || this.#ports.visibility.isHidden();
  }

  #visibilityChanged(): void {
    // No animation frame comes in a hidden page: what waits for one counts as painted now.
    if (this.#ports.visibility.isHidden() && this.#newestSeq > 0) this.#onPainted(this.#newestSeq);
    else this.#decodeNext();
  }

  #decodeNext(): void {
    const result = this.#waiting;
    if (!result || this.#isDecoding || this.#isUnseen()) return;
    this.#waiting = null;
    if (!result.mime || !result.bytes) {
      this.#clearThrough(result.seq);
      this.#onPainted(result.seq);
      return;
    }
    this.#isDecoding = true;
    this.#ports
      .decode(result.bytes as DataView<ArrayBuffer>, result.mime)
      .then(
        (picture) => this.#decoded(picture, result.seq),
        () => this.#failed(result),
      )
      .finally(() => {
        this.#isDecoding = false;
        this.#decodeNext();
      });
  }

  #decoded(picture: Drawable, seq: number): void {
    if (!isNewer(seq, Math.max(this.#clearedThrough, this.#pictureSeq, this.#next?.seq ?? 0))) {
      picture.close();
      return;
    }
    this.#next?.picture.close();
    this.#next = { picture, seq };
    if (!this.#isFrameAsked || !this.#picture) this.#takeNext();
  }

  #takeNext(): void {
    if (!this.#next) return;
    const { picture, seq } = this.#next;
    this.#next = null;
    this.#pictureSeq = seq;
    this.#setPicture(picture);
    if (this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    this.#frameAskedAtMs = this.#ports.now();
    this.#ports.nextFrame(() => this.#paint());
  }

  #failed({ seq, mime }: Result): void {
    warnOnce(`The browser cannot decode a result of type ${mime}. Return another type.`);
    this.#onPainted(seq); // Or the kernel would wait for it.
  }

  #clearThrough(seq: number): void {
    this.#clearedThrough = seq;
    this.#next?.picture.close();
    this.#next = null;
    this.#setPicture(null);
  }

  #setPicture(picture: Drawable | null): void {
    const sizeBefore = String(this.size);
    this.#picture?.close();
    this.#picture = picture;
    if (sizeBefore !== String(this.size)) this.changed.notify();
  }

  #paint(): void {
    if (this.#ports.now() - this.#frameAskedAtMs > FRAME_MS) this.#takeNext();
    this.#isFrameAsked = false;
    if (this.#picture) {
      for (const canvas of this.#canvases) drawOn(canvas, this.#picture);
      this.#onPainted(this.#pictureSeq);
    }
    this.#takeNext();
  }
}

function drawOn(canvas: HTMLCanvasElement, picture: Drawable): void {
  const [widthPx, heightPx] = sizeOf(picture);
  if (canvas.width !== widthPx) canvas.width = widthPx;
  if (canvas.height !== heightPx) canvas.height = heightPx;
  const context = canvas.getContext("2d");
  context?.clearRect(0, 0, widthPx, heightPx); // A picture can have holes: png, webp.
  context?.drawImage(picture, 0, 0);
}
