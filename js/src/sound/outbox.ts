/**
 * Chunks on their way: sent once, kept until the kernel has stored them, and sent again only when it says that they are
 * lost.
 */

import type { Receipt } from "../protocol/sound";
import type { Cut } from "./chunker";
import { Repeats } from "./repeats";

/** What the kernel has not stored by then is given up: it is as much as it keeps itself. */
const KEPT_S = 60;

/** No receipt is further ahead of the one before: a hundred a second for a day. */
const MAX_INDEX_AHEAD = 1e7;

/** A chunk but for the moment of its sending. */
export type Parcel = Cut & { run: number; seq: number };
type Send = (parcel: Parcel, pcm: ArrayBuffer, keptFrom: number) => void;

interface Kept {
  parcel: Parcel;
  pcm: ArrayBuffer;
  /** Null: not since the kernel last missed something. */
  sentAtMs: number | null;
}

export class Outbox {
  readonly #send: Send;
  #run = 0;
  #seq = 0;
  /** What is kept from this seq on is still to be sent, or sent again. */
  #next = 1;
  #kept: Kept[] = [];
  #keptS = 0;
  #receiptIndex = -1;
  #repeats = new Repeats();

  constructor(send: Send) {
    this.#send = send;
  }

  /** Highest seq of this run, whether it waits to be sent or not. */
  get sentThrough(): number {
    return this.#seq;
  }

  /** How many chunks the kernel has not said that it stored. */
  get keptCount(): number {
    return this.#kept.length;
  }

  begin(run: number): void {
    if (run === this.#run) return;
    this.#run = run;
    this.#seq = 0;
    this.#next = 1;
    this.#kept = [];
    this.#keptS = 0;
    this.#repeats = new Repeats();
  }

  add(cut: Cut, pcm: ArrayBuffer, nowMs: number): void {
    this.#seq += 1;
    this.#kept.push({ parcel: { run: this.#run, seq: this.#seq, ...cut }, pcm, sentAtMs: null });
    this.#keptS += secondsOf(cut);
    while (this.#keptS > KEPT_S) this.#forgetOldest();
    this.#sendDue(nowMs);
  }

  /** False if the receipt is older than what is known, of another run, or tells of chunks that were never sent. */
  accept(receipt: Receipt, nowMs: number): boolean {
    if (receipt.index <= this.#receiptIndex) return false;
    if (this.#receiptIndex >= 0 && receipt.index > this.#receiptIndex + MAX_INDEX_AHEAD) return false;
    if (receipt.run === this.#run && receipt.received_through > this.#seq) return false;
    this.#receiptIndex = receipt.index;
    if (receipt.run !== this.#run) return false;
    this.#forgetThrough(receipt.received_through, nowMs);
    if (receipt.missing_through > receipt.received_through && this.#repeats.isDue(nowMs)) {
      // The kernel stores in order and nothing else, so what was sent after a lost one is lost with it.
      if (!this.#repeats.isOn) for (const kept of this.#kept) kept.sentAtMs = null;
      this.#repeats.begin(this.#seq, nowMs);
      this.#next = receipt.received_through + 1;
    }
    this.#sendDue(nowMs);
    return true;
  }

  #forgetThrough(seq: number, nowMs: number): void {
    let newest: Kept | null = null;
    while ((this.#kept[0]?.parcel.seq ?? Number.POSITIVE_INFINITY) <= seq) newest = this.#forgetOldest();
    if (newest) this.#repeats.stored(newest.sentAtMs === null ? null : nowMs - newest.sentAtMs, nowMs);
    if (seq >= this.#repeats.through && this.#next > this.#seq) this.#repeats.end();
  }

  /** Send what is to be sent, of what is sent again only as much as may be on the way. */
  #sendDue(nowMs: number): void {
    let onTheWayS = 0;
    for (const kept of this.#kept) {
      const { parcel, pcm } = kept;
      const seconds = secondsOf(parcel);
      if (parcel.seq >= this.#next) {
        if (onTheWayS > 0 && onTheWayS + seconds > this.#repeats.mostOnTheWayS) return;
        kept.sentAtMs ??= nowMs;
        this.#next = parcel.seq + 1;
        this.#send(parcel, pcm, this.#kept[0]?.parcel.seq ?? parcel.seq);
      }
      onTheWayS += seconds;
    }
  }

  #forgetOldest(): Kept | null {
    const oldest = this.#kept.shift() ?? null;
    if (oldest) this.#keptS -= secondsOf(oldest.parcel);
    return oldest;
  }
}

function secondsOf({ sample_count, sample_rate_hz }: Cut): number {
  return sample_count / sample_rate_hz;
}
