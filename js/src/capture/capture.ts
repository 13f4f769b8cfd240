/**
 * The camera of one source in this page: off, asking, on or failed, and never more than one at a time.
 *
 * `report` is what the kernel and the views get to know; every change of it is announced.
 */

import type { CameraReport, Device } from "../contract";
import { MAX_TEXT_LENGTH } from "../contract";
import { warnOnce } from "../log";
import { type CameraRequest, openCamera, stopTracks } from "./camera";
import { DEFAULT_DEVICE, SYNTHETIC_DEVICE } from "./devices";
import { CameraError, describeFailure } from "./errors";

const NOTHING = { reason: null, message: null, label: null, width_px: null, height_px: null };

export class Capture {
  report: CameraReport = { state: "off", ...NOTHING, devices: [DEFAULT_DEVICE, SYNTHETIC_DEVICE] };
  stream: MediaStream | null = null;
  #opening: AbortController | null = null;
  readonly #changed: () => void;
  readonly #open: typeof openCamera;

  constructor(changed: () => void, open: typeof openCamera = openCamera) {
    this.#changed = changed;
    this.#open = open;
  }

  /** Ask for the camera; what was open before is closed first. */
  open(request: CameraRequest): void {
    this.#release();
    const opening = new AbortController();
    this.#opening = opening;
    this.#tell({ state: "asking", ...NOTHING });
    this.#open(request, opening.signal).then(
      (stream) => (opening.signal.aborted ? stopTracks(stream) : this.#opened(stream)),
      (error) => opening.signal.aborted || this.#fail(error),
    );
  }

  close(): void {
    if (this.report.state === "off") return;
    this.#release();
    this.#tell({ state: "off", ...NOTHING });
  }

  setDevices(devices: Device[]): void {
    if (JSON.stringify(devices) === JSON.stringify(this.report.devices)) return;
    this.#tell({ ...this.report, devices });
  }

  /** The size of the pictures as they really come. */
  setSize(widthPx: number, heightPx: number): void {
    if (this.report.state !== "on" || (this.report.width_px === widthPx && this.report.height_px === heightPx)) return;
    this.#tell({ ...this.report, width_px: widthPx, height_px: heightPx });
  }

  #opened(stream: MediaStream): void {
    const track = stream.getVideoTracks()[0] as MediaStreamTrack; // We asked for video, so there is one.
    track.addEventListener("ended", () => this.stream === stream && this.#fail(new CameraError("unplugged")));
    this.stream = stream;
    const { width = null, height = null } = track.getSettings();
    const label = (track.label || "Camera").slice(0, MAX_TEXT_LENGTH);
    this.#tell({ ...NOTHING, state: "on", label, width_px: width, height_px: height });
  }

  #fail(error: unknown): void {
    this.#release();
    const failure = describeFailure(error);
    warnOnce(failure.message);
    this.#tell({ ...NOTHING, state: "failed", ...failure });
  }

  #release(): void {
    this.#opening?.abort(new Error("stopped"));
    this.#opening = null;
    if (this.stream) stopTracks(this.stream);
    this.stream = null;
  }

  #tell(report: Omit<CameraReport, "devices"> & { devices?: Device[] }): void {
    this.report = { devices: this.report.devices, ...report };
    this.#changed();
  }
}
