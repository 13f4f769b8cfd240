/** The worker that encodes. Its text is taken from the function, so it may use nothing from around it. */

export interface JobMessage {
  picture: ImageBitmap | VideoFrame;
  widthPx: number;
  heightPx: number;
  quality: number;
  isMirrored: boolean;
}

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
      if (canvas.width !== job.widthPx) canvas.width = job.widthPx;
      if (canvas.height !== job.heightPx) canvas.height = job.heightPx;
      if (job.isMirrored) context.setTransform(-1, 0, 0, 1, job.widthPx, 0);
      else context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(job.picture, 0, 0, job.widthPx, job.heightPx);
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
