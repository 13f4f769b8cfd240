import type { Encoded, EncodeJob, Encoder } from "../encode/job";

/** An encoder whose answers come when the test says so, or at once. A "JPEG" is the text of what was asked. */
export class FakeEncoder implements Encoder {
  isClosed = false;
  isManual = false;
  /** A browser with an encoder for video. */
  hasVideo = true;
  #lastSeq = 0;
  #waiting: (() => void)[] = [];

  encode({ picture, ...asked }: EncodeJob): Promise<Encoded> {
    const text = JSON.stringify({ ...asked, ...picture });
    const bytes = new TextEncoder().encode(text).buffer as ArrayBuffer;
    const after = this.hasVideo ? this.#after(asked.video) : null;
    const encoded: Encoded = after === null ? { bytes, after } : { bytes, after, codec: "h264" };
    if (!this.isManual) return Promise.resolve(encoded);
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(encoded));
    });
  }

  #after(video: EncodeJob["video"]): number | null {
    if (!video) return null;
    const after = video.isKey ? 0 : this.#lastSeq;
    this.#lastSeq = video.seq;
    return after;
  }

  finishOne(): void {
    this.#waiting.shift()?.();
  }

  close(): void {
    this.isClosed = true;
  }
}
