import type { Visibility } from "../page/visibility";
import type { PaintPorts } from "../results/painter";

export class FakeVisibility implements Visibility {
  #isHidden = false;
  #callbacks = new Set<() => void>();

  isHidden(): boolean {
    return this.#isHidden;
  }

  onChange(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  set(isHidden: boolean): void {
    this.#isHidden = isHidden;
    for (const callback of this.#callbacks) callback();
  }

  get watching(): number {
    return this.#callbacks.size;
  }
}

export interface FakePicture {
  text: string;
  width: number;
  height: number;
  isClosed: boolean;
}

/** Decoding and animation frames happen when a test says so. A picture's bytes are its text. */
export class FakeScreen implements PaintPorts {
  readonly visibility = new FakeVisibility();
  readonly pictures: FakePicture[] = [];
  #decoding: (() => Promise<void>)[] = [];
  #frames: (() => void)[] = [];

  decode = (bytes: DataView<ArrayBuffer>): Promise<ImageBitmap> =>
    new Promise((resolve, reject) => {
      this.#decoding.push(async () => {
        const text = new TextDecoder().decode(bytes);
        if (text === "broken") return reject(new Error("no picture"));
        const picture = { text, width: 4, height: 3, isClosed: false };
        this.pictures.push(picture);
        resolve({
          ...picture,
          close: () => {
            picture.isClosed = true;
          },
        } as unknown as ImageBitmap);
      });
    });

  nowMs = 0;
  now = (): number => this.nowMs;

  nextFrame = (callback: () => void): void => {
    this.#frames.push(callback);
  };

  get decodingCount(): number {
    return this.#decoding.length;
  }

  /** The oldest decoding ends. */
  async decodeOne(): Promise<void> {
    await this.#decoding.shift()?.();
    for (let k = 0; k < 10; k++) await Promise.resolve();
  }

  frame(): void {
    for (const callback of this.#frames.splice(0)) callback();
  }

  async showAll(): Promise<void> {
    while (this.#decoding.length > 0) await this.decodeOne();
    this.frame();
  }
}

/** A canvas that remembers what was drawn on it. */
export class FakeCanvas {
  width = 300;
  height = 150;
  readonly drawn: string[] = [];

  getContext() {
    return {
      clearRect: () => {},
      drawImage: (picture: { text: string }) => this.drawn.push(picture.text),
    };
  }

  get asCanvas(): HTMLCanvasElement {
    return this as unknown as HTMLCanvasElement;
  }
}

export function bytesOf(text: string): DataView {
  return new DataView(new TextEncoder().encode(text).buffer);
}
