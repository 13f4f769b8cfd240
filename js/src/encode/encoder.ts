/** Pictures become JPEG: in a worker where that can be, else on the main thread. */

import { startWorker } from "../clock";
import { createMainEncoder } from "./main_thread";
import type { Region } from "./region";
import { encodeWorker, type JobMessage, type WorkerAnswer } from "./worker";

export interface EncodeJob {
  /** Closed by the encoder, whatever happens. */
  picture: ImageBitmap | VideoFrame;
  /** The part of it that is sent, and in what size. */
  region: Region;
  /** 1..100 */
  quality: number;
  isMirrored: boolean;
  /** Without its colours, which makes it a quarter smaller. */
  isGray: boolean;
}

export interface Encoder {
  /** One whole JPEG file. Answers come in the order of the questions. */
  encode(job: EncodeJob): Promise<ArrayBuffer>;
  close(): void;
}

const WORKER_READY_MS = 3000;

/** The best encoder of this page; a policy against workers shows only after the worker was made, hence the promise. */
export async function createEncoder(): Promise<Encoder> {
  if (typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") return createMainEncoder();
  return createWorkerEncoder(() => startWorker(encodeWorker)).catch(createMainEncoder);
}

export async function createWorkerEncoder(makeWorker: () => Worker): Promise<Encoder> {
  const worker = makeWorker();
  await ready(worker).catch((error) => {
    worker.terminate();
    throw error;
  });
  const asked: { resolve(bytes: ArrayBuffer): void; reject(error: Error): void }[] = [];
  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    const oldest = asked.shift();
    if (data.bytes) oldest?.resolve(data.bytes);
    else oldest?.reject(new Error(data.error ?? "no picture"));
  };
  return {
    encode: (job) =>
      new Promise((resolve, reject) => {
        asked.push({ resolve, reject });
        worker.postMessage(job satisfies JobMessage, [job.picture]);
      }),
    close() {
      worker.terminate();
      for (const { reject } of asked.splice(0)) reject(new Error("closed"));
    },
  };
}

function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = () => reject(new Error("the worker was refused"));
    setTimeout(() => reject(new Error("the worker does not answer")), WORKER_READY_MS);
  });
}
