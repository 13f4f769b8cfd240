/** The worker that encodes. Its text is taken from the function, so it may use nothing from around it. */

import type { Draw } from "./draw";
import type { EncodeJob } from "./job";

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

export function encodeWorker(scope: Scope, draw: Draw): void {
  const canvas = new OffscreenCanvas(1, 1);
  let last: Promise<void> = Promise.resolve();

  async function encode(job: JobMessage): Promise<void> {
    try {
      draw(canvas, job);
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
