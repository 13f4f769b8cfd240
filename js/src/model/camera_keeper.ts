/**
 * Keeps the camera as it is wanted: one capture, and a pump of frames as long as it is open.
 *
 * A camera that failed is not asked for again until a new run or other settings ask for it.
 */

import { type CameraRequest, openCamera } from "../capture/camera";
import { Capture } from "../capture/capture";
import type { Encoder } from "../encode/encoder";
import { FramePump, type PumpPorts } from "./frame_pump";

/** What a test puts in place of the browser's camera and encoder. */
export interface Hardware {
  open: typeof openCamera;
  makeEncoder?: () => Promise<Encoder>;
}

export class CameraKeeper {
  readonly capture: Capture;
  readonly #ports: PumpPorts;
  readonly #hardware: Hardware;
  readonly #changed: () => void;
  #pump: FramePump | null = null;
  #pumped: MediaStream | null = null;
  #key: string | null = null;
  #run = 0;

  constructor(ports: PumpPorts, changed: () => void, hardware: Hardware = { open: openCamera }) {
    this.#ports = ports;
    this.#changed = changed;
    this.#hardware = hardware;
    this.capture = new Capture(() => this.#captureChanged(), hardware.open);
  }

  keepOpen(run: number, request: CameraRequest): void {
    const key = JSON.stringify(request);
    const isFresh = run === this.#run || this.capture.report.state !== "failed";
    this.#run = run;
    if (key === this.#key && isFresh) return;
    this.#key = key;
    this.capture.open(request);
  }

  keepClosed(): void {
    this.#key = null;
    // A failure stays to be read until the next run asks again.
    if (this.capture.report.state !== "failed") this.capture.close();
  }

  creditCame(): void {
    this.#pump?.creditCame();
  }

  #captureChanged(): void {
    const { stream } = this.capture;
    if (stream !== this.#pumped) {
      this.#pump?.stop();
      this.#pump = stream && new FramePump(stream, this.#ports, this.#hardware.makeEncoder);
      this.#pumped = stream;
    }
    this.#changed();
  }
}
