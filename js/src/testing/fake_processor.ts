import { vi } from "vitest";
import { settle } from "./fake_media";

/** Chrome's reader of a camera's pictures, with pictures that come when the test says so. */
export class FakeProcessor {
  /** How many pictures nobody has closed. */
  open = 0;
  isCancelled = false;
  #queue: ReadableStreamDefaultController<VideoFrame> | null = null;

  constructor() {
    const readable = new ReadableStream<VideoFrame>({
      start: (queue) => {
        this.#queue = queue;
      },
      cancel: () => {
        this.isCancelled = true;
      },
    });
    vi.stubGlobal(
      "MediaStreamTrackProcessor",
      class {
        readonly readable = readable;
      },
    );
  }

  enqueue(displayWidth = 320): void {
    this.open += 1;
    this.#queue?.enqueue({ displayWidth, displayHeight: 240, close: () => this.open-- } as VideoFrame & object);
  }

  async picture(displayWidth?: number): Promise<void> {
    this.enqueue(displayWidth);
    await settle();
  }

  async end(): Promise<void> {
    this.#queue?.close();
    await settle();
  }
}
