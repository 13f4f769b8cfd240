/**
 * The track's pictures as they are, where the browser hands them over (Chrome and its kin): each is there some milliseconds
 * before a video element shows it.
 *
 * Chromium lends the readers of one camera two pictures at a time and gives no more until one is closed, so a picture is
 * kept for a moment only. Single pictures are handed to the worker: with the track's stream handed over, starts stood still
 * until a garbage collection (docs/decisions/050-track-is-read-on-the-pages-thread.md).
 */

import type { Cancel, Clock } from "../page/clock";
import { type Feed, periodOf } from "./feed";

export type MakeProcessor = new (init: { track: MediaStreamTrack }) => { readable: ReadableStream<VideoFrame> };

/** Undefined where the browser cannot do it; the types know of it in no browser. */
export function pictureProcessor(): MakeProcessor | undefined {
  return (globalThis as { MediaStreamTrackProcessor?: MakeProcessor }).MediaStreamTrackProcessor;
}

export class TrackFeed implements Feed {
  readonly periodMs: number;
  sizePx: readonly [number, number] = [0, 0];
  readonly #clock: Clock;
  readonly #onPicture: (atMs: number) => void;
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  #newest: VideoFrame | null = null;
  #cancelDrop: Cancel = () => {};
  #isStopped = false;

  constructor(track: MediaStreamTrack, Processor: MakeProcessor, clock: Clock, onPicture: (atMs: number) => void) {
    this.#clock = clock;
    this.#onPicture = onPicture;
    this.periodMs = periodOf(track);
    this.#reader = new Processor({ track }).readable.getReader();
    this.#read().catch(() => this.#drop()); // The track has ended, or the picture's taker has failed.
  }

  grab(): VideoFrame {
    const picture = this.#newest;
    if (!picture) throw new Error("the camera has no new picture");
    this.#newest = null;
    return picture;
  }

  stop(): void {
    this.#isStopped = true;
    this.#drop();
    this.#reader.cancel().catch(() => {});
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value: picture } = await this.#reader.read();
      if (done) return;
      if (this.#isStopped) {
        picture.close();
        return;
      }
      this.#take(picture);
    }
  }

  #take(picture: VideoFrame): void {
    this.#drop();
    this.#newest = picture;
    this.sizePx = [picture.displayWidth, picture.displayHeight];
    this.#onPicture(this.#clock.now());
    // Later than this the next picture is waited for.
    if (this.#newest) this.#cancelDrop = this.#clock.after(this.periodMs / 2, () => this.#drop());
  }

  #drop(): void {
    this.#cancelDrop();
    this.#newest?.close();
    this.#newest = null;
  }
}
