/** The worker that encodes. Its text is taken from the function, so it may use nothing from around it. */

import type { ImportCode } from "../page/parts";
import type { Draw } from "./draw";
import type { Encoded, EncodeJob, VideoJob } from "./job";
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

export function encodeWorker(scope: Scope, draw: Draw, importCode: ImportCode): void {
  const canvas = new OffscreenCanvas(1, 1);
  let encodeVideo: EncodeVideo | null = null;
  let last: Promise<void> = Promise.resolve();

  async function encodeJpeg(job: JobMessage): Promise<Encoded> {
    draw(canvas, job);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: job.quality / 100 });
    return { bytes: await blob.arrayBuffer(), after: null };
  }

  /** Made of its text, which came when it was wanted; not everywhere may text become code. */
  async function videoOf(code: string): Promise<EncodeVideo> {
    try {
      const makeVideo = (await importCode(code)).default as () => EncodeVideo;
      return makeVideo();
    } catch {
      return async () => null;
    }
  }

  async function encodeAsVideo(job: JobMessage, video: VideoJob): Promise<Encoded | null> {
    encodeVideo ??= await videoOf(video.code);
    return encodeVideo(canvas, draw, { ...job, video });
  }

  async function encode(job: JobMessage): Promise<void> {
    try {
      const asVideo = job.video && (await encodeAsVideo(job, job.video));
      const encoded = asVideo ?? (await encodeJpeg(job));
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
