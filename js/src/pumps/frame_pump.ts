/**
 * From the camera's picture to the frame on its way: claim, grab, encode, send.
 *
 * Lives as long as one open camera.
 */

import { createEncoder } from "../encode/encoder";
import type { Encoder } from "../encode/job";
import { type Crop, regionOf } from "../encode/region";
import type { Feed } from "../feeds/feed";
import { CameraFeed } from "../feeds/frames";
import type { Limits } from "../pacing/adapt";
import type { Pacer } from "../pacing/pacer";
import type { Clock } from "../page/clock";
import type { Visibility } from "../page/visibility";
import { type Frame, MAX_WAY_MS } from "../protocol/from_page";
import { Attempts } from "./attempts";
import { LineBits } from "./line_bits";
import { bitRate, encoderBits, VideoChain } from "./video_chain";
import { WireChoice } from "./wire_choice";

/** Where the code names one quality, video over a slow line has as many bits as this much less takes: a quarter. */
const LESS_QUALITY = 30;

/** How a picture is made ready for its way. */
export interface PictureSettings extends Limits {
  /** Width and height in pixels that no picture exceeds. */
  resolution: readonly [number, number];
  /** Null: the whole picture. */
  crop: Crop | null;
  mirror: false | "preview" | "pixels";
  color: "rgb" | "bgr" | "gray";
  /** How they travel; "auto": as the line wants it. */
  wire: "jpeg" | "video" | "auto";
  /** What makes and shows video, as text; null: it was not wanted yet. */
  videoCode: string | null;
}

export interface PumpPorts {
  clock: Clock;
  visibility: Visibility;
  pacer: Pacer;
  mayCapture(): boolean;
  settings(): PictureSettings;
  sizeSeen(widthPx: number, heightPx: number): void;
  send(frame: Frame, bytes: ArrayBuffer): void;
  /** No picture can be had of this camera, or none can be encoded. */
  failed(error: unknown): void;
}

export class FramePump {
  readonly #ports: PumpPorts;
  readonly #attempts: Attempts;
  #encoder: Encoder | null = null;
  #feed: Feed | null = null;
  #pictureAtMs = Number.NEGATIVE_INFINITY;
  #sent = { run: 0, seq: 0 };
  readonly #video = new VideoChain();
  readonly #choice = new WireChoice();
  readonly #bits = new LineBits();
  #isStopped = false;

  constructor(stream: MediaStream, ports: PumpPorts, makeEncoder: () => Promise<Encoder> = createEncoder) {
    this.#ports = ports;
    this.#attempts = new Attempts(ports.clock, (error) => this.#fail(error));
    this.#open(stream, makeEncoder).catch((error) => this.#fail(error));
  }

  /** A credit came: a picture that is still young need not wait for the next one. */
  creditCame(): void {
    const ageMs = this.#ports.clock.now() - this.#pictureAtMs;
    if (this.#feed && ageMs < this.#feed.periodMs / 2) this.#tryCapture();
  }

  stop(): void {
    this.#isStopped = true;
    this.#feed?.stop();
    this.#attempts.close();
    this.#encoder?.close();
  }

  async #open(stream: MediaStream, makeEncoder: () => Promise<Encoder>): Promise<void> {
    const encoder = await makeEncoder();
    if (this.#isStopped) {
      encoder.close();
      return;
    }
    this.#encoder = encoder;
    const { clock, visibility, pacer } = this.#ports;
    const events = { picture: (atMs: number) => this.#onPicture(atMs), failed: (error: unknown) => this.#fail(error) };
    this.#feed = new CameraFeed(stream, clock, visibility, events);
    pacer.cameraPeriodMs = this.#feed.periodMs;
  }

  #fail(error: unknown): void {
    if (!this.#isStopped) this.#ports.failed(error);
  }

  #onPicture(atMs: number): void {
    if (this.#feed) this.#ports.sizeSeen(...this.#feed.sizePx);
    this.#pictureAtMs = atMs;
    this.#attempts.look();
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
    const capture = this.#capture(this.#encoder, this.#feed, pacer.run, seq, pictureAtMs);
    this.#attempts.add(capture, (tookMs) => pacer.encodingEnded(tookMs));
  }

  async #capture(encoder: Encoder, feed: Feed, run: number, seq: number, pictureAtMs: number): Promise<void> {
    const { crop, resolution, mirror, color, wire, videoCode, ...limits } = this.#ports.settings();
    const { link } = this.#ports.pacer;
    link.limits = limits;
    const { quality, scale } = link;
    const region = regionOf(feed.sizePx, crop, resolution, scale);
    const grabbed = feed.grab();
    const picture = grabbed instanceof Promise ? await grabbed : grabbed;
    if (this.#isStopped) {
      picture.close();
      return;
    }
    const { clock, pacer, mayCapture, send } = this.#ports;
    const look = { quality, isMirrored: mirror === "pixels", isGray: color === "gray" };
    const bits = this.#bitsFor(region.widthPx * region.heightPx, quality, limits);
    const isVideo = wire === "auto" ? this.#isVideoBetter() : wire === "video";
    const video =
      isVideo && videoCode ? { code: videoCode, ...this.#video.next(run, seq, pacer.keyAfter, bits) } : null;
    const { bytes, after, codec } = await encoder.encode({ picture, region, ...look, video });
    const isLate = run === this.#sent.run && seq < this.#sent.seq;
    if (this.#isStopped || run !== pacer.run || !mayCapture() || isLate) {
      this.#video.break();
      return;
    }
    if (after !== null && !this.#video.link(seq, after)) return;
    this.#sent = { run, seq };
    if (after === null) this.#choice.jpegSent(bytes.byteLength);
    const size = { width_px: region.widthPx, height_px: region.heightPx, byte_length: bytes.byteLength };
    const chain = codec && after !== null ? { codec, after } : {};
    const sentAtMs = clock.now();
    pacer.sent(seq, bytes.byteLength, sentAtMs);
    const adapted = link.isOn ? { quality, scale } : {};
    const { wayMs } = pacer.line;
    const way = wayMs > 0 ? { way_ms: Math.min(wayMs, MAX_WAY_MS) } : {};
    const times = { captured_at_ms: pictureAtMs, sent_at_ms: sentAtMs };
    send({ run, seq, ...times, ...size, ...chain, ...adapted, ...way }, bytes);
  }

  #bitsFor(pixels: number, quality: number, limits: Limits): number {
    const { pacer, clock } = this.#ports;
    const lowest = typeof limits.quality === "number" ? quality - LESS_QUALITY : limits.quality[0];
    const periodMs = Math.max(pacer.wantedMs, pacer.callMs);
    const [most, least] = [quality, lowest].map((one) => bitRate(pixels, one, periodMs));
    const bitsPerS = this.#bits.next(most as number, least as number, pacer.line.msPerByte, clock.now());
    return encoderBits(bitsPerS, periodMs);
  }

  #isVideoBetter(): boolean {
    const { pacer, clock } = this.#ports;
    return this.#choice.isVideo(pacer.line.msPerByte, pacer.wantedMs, clock.now());
  }
}
