/**
 * The device of one source in this page: off, asking, on or failed, and never more than one at a time.
 *
 * `report` is what the kernel and the views get to know; every change of it is announced.
 */

import { warnOnce } from "../page/log";
import type { Parts } from "../page/parts";
import { type CaptureReport, type Device, MAX_TEXT_LENGTH, type OffReason } from "../protocol/from_page";
import { standingDevices } from "./devices";
import { CaptureError, describeFailure } from "./errors";
import { type MediaKind, title } from "./kind";
import { stopTracks } from "./open";

/** What a camera or a microphone adds to the common code: how it is asked for, and what its size is. */
export interface CaptureKind<Request, Size> extends MediaKind {
  /** `parts`: for what few use. */
  open(request: Request, signal: AbortSignal, parts: Parts): Promise<MediaStream>;
  noSize: Size;
  sizeOf(settings: MediaTrackSettings): Size;
}

type Report<Size> = CaptureReport & Size;
const NOTHING = { reason: null, message: null, label: null };

export class Capture<Request, Size extends object> {
  report: Report<Size>;
  stream: MediaStream | null = null;
  #opening: AbortController | null = null;
  readonly #kind: CaptureKind<Request, Size>;
  readonly #parts: Parts;
  readonly #changed: () => void;

  constructor(kind: CaptureKind<Request, Size>, parts: Parts, changed: () => void) {
    this.#kind = kind;
    this.#parts = parts;
    this.#changed = changed;
    this.report = { state: "off", ...NOTHING, ...kind.noSize, devices: standingDevices(kind) };
  }

  /** Ask for the device; what was open before is closed first. */
  open(request: Request): void {
    this.#release();
    const opening = new AbortController();
    this.#opening = opening;
    this.#tell({ state: "asking", ...NOTHING, ...this.#kind.noSize });
    this.#kind.open(request, opening.signal, this.#parts).then(
      (stream) => (opening.signal.aborted ? stopTracks(stream) : this.#opened(stream)),
      (error) => opening.signal.aborted || this.fail(error),
    );
  }

  /** `reason`: why, where it is neither the person's wish nor the kernel's. */
  close(reason: OffReason | null = null): void {
    if (this.report.state === "off") return;
    this.#release();
    this.#tell({ ...NOTHING, ...this.#kind.noSize, state: "off", reason });
  }

  setDevices(devices: Device[]): void {
    if (JSON.stringify(devices) === JSON.stringify(this.report.devices)) return;
    this.#tell({ ...this.report, devices });
  }

  /** The size of what really comes. */
  setSize(size: Size): void {
    const sized = { ...this.report, ...size };
    if (this.report.state !== "on" || JSON.stringify(sized) === JSON.stringify(this.report)) return;
    this.#tell(sized);
  }

  /** What was opened cannot be used, or is gone. */
  fail(error: unknown): void {
    this.#release();
    const failure = describeFailure(error, this.#kind);
    warnOnce(failure.message);
    this.#tell({ ...NOTHING, ...this.#kind.noSize, state: "failed", ...failure });
  }

  /** Look whether what is open still runs: a track that another script stops tells nobody. */
  check(): void {
    const tracks = this.stream?.getTracks() ?? [];
    if (tracks.some(({ readyState }) => readyState === "ended")) this.fail(new CaptureError("stopped"));
  }

  #opened(stream: MediaStream): void {
    const track = stream.getTracks()[0] as MediaStreamTrack; // We asked for one, so there is one.
    track.addEventListener("ended", () => this.stream === stream && this.fail(new CaptureError("unplugged")));
    this.stream = stream;
    const label = (track.label || title(this.#kind)).slice(0, MAX_TEXT_LENGTH);
    this.#tell({ ...NOTHING, state: "on", label, ...this.#kind.sizeOf(track.getSettings()) });
  }

  #release(): void {
    this.#opening?.abort(new Error("stopped"));
    this.#opening = null;
    if (this.stream) stopTracks(this.stream);
    this.stream = null;
  }

  #tell(report: Omit<CaptureReport, "devices"> & { devices?: Device[] } & Size): void {
    this.report = { devices: this.report.devices, ...report };
    this.#changed();
  }
}
