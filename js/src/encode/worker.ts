/** The worker that encodes. Its text is taken from the function, so it may use nothing from around it. */

import type { EncodeJob } from "./encoder";

/** What to encode, or the pictures to read from here on. */
export type JobMessage = EncodeJob | { readable: ReadableStream<VideoFrame> };

/** A picture that the worker has read; times are the page's clock. */
export interface SeenPicture {
  atMs: number;
  widthPx: number;
  heightPx: number;
}

/** The empty one says that the worker runs. */
export interface WorkerAnswer {
  bytes?: ArrayBuffer;
  /** When the picture was read, where the worker reads. */
  atMs?: number | null;
  error?: string;
  seen?: SeenPicture;
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
  let newest: { picture: VideoFrame; atMs: number } | null = null;

  async function read(readable: ReadableStream<VideoFrame>): Promise<void> {
    const reader = readable.getReader();
    for (;;) {
      const { value: picture } = await reader.read();
      if (!picture) return;
      newest?.picture.close();
      newest = { picture, atMs: performance.timeOrigin + performance.now() };
      const { displayWidth: widthPx, displayHeight: heightPx } = picture;
      scope.postMessage({ seen: { atMs: newest.atMs, widthPx, heightPx } });
    }
  }

  async function encode(
    job: EncodeJob,
    picture: ImageBitmap | VideoFrame | undefined,
    atMs: number | null,
  ): Promise<void> {
    try {
      if (!picture) throw new Error("the camera has no new picture");
      const { left, top, width, height, widthPx, heightPx } = job.region;
      if (canvas.width !== widthPx) canvas.width = widthPx;
      if (canvas.height !== heightPx) canvas.height = heightPx;
      // The usual "low" leaves out pixels where a picture shrinks to less than half; this costs nothing where it does not.
      context.globalCompositeOperation = "source-over";
      context.imageSmoothingQuality = "medium";
      if (job.isMirrored) context.setTransform(-1, 0, 0, 1, widthPx, 0);
      else context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(picture, left, top, width, height, 0, 0, widthPx, heightPx);
      if (job.isGray) {
        // The saturation of black, the luminosity of the picture. A filter would cost 1.3 ms more at 640 x 480.
        context.globalCompositeOperation = "saturation";
        context.fillRect(0, 0, widthPx, heightPx);
      }
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: job.quality / 100 });
      const bytes = await blob.arrayBuffer();
      scope.postMessage({ bytes, atMs }, [bytes]);
    } catch (error) {
      scope.postMessage({ error: String(error) });
    } finally {
      picture?.close();
    }
  }

  // One after the other: the canvas is shared, and frames must leave in their order.
  scope.onmessage = ({ data }) => {
    if ("readable" in data) {
      read(data.readable).catch(() => {}); // The track has ended.
      return;
    }
    const taken = data.picture ? { picture: data.picture, atMs: null } : newest;
    if (taken === newest) newest = null;
    last = last.then(() => encode(data, taken?.picture, taken?.atMs ?? null));
  };
  scope.postMessage({});
}
