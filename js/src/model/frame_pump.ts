/**
 * From the camera's picture to the frame on its way: claim, grab, encode, send.
 *
 * Lives as long as one open camera.
 */

import { FrameDriver, type Visibility } from "../capture/frames";
import type { Clock } from "../clock";
import type { Frame } from "../contract";
import { createEncoder, type Encoder } from "../encode/encoder";
import { grab } from "../encode/grab";
import { regionOf } from "../encode/region";
import { warnOnce } from "../log";
import type { Pacer } from "../pacer";
import type { Settings } from "./settings";

/** How a picture is made ready for its way. */
export type PictureSettings = Pick<Settings, "crop" | "resolution" | "mirror" | "color" | "quality" | "hold">;

export interface PumpPorts {
  clock: Clock;
  visibility: Visibility;
  pacer: Pacer;
  mayCapture(): boolean;
  settings(): PictureSettings;
  sizeSeen(widthPx: number, heightPx: number): void;
  send(frame: Frame, jpeg: ArrayBuffer): void;
}

export class FramePump {
  readonly #ports: PumpPorts;
  readonly #driver: FrameDriver;
  #encoder: Encoder | null = null;
  #pictureAtMs = Number.NEGATIVE_INFINITY;
  #sent = { run: 0, seq: 0 };
  #isStopped = false;

  constructor(stream: MediaStream, ports: PumpPorts, makeEncoder: () => Promise<Encoder> = createEncoder) {
    this.#ports = ports;
    this.#driver = new FrameDriver(stream, ports.clock, ports.visibility, () => this.#onPicture());
    ports.pacer.cameraPeriodMs = this.#driver.periodMs;
    makeEncoder().then((encoder) => {
      if (this.#isStopped) encoder.close();
      else this.#encoder = encoder;
    });
  }

  /** A credit came: a picture that is still young need not wait for the next one. */
  creditCame(): void {
    const ageMs = this.#ports.clock.now() - this.#pictureAtMs;
    if (ageMs < this.#driver.periodMs / 2) this.#tryCapture();
  }

  stop(): void {
    this.#isStopped = true;
    this.#driver.stop();
    this.#encoder?.close();
  }

  #onPicture(): void {
    const { videoWidth, videoHeight } = this.#driver.video;
    this.#ports.sizeSeen(videoWidth, videoHeight);
    this.#pictureAtMs = this.#ports.clock.now();
    this.#tryCapture();
  }

  #tryCapture(): void {
    const { clock, pacer, mayCapture } = this.#ports;
    const hasPicture = this.#driver.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    if (this.#isStopped || !this.#encoder || !hasPicture || !mayCapture()) return;
    const nowMs = clock.now();
    const seq = pacer.tryClaim(nowMs);
    if (seq === null) return;
    this.#pictureAtMs = Number.NEGATIVE_INFINITY; // This picture is used.
    this.#capture(this.#encoder, pacer.run, seq, nowMs)
      .catch(
        (error) =>
          this.#isStopped || warnOnce(`A frame could not be encoded (${error}). The stream goes on with the next.`),
      )
      .finally(() => pacer.encodingEnded(clock.now() - nowMs));
  }

  async #capture(encoder: Encoder, run: number, seq: number, capturedAtMs: number): Promise<void> {
    const { video } = this.#driver;
    const { crop, resolution, mirror, color, ...limits } = this.#ports.settings();
    const { link } = this.#ports.pacer;
    link.limits = limits;
    const { quality, scale } = link;
    const region = regionOf([video.videoWidth, video.videoHeight], crop, resolution, scale);
    const grabbed = grab(video);
    const picture = grabbed instanceof Promise ? await grabbed : grabbed;
    const { clock, pacer, mayCapture, send } = this.#ports;
    const look = { quality, isMirrored: mirror === "pixels", isGray: color === "gray" };
    const jpeg = await encoder.encode({ picture, region, ...look });
    if (this.#isStopped || run !== pacer.run || !mayCapture()) return;
    if (run === this.#sent.run && seq < this.#sent.seq) return;
    this.#sent = { run, seq };
    const size = { width_px: region.widthPx, height_px: region.heightPx, byte_length: jpeg.byteLength };
    const sentAtMs = clock.now();
    link.sent(seq);
    const adapted = link.isOn ? { quality, scale } : {};
    send({ run, seq, captured_at_ms: capturedAtMs, sent_at_ms: sentAtMs, ...size, ...adapted }, jpeg);
  }
}
