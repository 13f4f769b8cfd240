import { vi } from "vitest";

/**
 * Chrome's readers of several cameras at once, with pictures that come when the test says so.
 *
 * As in Chrome a picture is made when somebody waits for one, and is lent until it is closed.
 */
export class FakeCameras {
  /** Pictures that nobody has closed. */
  readonly open = new Set<object>();
  #waiting: ((picture: object) => void)[] = [];

  constructor() {
    const pull = (queue: ReadableStreamDefaultController) => new Promise<void>((next) => this.#wait(queue, next));
    vi.stubGlobal(
      "MediaStreamTrackProcessor",
      class {
        readonly readable = new ReadableStream({ pull }, { highWaterMark: 0 });
      },
    );
  }

  /** Every camera that is read has a picture. */
  picture(): void {
    for (const take of this.#waiting.splice(0)) take(this.#make());
  }

  /** Somebody waits for the next picture. */
  #wait(queue: ReadableStreamDefaultController, next: () => void): void {
    this.#waiting.push((picture) => {
      try {
        queue.enqueue(picture);
      } catch {
        this.open.delete(picture); // The reader has gone: the browser never made it.
      }
      next();
    });
  }

  #make(): object {
    const picture = { displayWidth: 320, displayHeight: 240, close: () => this.open.delete(picture) };
    this.open.add(picture);
    return picture;
  }
}
