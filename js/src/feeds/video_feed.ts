/**
 * The pictures that a video element shows.
 *
 * It tells of each (`requestVideoFrameCallback`), but not in a hidden tab, and not in every browser; there the page's clock
 * ticks at the camera's rate.
 */

import type { Cancel, Clock } from "../page/clock";
import type { Visibility } from "../page/visibility";
import { type Feed, periodOf } from "./feed";
import { grab } from "./grab";

export class VideoFeed implements Feed {
  readonly periodMs: number;
  readonly #video: HTMLVideoElement;
  readonly #clock: Clock;
  readonly #visibility: Visibility;
  readonly #onPicture: (atMs: number) => void;
  readonly #unwatch: () => void;
  #cancelTick: Cancel | null = null;
  #stopped = false;

  constructor(stream: MediaStream, clock: Clock, visibility: Visibility, onPicture: (atMs: number) => void) {
    this.#clock = clock;
    this.#visibility = visibility;
    this.#onPicture = onPicture;
    this.periodMs = periodOf(stream.getVideoTracks()[0]);
    this.#video = document.createElement("video");
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = stream;
    this.#video.play()?.catch(() => {}); // Rejected when the stream ends before it has begun to play: nothing to do.
    this.#unwatch = visibility.onChange(() => this.#tickIfNeeded());
    this.#waitForPicture();
    this.#tickIfNeeded();
  }

  get sizePx(): readonly [number, number] {
    return [this.#video.videoWidth, this.#video.videoHeight];
  }

  grab(): ImageBitmap | VideoFrame | Promise<ImageBitmap> {
    return grab(this.#video);
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#cancelTick?.();
    this.#video.srcObject = null;
  }

  #waitForPicture(): void {
    this.#video.requestVideoFrameCallback?.(() => {
      if (this.#stopped) return;
      this.#waitForPicture();
      this.#picture();
    });
  }

  #tickIfNeeded(): void {
    this.#cancelTick?.();
    this.#cancelTick = null;
    if (this.#stopped || (!this.#visibility.isHidden() && "requestVideoFrameCallback" in this.#video)) return;
    this.#cancelTick = this.#clock.after(this.periodMs, () => {
      this.#tickIfNeeded();
      this.#picture();
    });
  }

  #picture(): void {
    const { videoWidth, readyState } = this.#video;
    if (videoWidth > 0 && readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) this.#onPicture(this.#clock.now());
  }
}
