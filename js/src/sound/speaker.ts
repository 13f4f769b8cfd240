/**
 * Plays pieces of one sample rate, each gapless after the one before.
 *
 * The whole of the browser's audio runs at the rate of the pieces, so the samples are joined before anything is
 * resampled for the loudspeaker: at no border between two pieces can there be a click.
 */

import type { Cancel, Clock } from "../page/clock";
import { Autoplay, type Blocked, loadProcessors, type MakeContext, OutputLatency } from "./context";
import { QUEUE, type QueueNews, type QueueOrder } from "./worklets";

/** By so much may a piece come late before there is a gap. */
export const BUFFER_MS = 60;
/** An open loudspeaker keeps a computer awake. */
const SLEEP_AFTER_MS = 20_000;

export interface Piece {
  seq: number;
  channels: number;
  samples: Int16Array;
}

export interface SpeakerEvents {
  news(news: QueueNews): void;
  blockedChanged(): void;
  failed(error: unknown): void;
}

export class Speaker {
  readonly rateHz: number;
  readonly #clock: Clock;
  readonly #context: AudioContext;
  readonly #output: OutputLatency;
  readonly #gain: GainNode;
  readonly #autoplay: Autoplay;
  readonly #events: SpeakerEvents;
  #queue: AudioWorkletNode | null = null;
  /** Until the queue is there. */
  #waiting: Piece[] = [];
  #waitsSinceMs: number | undefined;
  #cancelSleep: Cancel = () => {};
  #isClosed = false;

  /** Throws where the browser cannot play that rate. */
  constructor(rateHz: number, clock: Clock, makeContext: MakeContext, events: SpeakerEvents) {
    this.rateHz = rateHz;
    this.#clock = clock;
    this.#events = events;
    this.#context = makeContext({ latencyHint: "interactive", sampleRate: rateHz });
    this.#output = new OutputLatency(this.#context);
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#context.destination);
    this.#autoplay = new Autoplay(this.#context, () => events.blockedChanged());
    this.#open().catch((error) => this.#isClosed || events.failed(error));
  }

  /** The browser lets no sound out. */
  get blocked(): Blocked {
    return this.#autoplay.blocked;
  }

  /** From the arrival of a piece at an idle speaker to the loudspeaker. */
  get latencyMs(): number {
    return BUFFER_MS + 1000 * ((this.#context.baseLatency ?? 0) + this.#output.latencyS);
  }

  setGain(gain: number): void {
    // A jump would click.
    this.#gain.gain.setTargetAtTime(gain, this.#context.currentTime, 0.01);
  }

  play(piece: Piece): void {
    this.#cancelSleep();
    this.#autoplay.resume();
    if (this.#queue) this.#hand(piece);
    else {
      this.#waitsSinceMs ??= Date.now();
      this.#waiting.push(piece);
    }
  }

  silence(): void {
    this.#waiting = [];
    this.#tell("clear");
  }

  /** The browser may want to see the click. */
  unblock(): void {
    this.#autoplay.clicked();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelSleep();
    this.#autoplay.close();
    this.#queue?.disconnect();
    this.#context.close().catch(() => {});
  }

  async #open(): Promise<void> {
    await loadProcessors(this.#context);
    if (this.#isClosed) return;
    // What waits while the browser's audio opens need not wait again.
    const processorOptions = { bufferS: BUFFER_MS / 1000, waitsSinceMs: this.#waitsSinceMs };
    const queue = new AudioWorkletNode(this.#context, QUEUE, {
      numberOfInputs: 0,
      outputChannelCount: [2],
      processorOptions,
    });
    queue.port.onmessage = ({ data }: MessageEvent<QueueNews>) => this.#heard(data);
    queue.onprocessorerror = () => this.#isClosed || this.#events.failed(new Error("the audio worklet has failed"));
    queue.connect(this.#gain);
    this.#queue = queue;
    for (const piece of this.#waiting.splice(0)) this.#hand(piece);
  }

  #hand({ samples, seq, channels }: Piece): void {
    this.#tell({ piece: samples, seq, channels });
  }

  #tell(order: QueueOrder): void {
    this.#queue?.port.postMessage(order);
  }

  #heard(news: QueueNews): void {
    if (this.#isClosed) return;
    if ("ended" in news) {
      this.#cancelSleep();
      this.#cancelSleep = this.#clock.after(SLEEP_AFTER_MS, () => void this.#context.suspend().catch(() => {}));
    }
    this.#events.news(news);
  }
}
