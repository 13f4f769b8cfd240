/**
 * A page at the end of a line with a rate and a delay each way, and a kernel that keeps the account of credit as ours does.
 *
 * The pacer is the real one. Time is simulated; the camera gives 30 pictures a second.
 */

import { Pacer } from "../pacing/pacer";
import { credit } from "./messages";

export interface World {
  upMbit: number;
  downMbit: number;
  /** Each way. */
  delayMs: number;
  callMs: number | ((seq: number) => number);
  everyMs: number;
  /** Of quality 70. */
  frameBytes: number;
  /** Of a frame that was not made smaller. */
  resultBytes: number;
  /** What the page's main thread takes for a result. */
  pageMs: number;
}

/** A frame in the kernel; `scale` is what its sides were multiplied by, and so those of its result. */
interface FrameThere {
  seq: number;
  capturedAtMs: number;
  lateMs: number;
  cameAtMs: number;
  scale: number;
}

export interface Shown {
  atMs: number;
  ageMs: number;
}

export interface Sent {
  atMs: number;
  quality: number;
  scale: number;
}

const CAMERA_MS = 1000 / 30;
const ENCODE_MS = 6;
/** Decoding and encoding in the kernel, beside the call. */
const KERNEL_MS = 3;
const SHORT_CALL_MS = 30;
const GRANT = 16;

class Way {
  #freeAtMs = 0;

  arrivesAtMs(bytes: number, mbit: number, delayMs: number, nowMs: number): number {
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + bytes / (mbit * 125);
    return this.#freeAtMs + delayMs;
  }
}

export class FarLine {
  readonly pacer = new Pacer();
  readonly shown: Shown[] = [];
  readonly sent: Sent[] = [];
  world: World;
  #nowMs = 0;
  #events: { atMs: number; act: () => void }[] = [];
  #nextPictureAtMs = 0;
  #up = new Way();
  #down = new Way();
  #pageFreeAtMs = 0;
  /** Of the beats, which are small, when the line was as it was at first. */
  readonly #leastWayMs: number;
  #mailbox: FrameThere | null = null;
  #isCalling = false;
  #settled = 0;
  #taken = 0;
  #ended = 0;
  #index = 0;
  #wayMs = 0;
  #callMs: number | null = null;

  constructor(world: Partial<World>) {
    const usual = { callMs: 0, everyMs: CAMERA_MS, frameBytes: 22_000, resultBytes: 28_000, pageMs: 0 };
    this.world = { upMbit: 1000, downMbit: 1000, delayMs: 2, ...usual, ...world };
    this.#leastWayMs = this.world.delayMs;
    this.pacer.begin(1);
    this.#tell(null);
  }

  run(seconds: number, world: Partial<World> = {}): this {
    this.world = { ...this.world, ...world };
    this.pacer.everyMs = this.world.everyMs;
    const endMs = this.#nowMs + seconds * 1000;
    while (this.#nowMs < endMs) {
      this.#events.sort((a, b) => a.atMs - b.atMs);
      const next = this.#events[0];
      if (next && next.atMs <= this.#nextPictureAtMs) {
        this.#events.shift();
        this.#nowMs = Math.max(this.#nowMs, next.atMs);
        next.act();
      } else {
        this.#nowMs = this.#nextPictureAtMs;
        this.#nextPictureAtMs += CAMERA_MS;
        this.#picture();
      }
    }
    return this;
  }

  /** What came in the last seconds: results per second, their median age, how many frames were sent for each. */
  last(seconds: number): { fps: number; ageMs: number; sentPerShown: number } {
    const isRecent = ({ atMs }: { atMs: number }) => atMs > this.#nowMs - seconds * 1000;
    const recent = this.shown.filter(isRecent);
    const ages = recent.map(({ ageMs }) => ageMs).sort((a, b) => a - b);
    return {
      fps: recent.length / seconds,
      ageMs: ages[ages.length >> 1] ?? Number.NaN,
      sentPerShown: this.sent.filter(isRecent).length / recent.length,
    };
  }

  #at(atMs: number, act: () => void): void {
    this.#events.push({ atMs, act });
  }

  #picture(): void {
    const capturedAtMs = this.#nowMs;
    const seq = this.pacer.tryClaim(capturedAtMs);
    if (seq === null) return;
    const { quality, scale } = this.pacer.link;
    this.sent.push({ atMs: capturedAtMs, quality, scale });
    this.#at(capturedAtMs + ENCODE_MS, () => {
      const { upMbit, delayMs } = this.world;
      const frameBytes = this.world.frameBytes * (quality / 70) * scale ** 2;
      this.pacer.encodingEnded(ENCODE_MS);
      this.pacer.sent(seq, frameBytes, this.#nowMs);
      const sentAtMs = this.#nowMs;
      const wayMs = this.pacer.line.wayMs;
      this.#at(this.#up.arrivesAtMs(frameBytes, upMbit, delayMs, sentAtMs), () => {
        this.#wayMs = wayMs;
        const lateMs = this.#nowMs - sentAtMs - this.#leastWayMs;
        this.#arrived({ seq, capturedAtMs, lateMs, cameAtMs: this.#nowMs, scale });
      });
    });
  }

  #arrived(frame: FrameThere): void {
    this.#settled = frame.seq - 1;
    this.#mailbox = frame;
    if (!this.#isCalling) this.#call();
  }

  #call(): void {
    const frame = this.#mailbox;
    if (!frame) return;
    this.#mailbox = null;
    this.#isCalling = true;
    this.#taken = this.#settled = frame.seq;
    const { callMs } = this.world;
    const tookMs = (typeof callMs === "number" ? callMs : callMs(frame.seq)) + KERNEL_MS;
    if ((this.#callMs ?? 0) >= SHORT_CALL_MS) this.#tell(frame);
    this.#at(this.#nowMs + tookMs, () => {
      this.#isCalling = false;
      this.#smooth(tookMs);
      this.#ended = frame.seq;
      this.#tell(frame, () => {
        this.shown.push({ atMs: this.#nowMs, ageMs: this.#nowMs - frame.capturedAtMs });
      });
      this.#call();
    });
  }

  /** As the kernel does it: a call that is much shorter shows that those before were an exception. */
  #smooth(tookMs: number): void {
    const beforeMs = this.#callMs ?? tookMs;
    this.#callMs = tookMs < beforeMs / 4 ? tookMs : beforeMs + 0.3 * (tookMs - beforeMs);
  }

  /** The account; with a result, on which it rides. */
  #tell(frame: FrameThere | null, shown?: () => void): void {
    const isLong = (this.#callMs ?? 0) >= SHORT_CALL_MS;
    const window = isLong ? Math.min(GRANT, 1 + Math.floor(this.#wayMs / (this.#callMs ?? 1))) : GRANT;
    const told = credit({
      index: ++this.#index,
      may_send_through: this.#settled + window,
      settled_through: this.#settled,
      taken_through: this.#taken,
      ended_through: this.#ended,
      call_ms: this.#callMs,
      late_ms: frame?.lateMs ?? null,
      held_ms: frame && this.#nowMs - frame.cameAtMs,
    });
    const { downMbit, delayMs, resultBytes, pageMs } = this.world;
    const bytes = shown && frame ? resultBytes * frame.scale ** 2 : 500;
    const arrivesAtMs = this.#down.arrivesAtMs(bytes, downMbit, delayMs, this.#nowMs);
    this.#pageFreeAtMs = Math.max(this.#pageFreeAtMs, arrivesAtMs) + (shown ? pageMs : 0);
    this.#at(this.#pageFreeAtMs, () => {
      this.pacer.acceptCredit(told, this.#nowMs);
      shown?.();
    });
  }
}
