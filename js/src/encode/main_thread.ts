/** Encoding where workers are forbidden or cannot draw: slower for the page, and without video, but it works. */

import { draw } from "./draw";
import type { Encoded, EncodeJob, Encoder } from "./job";

export function createMainEncoder(): Encoder {
  const canvas = document.createElement("canvas");
  let last: Promise<unknown> = Promise.resolve();

  async function encode(job: EncodeJob): Promise<Encoded> {
    try {
      draw(canvas, job);
    } finally {
      job.picture.close();
    }
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", job.quality / 100));
    if (!blob) throw new Error("the picture could not be encoded");
    return { bytes: await blob.arrayBuffer(), after: null };
  }

  return {
    encode(job) {
      // One after the other: the canvas is shared, and frames must leave in their order.
      const encoded = last.then(() => encode(job));
      last = encoded.catch(() => {});
      return encoded;
    },
    close() {},
  };
}
