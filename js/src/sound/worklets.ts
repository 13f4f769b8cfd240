/**
 * What runs on the browser's audio thread: one processor takes sound, one makes it up, one plays it.
 *
 * It reaches the thread as text, through a Blob, since the bundle is one file: so it may use nothing from around it.
 */

import { voiceSample } from "./voice";

export const COLLECTOR = "nbstream-collector";
export const VOICE = "nbstream-voice";
export const QUEUE = "nbstream-queue";

/** From the collector: a block, or `null` once it has sent its rest. */
export type Collected = { frame: number; samples: Float32Array } | null;
/** To the collector: that so many samples have been heard of, or that it is to finish. */
export type CollectorOrder = number | "finish";
/** To the queue. */
export type QueueOrder = { piece: Int16Array; seq: number; channels: number } | "clear";
/** From the queue: what began, which piece is played to its end, that nothing is left, how loud it was. */
export type QueueNews = { started: true } | { played: number } | { ended: true } | { lowest: number; highest: number };

/** The part of the audio thread's globals that is used. */
export interface WorkletScope {
  readonly currentFrame: number;
  readonly sampleRate: number;
  AudioWorkletProcessor: new () => { readonly port: MessagePort };
  registerProcessor(name: string, processor: unknown): void;
}

interface Options {
  processorOptions: { channels?: number; bufferS?: number; waitsSinceMs?: number };
}

export function defineProcessors(scope: WorkletScope, voice: typeof voiceSample): void {
  /** A main thread that is woken 94 times a second is hardly loaded, and the meter looks smooth. */
  const BLOCK = 512;
  /** Sound that breaks off fades within a millisecond or two instead of clicking. */
  const FADE = 0.97;
  const INAUDIBLE = 1e-4;

  /** Chromium leaves out some milliseconds while it begins to run a new node. */
  const SETTLED_AFTER_S = 0.1;

  /** What a page that stands still has not heard of: as much as it keeps of what it has sent. The rest is a hole. */
  const MOST_UNHEARD_S = 60;

  /** Sends blocks of samples, the channels side by side; when it is to finish its rest, and then nothing more. */
  class Collector extends scope.AudioWorkletProcessor {
    readonly #channels: number;
    #samples: Float32Array;
    #count = 0;
    #frame = 0;
    #settledFrom: number | null = null;
    #isDone = false;
    #unheard = 0;

    constructor({ processorOptions: { channels = 1 } }: Options) {
      super();
      this.#channels = channels;
      this.#samples = new Float32Array(BLOCK * channels);
      this.port.onmessage = ({ data }: MessageEvent<CollectorOrder>) => {
        if (data !== "finish") {
          this.#unheard -= data;
          return;
        }
        this.#isDone = true;
        this.#post();
        this.port.postMessage(null);
      };
    }

    process([input = []]: Float32Array[][]): boolean {
      this.#settledFrom ??= scope.currentFrame + SETTLED_AFTER_S * scope.sampleRate;
      if (scope.currentFrame < this.#settledFrom) return true;
      const length = input[0]?.length ?? 0;
      if (length === 0) this.#post(); // The source gives nothing now: the next block begins at another frame.
      if (this.#count === 0) this.#frame = scope.currentFrame;
      for (let k = 0; k < length; k++) {
        for (let c = 0; c < this.#channels; c++) {
          this.#samples[this.#count * this.#channels + c] = (input[c] ?? input[0])?.[k] ?? 0;
        }
        this.#count += 1;
        if (this.#count === BLOCK) {
          this.#post();
          this.#frame = scope.currentFrame + k + 1;
        }
      }
      return !this.#isDone;
    }

    #post(): void {
      const count = this.#count;
      this.#count = 0;
      if (count === 0 || this.#unheard + count > MOST_UNHEARD_S * scope.sampleRate) return;
      this.#unheard += count;
      const samples = this.#samples.slice(0, count * this.#channels);
      this.port.postMessage({ frame: this.#frame, samples }, [samples.buffer]);
    }
  }

  /** The synthetic microphone: counts its own samples. */
  class Voice extends scope.AudioWorkletProcessor {
    #index = 0;

    process(_inputs: unknown, [output = []]: Float32Array[][]): boolean {
      const length = output[0]?.length ?? 0;
      for (let k = 0; k < length; k++) {
        const value = voice(this.#index, scope.sampleRate) / 32768;
        this.#index += 1;
        for (const channel of output) channel[k] = value;
      }
      return true;
    }
  }

  /** Plays pieces one after the other without a gap; after a pause it waits `bufferS`, by which a later one may be late. */
  class Queue extends scope.AudioWorkletProcessor {
    readonly #buffer: number;
    #pieces: { piece: Int16Array; seq: number; channels: number }[] = [];
    /** Samples of the first piece that are played. */
    #at = 0;
    #waited = 0;
    #waitsSinceMs: number | null;
    #isPlaying = false;
    #last: [number, number] = [0, 0];
    #shown = 0;
    #lowest = 0;
    #highest = 0;

    /** `waitsSinceMs`: since then, by `Date`, the first piece has waited for the audio thread to run. */
    constructor({ processorOptions: { bufferS = 0, waitsSinceMs } }: Options) {
      super();
      this.#buffer = bufferS * scope.sampleRate;
      this.#waitsSinceMs = waitsSinceMs ?? null;
      this.port.onmessage = ({ data }: MessageEvent<QueueOrder>) => {
        if (data !== "clear") this.#pieces.push(data);
        else {
          this.#pieces = [];
          this.#at = 0;
          this.#end();
        }
      };
    }

    process(_inputs: unknown, [output = []]: Float32Array[][]): boolean {
      const length = output[0]?.length ?? 0;
      this.#startIfReady(length);
      for (let k = 0; k < length; k++) {
        const [left, right] = this.#next();
        if (output[0]) output[0][k] = left;
        if (output[1]) output[1][k] = right;
        if (left < this.#lowest) this.#lowest = left;
        if (left > this.#highest) this.#highest = left;
      }
      this.#show(length);
      return true;
    }

    #startIfReady(length: number): void {
      if (this.#isPlaying || this.#pieces.length === 0) return;
      if (this.#waitsSinceMs !== null) {
        this.#waited = ((Date.now() - this.#waitsSinceMs) / 1000) * scope.sampleRate;
        this.#waitsSinceMs = null;
      }
      if (this.#waited < this.#buffer) {
        this.#waited += length;
        return;
      }
      this.#isPlaying = true;
      this.port.postMessage({ started: true });
    }

    #next(): [number, number] {
      const first = this.#isPlaying ? this.#pieces[0] : undefined;
      if (!first) {
        const [left, right] = this.#last;
        const isOver = Math.abs(left) + Math.abs(right) < INAUDIBLE;
        this.#last = isOver ? [0, 0] : [left * FADE, right * FADE];
        return this.#last;
      }
      const { piece, seq, channels } = first;
      const at = this.#at * channels;
      this.#at += 1;
      this.#last = [(piece[at] ?? 0) / 32768, (piece[at + channels - 1] ?? 0) / 32768];
      if (at + channels >= piece.length) {
        this.#pieces.shift();
        this.#at = 0;
        this.port.postMessage({ played: seq });
        if (this.#pieces.length === 0) this.#end();
      }
      return this.#last;
    }

    #end(): void {
      this.#waited = 0;
      if (!this.#isPlaying) return;
      this.#isPlaying = false;
      this.port.postMessage({ ended: true });
    }

    #show(length: number): void {
      this.#shown += length;
      if (this.#shown < BLOCK) return;
      if (this.#isPlaying) this.port.postMessage({ lowest: this.#lowest, highest: this.#highest });
      this.#shown = 0;
      this.#lowest = 0;
      this.#highest = 0;
    }
  }

  scope.registerProcessor("nbstream-collector", Collector);
  scope.registerProcessor("nbstream-voice", Voice);
  scope.registerProcessor("nbstream-queue", Queue);
}

export const WORKLET_SOURCE = `(${defineProcessors})(globalThis, ${voiceSample})`;
