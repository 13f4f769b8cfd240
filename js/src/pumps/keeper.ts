/**
 * Keeps the device as it is wanted: one capture, and a pump of frames or chunks as long as it is open.
 *
 * A device that failed is not asked for again until a new run or other settings ask for it.
 */

import { Capture, type CaptureKind } from "../capture/capture";
import type { Parts } from "../page/parts";
import type { OffReason } from "../protocol/from_page";

/** Takes what an open device gives, until it is stopped. */
export interface Pump {
  /** The last of it shall come; `done` is called when it has, unless the pump is stopped first. */
  finish?(done: () => void): void;
  stop(): void;
}

export class Keeper<Request, Size extends object, P extends Pump> {
  readonly capture: Capture<Request, Size>;
  pump: P | null = null;
  readonly #makePump: (stream: MediaStream) => P;
  readonly #changed: () => void;
  #pumped: MediaStream | null = null;
  #finishing: P | null = null;
  #key: string | null = null;
  #run = 0;

  constructor(
    kind: CaptureKind<Request, Size>,
    parts: Parts,
    makePump: (stream: MediaStream) => P,
    changed: () => void,
  ) {
    this.#makePump = makePump;
    this.#changed = changed;
    this.capture = new Capture(kind, parts, () => this.#captureChanged());
  }

  keepOpen(run: number, request: Request): void {
    const key = JSON.stringify(request);
    const isFresh = run === this.#run || this.capture.report.state !== "failed";
    this.#run = run;
    if (key === this.#key && isFresh) return;
    this.#key = key;
    this.capture.open(request);
  }

  /** `reason`: see `Capture.close`. */
  keepClosed(reason: OffReason | null = null): void {
    this.#key = null;
    // A failure stays to be read until the next run asks again.
    if (this.capture.report.state === "failed") return;
    const { pump } = this;
    if (!pump?.finish) this.capture.close(reason);
    else if (pump !== this.#finishing) {
      this.#finishing = pump;
      pump.finish(() => this.capture.close(reason));
    }
  }

  /** Close at once, whatever is still to come. */
  close(): void {
    this.#key = null;
    this.capture.close();
  }

  #captureChanged(): void {
    const { stream } = this.capture;
    if (stream !== this.#pumped) {
      this.#pumped = stream;
      this.pump?.stop();
      this.pump = null;
      if (stream) this.#startPump(stream);
    }
    this.#changed();
  }

  /** A device that nothing can be taken from must not stay on. */
  #startPump(stream: MediaStream): void {
    try {
      this.pump = this.#makePump(stream);
    } catch (error) {
      this.capture.fail(error);
    }
  }
}
