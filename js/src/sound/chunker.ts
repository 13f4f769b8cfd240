/**
 * Cuts the microphone's sound into chunks and numbers every sample, on the audio clock that is handed in.
 *
 * Numbers run through a whole run: also while no sound is kept, and through a change of the device. What the browser left
 * out, and the time between two devices, is a hole in the numbers: never is a sample moved to another time.
 */

import type { SampleType } from "../protocol/sound";
import { toPcm } from "./pcm";

const SHORTEST_S = 0.02;
const LONGEST_S = 0.5;
/** The kernel's answer to "the microphone is on" takes some milliseconds: the first words are not lost to them. */
const KEPT_BEFORE_OPEN_S = 1;

/** What the audio worklet hands over: channels side by side. */
export interface Block {
  /** Number of the first sample, by the clock of the device that is open. */
  frame: number;
  samples: Float32Array;
  /** Of the first sample, by the page's clock. */
  capturedAtMs: number;
}

export interface Cut {
  first_sample: number;
  sample_count: number;
  sample_rate_hz: number;
  channels: number;
  dtype: SampleType;
  clipped_count: number;
  captured_at_ms: number;
  byte_length: number;
  final: boolean;
}

type Take = (cut: Cut, pcm: ArrayBuffer) => void;
type Held = Pick<Block, "samples" | "capturedAtMs">;

export class Chunker {
  everyS = LONGEST_S;
  dtype: SampleType = "int16";
  readonly #take: Take;
  #rateHz = 48_000;
  #channels = 1;
  #held: Held[] = [];
  #heldCount = 0;
  /** Number of the sample that comes next, and when the one before it ended. */
  #next = 0;
  #endAtMs: number | null = null;
  /** From the device's numbers to ours; null: its first block is still to come. */
  #offset: number | null = null;
  #isOpen = false;
  /** All of the run so far is held, and nobody has said yet whether it is wanted. */
  #holdsBeginning = false;
  #isFinished = false;

  constructor(take: Take) {
    this.#take = take;
  }

  /** A run begins: samples are numbered from 0. */
  begin(): void {
    this.#held = [];
    this.#heldCount = 0;
    this.#next = 0;
    this.#endAtMs = null;
    this.#offset = null;
    this.#isOpen = false;
    this.#holdsBeginning = true;
    this.#isFinished = false;
  }

  /** Another device is open, within the run. */
  deviceOpened(rateHz: number, channels: number): void {
    this.flush();
    this.#rateHz = rateHz;
    this.#channels = channels;
    this.#offset = null;
  }

  /** Whether sound is kept now. What is held when that ends goes out at once. */
  setOpen(isOpen: boolean): void {
    if (this.#isOpen && !isOpen) this.flush();
    if (isOpen) this.#holdsBeginning = false;
    this.#isOpen = isOpen;
  }

  feed({ frame, samples, capturedAtMs }: Block): void {
    this.#offset ??= this.#next + this.#samplesBetween(this.#endAtMs, capturedAtMs) - frame;
    const first = frame + this.#offset;
    if (first > this.#next) this.flush();
    const count = samples.length / this.#channels;
    this.#next = first + count;
    this.#endAtMs = capturedAtMs + (count * 1000) / this.#rateHz;
    if (!(this.#isOpen || this.#holdsBeginning) || this.#isFinished) return;
    this.#held.push({ samples, capturedAtMs });
    this.#heldCount += count;
    if (this.#holdsBeginning) {
      if (this.#heldCount > KEPT_BEFORE_OPEN_S * this.#rateHz) this.#drop();
      return;
    }
    const wanted = Math.round(Math.max(SHORTEST_S, Math.min(LONGEST_S, this.everyS)) * this.#rateHz);
    while (this.#heldCount >= wanted) this.#cut(wanted, false);
  }

  /** Send what is held; before it is known whether it is wanted, let go of it. */
  flush(): void {
    if (!this.#isOpen) this.#drop();
    else if (this.#heldCount > 0) this.#cut(this.#heldCount, false);
  }

  /** The capture has ended: the rest goes out as the last chunk of this run, and nothing comes after it. */
  finish(): void {
    if (this.#isOpen && !this.#isFinished) this.#cut(this.#heldCount, true);
    this.#isFinished = true;
  }

  #drop(): void {
    this.#held = [];
    this.#heldCount = 0;
    if (this.#next > 0) this.#holdsBeginning = false;
  }

  #samplesBetween(fromMs: number | null, toMs: number): number {
    return fromMs === null ? 0 : Math.max(0, Math.round(((toMs - fromMs) * this.#rateHz) / 1000));
  }

  #cut(count: number, final: boolean): void {
    const first_sample = this.#next - this.#heldCount;
    const captured_at_ms = this.#held[0]?.capturedAtMs ?? this.#endAtMs ?? 0;
    const { bytes, clippedCount: clipped_count } = toPcm(this.#gather(count), this.dtype);
    const format = { sample_rate_hz: this.#rateHz, channels: this.#channels, dtype: this.dtype };
    const size = { first_sample, sample_count: count, byte_length: bytes.byteLength, clipped_count };
    this.#take({ ...size, ...format, captured_at_ms, final }, bytes);
  }

  /** Take the oldest `count` samples of what is held. */
  #gather(count: number): Float32Array {
    const gathered = new Float32Array(count * this.#channels);
    let filled = 0;
    while (filled < gathered.length) {
      const block = this.#held[0] as Held; // `count` is at most what is held.
      const part = block.samples.subarray(0, gathered.length - filled);
      gathered.set(part, filled);
      filled += part.length;
      if (part.length === block.samples.length) this.#held.shift();
      else this.#held[0] = this.#after(block, part.length);
    }
    this.#heldCount -= count;
    return gathered;
  }

  #after({ samples, capturedAtMs }: Held, length: number): Held {
    const goneMs = (length / this.#channels / this.#rateHz) * 1000;
    return { samples: samples.subarray(length), capturedAtMs: capturedAtMs + goneMs };
  }
}
