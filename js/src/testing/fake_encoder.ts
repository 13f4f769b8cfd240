import type { EncodeJob, Encoder } from "../encode/job";

/** An encoder whose answers come when the test says so, or at once. A "JPEG" is the text of what was asked. */
export class FakeEncoder implements Encoder {
  isClosed = false;
  isManual = false;
  #waiting: (() => void)[] = [];

  encode({ picture, ...asked }: EncodeJob): Promise<ArrayBuffer> {
    const text = JSON.stringify({ ...asked, ...picture });
    const jpeg = new TextEncoder().encode(text).buffer as ArrayBuffer;
    if (!this.isManual) return Promise.resolve(jpeg);
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(jpeg));
    });
  }

  finishOne(): void {
    this.#waiting.shift()?.();
  }

  close(): void {
    this.isClosed = true;
  }
}
