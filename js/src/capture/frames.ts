/**
 * The camera's pictures, one after the other, in a visible page and in a hidden one.
 *
 * Where the browser lets a worker read the track itself, the encoder does: a picture is there some milliseconds before a
 * video element shows it, and none is missed while the page is busy. Elsewhere a video element tells of each picture
 * (`requestVideoFrameCallback`), but not in a hidden tab, and not in every browser; there the page's clock ticks at the
 * camera's rate.
 */

import type { Cancel, Clock } from "../clock";
import type { Encoder } from "../encode/encoder";
import { grab } from "../encode/grab";
import type { SeenPicture } from "../encode/worker";

export interface Visibility {
  isHidden(): boolean;
  onChange(callback: () => void): () => void;
}

export interface Feed {
  /** Time between two pictures. */
  readonly periodMs: number;
  /** Width and height of the newest picture. */
  readonly sizePx: readonly [number, number];
  /** The newest picture; null: the encoder has it. */
  grab(): ImageBitmap | VideoFrame | Promise<ImageBitmap> | null;
  stop(): void;
}

/** Chrome's, which TypeScript does not know. */
declare const MediaStreamTrackProcessor: new (init: {
  track: MediaStreamTrack;
}) => {
  readable: ReadableStream<VideoFrame>;
};

/** `onPicture` is told when each picture was there, in milliseconds of the page's clock. */
export function openFeed(
  stream: MediaStream,
  encoder: Encoder,
  clock: Clock,
  visibility: Visibility,
  onPicture: (atMs: number) => void,
): Feed {
  const [track] = stream.getVideoTracks();
  if (track && encoder.follow && typeof MediaStreamTrackProcessor !== "undefined") {
    try {
      return new TrackFeed(track, encoder.follow, onPicture);
    } catch {
      // A browser that has the processor and cannot hand its pictures to a worker.
    }
  }
  return new VideoFeed(stream, clock, visibility, onPicture);
}

function periodOf(track: MediaStreamTrack | undefined): number {
  return 1000 / (track?.getSettings().frameRate || 30);
}

class TrackFeed implements Feed {
  readonly periodMs: number;
  sizePx: readonly [number, number] = [0, 0];
  #isStopped = false;

  constructor(track: MediaStreamTrack, follow: NonNullable<Encoder["follow"]>, onPicture: (atMs: number) => void) {
    this.periodMs = periodOf(track);
    follow(new MediaStreamTrackProcessor({ track }).readable, ({ atMs, widthPx, heightPx }: SeenPicture) => {
      if (this.#isStopped) return;
      this.sizePx = [widthPx, heightPx];
      onPicture(atMs);
    });
  }

  grab(): null {
    return null;
  }

  /** The encoder reads until it is closed, or the track ends. */
  stop(): void {
    this.#isStopped = true;
  }
}

class VideoFeed implements Feed {
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
