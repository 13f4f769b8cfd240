/** Pictures become JPEG: in a worker where that can be, else on the main thread. */

import { startWorker } from "../clock";
import { createMainEncoder } from "./main_thread";
import type { Region } from "./region";
import { encodeWorker, type JobMessage, type SeenPicture, type WorkerAnswer } from "./worker";

export interface EncodeJob {
  /** Closed by the encoder, whatever happens. Null: the newest of the pictures that the encoder follows. */
  picture: ImageBitmap | VideoFrame | null;
  /** The part of it that is sent, and in what size. */
  region: Region;
  /** 1..100 */
  quality: number;
  isMirrored: boolean;
  /** Without its colours, which makes it a quarter smaller. */
  isGray: boolean;
}

export interface EncodedPicture {
  /** One whole JPEG file. */
  bytes: ArrayBuffer;
  /** When the picture was there, in milliseconds of the page's clock; null: whoever gave it knows. */
  atMs: number | null;
}

export interface Encoder {
  /** Answers come in the order of the questions. */
  encode(job: EncodeJob): Promise<EncodedPicture>;
  /** Read these pictures until the encoder is closed, keep the newest, and tell of each; not every encoder can. */
  follow?(pictures: ReadableStream<VideoFrame>, onPicture: (seen: SeenPicture) => void): void;
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
  const asked: { resolve(encoded: EncodedPicture): void; reject(error: Error): void }[] = [];
  let followed: (seen: SeenPicture) => void = () => {};
  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    if (data.seen) {
      followed(data.seen);
      return;
    }
    const oldest = asked.shift();
    if (data.bytes) oldest?.resolve({ bytes: data.bytes, atMs: data.atMs ?? null });
    else oldest?.reject(new Error(data.error ?? "no picture"));
  };
  return {
    encode: (job) =>
      new Promise((resolve, reject) => {
        asked.push({ resolve, reject });
        worker.postMessage(job satisfies JobMessage, job.picture ? [job.picture] : []);
      }),
    follow(readable, onPicture) {
      worker.postMessage({ readable } satisfies JobMessage, [readable]);
      followed = onPicture;
    },
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
