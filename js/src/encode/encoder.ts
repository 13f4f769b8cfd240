/** Pictures become JPEG or video: in a worker where that can be, else on the main thread. */

import { startWorker } from "../page/clock";
import { warnOnce } from "../page/log";
import { importCode } from "../page/parts";
import { draw } from "./draw";
import type { Encoded, EncodeJob, Encoder } from "./job";
import { createMainEncoder } from "./main_thread";
import { encodeWorker, type JobMessage, type WorkerAnswer } from "./worker";

const WORKER_READY_MS = 3000;
/** So long may a worker take to close the pictures that it has, before it is ended all the same. */
const DRAINED_WITHIN_MS = 1000;

/** The best encoder of this page; a policy against workers shows only after the worker was made, hence the promise. */
export async function createEncoder(): Promise<Encoder> {
  if (typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") return createMainEncoder();
  return createWorkerEncoder(() => startWorker(encodeWorker, draw, importCode)).catch(createMainEncoder);
}

export async function createWorkerEncoder(makeWorker: () => Worker): Promise<Encoder> {
  const worker = makeWorker();
  await ready(worker).catch((error) => {
    worker.terminate();
    throw error;
  });
  return new WorkerEncoder(worker);
}

class WorkerEncoder implements Encoder {
  readonly #worker: Worker;
  readonly #asked: { resolve(encoded: Encoded): void; reject(error: Error): void }[] = [];
  /** Takes over from a worker that has died. */
  #spare: Encoder | null = null;
  #isClosed = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => this.#answered(data);
    worker.onerror = () => this.#died();
  }

  encode(job: EncodeJob): Promise<Encoded> {
    if (this.#spare) return this.#spare.encode(job);
    return new Promise((resolve, reject) => {
      try {
        if (this.#isClosed) throw new Error("closed");
        this.#worker.postMessage(job satisfies JobMessage, [job.picture]);
        this.#asked.push({ resolve, reject });
      } catch (error) {
        job.picture.close();
        throw error;
      }
    });
  }

  /** A worker that is ended at once would take its pictures along unclosed, and the camera waits for them. */
  close(): void {
    this.#isClosed = true;
    this.#spare?.close();
    for (const { reject } of this.#asked) reject(new Error("closed"));
    if (this.#asked.length === 0) this.#worker.terminate();
    else setTimeout(() => this.#worker.terminate(), DRAINED_WITHIN_MS);
  }

  #answered({ encoded, error = "no picture" }: WorkerAnswer): void {
    const oldest = this.#asked.shift();
    if (encoded) oldest?.resolve(encoded);
    else oldest?.reject(new Error(error));
    if (this.#isClosed && this.#asked.length === 0) this.#worker.terminate();
  }

  #died(): void {
    this.#worker.terminate();
    for (const { reject } of this.#asked.splice(0)) reject(new Error("the worker has died"));
    if (this.#isClosed || this.#spare) return;
    warnOnce("The worker that encodes pictures has died. The page encodes them itself from here on.");
    this.#spare = createMainEncoder();
  }
}

function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = () => reject(new Error("the worker was refused"));
    setTimeout(() => reject(new Error("the worker does not answer")), WORKER_READY_MS);
  });
}
