import { draw } from "../encode/draw";
import { encodeWorker, type JobMessage, type WorkerAnswer } from "../encode/worker";
import type { ImportCode } from "../page/parts";

/** As the browser makes a module of what a part of ours sends to its worker. */
export const fromText: ImportCode = async (code) => ({
  default: new Function(String(code).replace("export default", "return"))(),
});

/** Runs the worker's own code in this thread. */
export class FakeWorker {
  onmessage: ((event: { data: WorkerAnswer }) => void) | null = null;
  onerror: (() => void) | null = null;
  isTerminated = false;
  /** Takes what is posted and does nothing with it. */
  isDeaf = false;
  readonly #scope = {
    onmessage: null as ((event: MessageEvent<JobMessage>) => void) | null,
    postMessage: (answer: WorkerAnswer) => queueMicrotask(() => this.onmessage?.({ data: answer })),
  };

  start(): this {
    encodeWorker(this.#scope, draw, fromText);
    return this;
  }

  /** What has not arrived when the worker is ended never does. */
  postMessage(message: JobMessage): void {
    queueMicrotask(() => {
      if (this.isDeaf || this.isTerminated) return;
      this.#scope.onmessage?.({ data: message } as MessageEvent<JobMessage>);
    });
  }

  terminate(): void {
    this.isTerminated = true;
  }

  get asWorker(): Worker {
    return this as unknown as Worker;
  }
}
