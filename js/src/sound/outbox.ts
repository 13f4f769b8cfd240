/**
 * Chunks on their way: sent once, kept until the kernel has stored them, and sent again only when it says that they are
 * lost.
 */

import type { Receipt } from "../protocol/sound";
import type { Cut } from "./chunker";

/** What the kernel has not stored by then is given up: it is as much as it keeps itself. */
const KEPT_S = 60;
/** A chunk that was sent again is still on its way when the next receipts, which came from before, ask for it. */
const AGAIN_AFTER_MS = 500;

/** No receipt is further ahead of the one before: a hundred a second for a day. */
const MAX_INDEX_AHEAD = 1e7;

/** A chunk but for the moment of its sending. */
export type Parcel = Cut & { run: number; seq: number };
type Send = (parcel: Parcel, pcm: ArrayBuffer, keptFrom: number) => void;

interface Kept {
  parcel: Parcel;
  pcm: ArrayBuffer;
  sentAgainAtMs: number;
}

export class Outbox {
  readonly #send: Send;
  #run = 0;
  #seq = 0;
  #kept: Kept[] = [];
  #keptS = 0;
  #receiptIndex = -1;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Highest seq of this run. */
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
    this.#kept = [];
    this.#keptS = 0;
  }

  add(cut: Cut, pcm: ArrayBuffer): void {
    this.#seq += 1;
    const kept = { parcel: { run: this.#run, seq: this.#seq, ...cut }, pcm, sentAgainAtMs: Number.NEGATIVE_INFINITY };
    this.#kept.push(kept);
    this.#keptS += secondsOf(cut);
    while (this.#keptS > KEPT_S) this.#forgetOldest();
    this.#dispatch(kept);
  }

  /** False if the receipt is older than what is known, of another run, or tells of chunks that were never sent. */
  accept(receipt: Receipt, nowMs: number): boolean {
    if (receipt.index <= this.#receiptIndex) return false;
    if (this.#receiptIndex >= 0 && receipt.index > this.#receiptIndex + MAX_INDEX_AHEAD) return false;
    if (receipt.run === this.#run && receipt.received_through > this.#seq) return false;
    this.#receiptIndex = receipt.index;
    if (receipt.run !== this.#run) return false;
    while ((this.#kept[0]?.parcel.seq ?? Number.POSITIVE_INFINITY) <= receipt.received_through) this.#forgetOldest();
    for (const kept of this.#kept) {
      if (kept.parcel.seq > receipt.missing_through) break;
      if (nowMs - kept.sentAgainAtMs < AGAIN_AFTER_MS) continue;
      kept.sentAgainAtMs = nowMs;
      this.#dispatch(kept);
    }
    return true;
  }

  #dispatch({ parcel, pcm }: Kept): void {
    this.#send(parcel, pcm, this.#kept[0]?.parcel.seq ?? parcel.seq);
  }

  #forgetOldest(): void {
    const oldest = this.#kept.shift();
    if (oldest) this.#keptS -= secondsOf(oldest.parcel);
  }
}

function secondsOf({ sample_count, sample_rate_hz }: Cut): number {
  return sample_count / sample_rate_hz;
}
