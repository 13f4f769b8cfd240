/** The worker that encodes. Its text is taken from the function, so it may use nothing from around it. */

import type { Draw } from "./draw";
import type { Encoded, EncodeJob } from "./job";
import type { EncodeVideo } from "./video";

export type JobMessage = EncodeJob;

/** The empty one says that the worker runs. */
export interface WorkerAnswer {
  encoded?: Encoded;
  error?: string;
}

interface Scope {
  onmessage: ((event: MessageEvent<JobMessage>) => void) | null;
  postMessage(answer: WorkerAnswer, transfer?: Transferable[]): void;
}

export function encodeWorker(scope: Scope, draw: Draw, makeVideo: () => EncodeVideo): void {
  const canvas = new OffscreenCanvas(1, 1);
  const encodeVideo = makeVideo();
  let last: Promise<void> = Promise.resolve();

  async function encodeJpeg(quality: number): Promise<Encoded> {
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: quality / 100 });
    return { bytes: await blob.arrayBuffer(), after: null };
  }

  async function encode(job: JobMessage): Promise<void> {
    try {
      draw(canvas, job);
      const asVideo = job.video && (await encodeVideo(canvas, job.video));
      const encoded = asVideo ?? (await encodeJpeg(job.quality));
      scope.postMessage({ encoded }, [encoded.bytes]);
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
