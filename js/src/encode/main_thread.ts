/** Encoding where workers are forbidden or cannot draw: slower for the page, but it works. */

import type { EncodeJob, Encoder } from "./encoder";

export function createMainEncoder(): Encoder {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { alpha: false });
  let last: Promise<unknown> = Promise.resolve();

  async function encode(job: EncodeJob): Promise<ArrayBuffer> {
    try {
      if (!context) throw new Error("this browser gives no canvas to draw on");
      const { left, top, width, height, widthPx, heightPx } = job.region;
      // A new size clears what was set for the picture before.
      canvas.width = widthPx;
      canvas.height = heightPx;
      context.imageSmoothingQuality = "medium";
      if (job.isMirrored) context.setTransform(-1, 0, 0, 1, widthPx, 0);
      context.drawImage(job.picture, left, top, width, height, 0, 0, widthPx, heightPx);
      if (job.isGray) {
        context.globalCompositeOperation = "saturation";
        context.fillRect(0, 0, widthPx, heightPx);
      }
    } finally {
      job.picture.close();
    }
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", job.quality / 100));
    if (!blob) throw new Error("the picture could not be encoded");
    return blob.arrayBuffer();
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
