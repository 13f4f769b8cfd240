/**
 * From the camera's picture to the frame on its way: claim, grab, encode, send.
 *
 * Lives as long as one open camera.
 */

import type { Feed, Visibility } from "../capture/feed";
import { CameraFeed } from "../capture/frames";
import type { Clock } from "../clock";
import type { Frame } from "../contract";
import { createEncoder, type Encoder } from "../encode/encoder";
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
  #encoder: Encoder | null = null;
  #feed: Feed | null = null;
  #pictureAtMs = Number.NEGATIVE_INFINITY;
  #sent = { run: 0, seq: 0 };
  #isStopped = false;

  constructor(stream: MediaStream, ports: PumpPorts, makeEncoder: () => Promise<Encoder> = createEncoder) {
    this.#ports = ports;
    makeEncoder().then((encoder) => {
      if (this.#isStopped) encoder.close();
      else this.#begin(stream, encoder);
    });
  }

  /** A credit came: a picture that is still young need not wait for the next one. */
  creditCame(): void {
    const ageMs = this.#ports.clock.now() - this.#pictureAtMs;
    if (this.#feed && ageMs < this.#feed.periodMs / 2) this.#tryCapture();
  }

  stop(): void {
    this.#isStopped = true;
    this.#feed?.stop();
    this.#encoder?.close();
  }

  #begin(stream: MediaStream, encoder: Encoder): void {
    const { clock, visibility, pacer } = this.#ports;
    this.#encoder = encoder;
    this.#feed = new CameraFeed(stream, clock, visibility, (atMs) => this.#onPicture(atMs));
    pacer.cameraPeriodMs = this.#feed.periodMs;
  }

  #onPicture(atMs: number): void {
    if (this.#feed) this.#ports.sizeSeen(...this.#feed.sizePx);
    this.#pictureAtMs = atMs;
    this.#tryCapture();
  }

  #tryCapture(): void {
    const { clock, pacer, mayCapture } = this.#ports;
    if (this.#isStopped || !this.#encoder || !this.#feed || !mayCapture()) return;
    const nowMs = clock.now();
    const seq = pacer.tryClaim(nowMs);
    if (seq === null) return;
    const pictureAtMs = this.#pictureAtMs;
    this.#pictureAtMs = Number.NEGATIVE_INFINITY; // This picture is used.
    this.#capture(this.#encoder, this.#feed, pacer.run, seq, pictureAtMs)
      .catch(
        (error) =>
          this.#isStopped || warnOnce(`A frame could not be encoded (${error}). The stream goes on with the next.`),
      )
      .finally(() => pacer.encodingEnded(clock.now() - nowMs));
  }

  async #capture(encoder: Encoder, feed: Feed, run: number, seq: number, pictureAtMs: number): Promise<void> {
    const { crop, resolution, mirror, color, ...limits } = this.#ports.settings();
    const { link } = this.#ports.pacer;
    link.limits = limits;
    const { quality, scale } = link;
    const region = regionOf(feed.sizePx, crop, resolution, scale);
    const grabbed = feed.grab();
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
    send({ run, seq, captured_at_ms: pictureAtMs, sent_at_ms: sentAtMs, ...size, ...adapted }, jpeg);
  }
}
