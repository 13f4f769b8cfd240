/**
 * Calls back when the camera has a new picture, in a visible page and in a hidden one.
 *
 * A video element tells of each picture (`requestVideoFrameCallback`), but not in a hidden tab, and not in every browser;
 * there the page's clock ticks at the camera's rate.
 */

import type { Cancel, Clock } from "../clock";

export interface Visibility {
  isHidden(): boolean;
  onChange(callback: () => void): () => void;
}

export class FrameDriver {
  /** Plays the stream in memory; pictures are taken from here. */
  readonly video: HTMLVideoElement;
  readonly periodMs: number;
  readonly #clock: Clock;
  readonly #visibility: Visibility;
  readonly #onPicture: () => void;
  readonly #unwatch: () => void;
  #cancelTick: Cancel | null = null;
  #stopped = false;

  constructor(stream: MediaStream, clock: Clock, visibility: Visibility, onPicture: () => void) {
    this.#clock = clock;
    this.#visibility = visibility;
    this.#onPicture = onPicture;
    this.periodMs = 1000 / (stream.getVideoTracks()[0]?.getSettings().frameRate || 30);
    this.video = document.createElement("video");
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.srcObject = stream;
    this.video.play()?.catch(() => {}); // Rejected when the stream ends before it has begun to play: nothing to do.
    this.#unwatch = visibility.onChange(() => this.#tickIfNeeded());
    this.#waitForPicture();
    this.#tickIfNeeded();
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#cancelTick?.();
    this.video.srcObject = null;
  }

  #waitForPicture(): void {
    this.video.requestVideoFrameCallback?.(() => {
      if (this.#stopped) return;
      this.#waitForPicture();
      this.#picture();
    });
  }

  #tickIfNeeded(): void {
    this.#cancelTick?.();
    this.#cancelTick = null;
    if (this.#stopped || (!this.#visibility.isHidden() && "requestVideoFrameCallback" in this.video)) return;
    this.#cancelTick = this.#clock.after(this.periodMs, () => {
      this.#tickIfNeeded();
      this.#picture();
    });
  }

  #picture(): void {
    if (this.video.videoWidth > 0) this.#onPicture();
  }
}
