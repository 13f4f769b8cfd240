import { vi } from "vitest";

/**
 * Gives the video elements of the test's document a camera's pictures.
 *
 * `picture()` is one picture of the camera: whoever waits for one is called. A grabbed picture says which one it is.
 */
export class FakeVideos {
  pictureCount = 0;
  /** How many videos have a stream. */
  playing = 0;
  #callbacks: (() => void)[] = [];

  constructor() {
    const videos = this;
    const properties: Record<string, unknown> = {
      async play(this: { _isPlaying?: boolean }) {
        this._isPlaying = true;
      },
      pause(this: { _isPlaying?: boolean }) {
        this._isPlaying = false;
      },
      requestVideoFrameCallback(callback: () => void) {
        videos.#callbacks.push(callback);
      },
    };
    for (const [name, value] of Object.entries(properties)) {
      Object.defineProperty(HTMLVideoElement.prototype, name, { configurable: true, value });
    }
    const numbers = { videoWidth: 640, videoHeight: 480, readyState: 4 };
    for (const [name, value] of Object.entries(numbers)) {
      Object.defineProperty(HTMLVideoElement.prototype, name, { configurable: true, get: () => value });
    }
    Object.defineProperty(HTMLVideoElement.prototype, "paused", {
      configurable: true,
      get(this: { _isPlaying?: boolean }) {
        return this._isPlaying !== true;
      },
    });
    vi.stubGlobal("HTMLMediaElement", { HAVE_CURRENT_DATA: 2 });
    vi.stubGlobal("VideoFrame", undefined);
    vi.stubGlobal("createImageBitmap", async () => ({ name: `picture ${this.pictureCount}`, close() {} }));
    Object.defineProperty(HTMLVideoElement.prototype, "srcObject", {
      configurable: true,
      get(this: { _source?: unknown }) {
        return this._source ?? null;
      },
      set(this: { _source?: unknown }, value: unknown) {
        videos.playing += Number(value !== null) - Number((this._source ?? null) !== null);
        this._source = value;
      },
    });
  }

  picture(): void {
    this.pictureCount += 1;
    for (const callback of this.#callbacks.splice(0)) callback();
  }
}
