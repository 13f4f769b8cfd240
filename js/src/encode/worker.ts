/** The worker that encodes. Its text is taken from the function, so it may use nothing from around it. */

import type { EncodeJob } from "./encoder";

export type JobMessage = EncodeJob;

/** The empty one says that the worker runs. */
export interface WorkerAnswer {
  bytes?: ArrayBuffer;
  error?: string;
}

interface Scope {
  onmessage: ((event: MessageEvent<JobMessage>) => void) | null;
  postMessage(answer: WorkerAnswer, transfer?: Transferable[]): void;
}

export function encodeWorker(scope: Scope): void {
  const canvas = new OffscreenCanvas(1, 1);
  // JPEG has no transparency, and an opaque canvas is cheaper.
  const context = canvas.getContext("2d", { alpha: false }) as OffscreenCanvasRenderingContext2D;
  let last: Promise<void> = Promise.resolve();

  async function encode(job: JobMessage): Promise<void> {
    try {
      const { left, top, width, height, widthPx, heightPx } = job.region;
      if (canvas.width !== widthPx) canvas.width = widthPx;
      if (canvas.height !== heightPx) canvas.height = heightPx;
      // The usual "low" leaves out pixels where a picture shrinks to less than half; this costs nothing where it does not.
      context.globalCompositeOperation = "source-over";
      context.imageSmoothingQuality = "medium";
      if (job.isMirrored) context.setTransform(-1, 0, 0, 1, widthPx, 0);
      else context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(job.picture, left, top, width, height, 0, 0, widthPx, heightPx);
      if (job.isGray) {
        // The saturation of black, the luminosity of the picture. A filter would cost 1.3 ms more at 640 x 480.
        context.globalCompositeOperation = "saturation";
        context.fillRect(0, 0, widthPx, heightPx);
      }
      job.picture.close(); // At once, for the browser lends only two at a time.
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: job.quality / 100 });
      const bytes = await blob.arrayBuffer();
      scope.postMessage({ bytes }, [bytes]);
    } catch (error) {
      scope.postMessage({ error: String(error) });
    } finally {
      job.picture.close();
    }
  }

  // One after the other: the canvas is shared, and frames must leave in their order.
  scope.onmessage = ({ data }) => {
    last = last.then(() => encode(data));
  };
  scope.postMessage({});
}
