/**
 * When the next frame may be captured.
 *
 * Three things must agree: the kernel's credit, the schedule of `stream_every_s`, and room for one more encoding. With
 * long calls a fourth: the frame should arrive just as the running call ends, for one that waits there only grows old.
 */

import { isNewer } from "../protocol/fields";
import type { Credit } from "../protocol/to_page";
import { LinkAdapter } from "./adapt";
import { LineWindow } from "./window";

const MAX_ENCODINGS = 2;
/** From here on a call is long: the frame in wait is timed to its end instead of being sent at once. */
const LONG_CALL_MS = 30;
/** What the ways take besides encoding, at least: socket, server, kernel; a frame early by this much costs nothing. */
const TRANSPORT_MS = 10;
const FIRST_ENCODE_MS = 10;

export class Pacer {
  run = 0;
  everyMs = 0;
  /** Time between two pictures of the camera. */
  cameraPeriodMs = 1000 / 30;
  /** How much the link is asked for; of a slow one no more than a frame at a time. */
  readonly link = new LinkAdapter();
  /** How much the line carries at once. */
  readonly line = new LineWindow();
  #credit: Credit | null = null;
  #seq = 0;
  #encodings = 0;
  /** When the last picture was due: the next one is so `everyMs` later, whatever that is by then. */
  #wasDueAtMs = Number.NEGATIVE_INFINITY;
  #callSinceMs = Number.NEGATIVE_INFINITY;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #encodeMs = FIRST_ENCODE_MS;

  /** Highest seq of this run that was sent or given up. */
  get sentThrough(): number {
    return this.#seq;
  }

  /** How long a call takes; 0 while that is not known. */
  get callMs(): number {
    return this.#credit?.call_ms ?? 0;
  }

  /** The last frame of video that the kernel could not decode, so that it wants a key frame; null: none. */
  get keyAfter(): number | null {
    return this.#credit?.run === this.run ? (this.#credit.key_after ?? null) : null;
  }

  /** A capture begins anew: numbers start again, and only a credit of this run counts. */
  begin(run: number): void {
    if (run === this.run) return;
    this.run = run;
    this.link.begin(run);
    this.line.begin(run);
    this.#seq = 0;
    this.#wasDueAtMs = Number.NEGATIVE_INFINITY;
    this.#notBeforeMs = Number.NEGATIVE_INFINITY;
  }

  acceptCredit(credit: Credit, nowMs: number): void {
    const before = this.#credit;
    if (before && !isNewer(credit.index, before.index)) return;
    this.#credit = credit;
    this.line.heard(credit, nowMs, this.wantedMs);
    this.link.heard(credit, nowMs, this.#load(credit));
    const callRuns = credit.taken_through > credit.ended_through;
    if (!callRuns || credit.call_ms === null || credit.call_ms < LONG_CALL_MS) {
      this.#notBeforeMs = Number.NEGATIVE_INFINITY;
    } else {
      const isNewCall = credit.run !== before?.run || credit.taken_through > before.taken_through;
      if (isNewCall) this.#callSinceMs = nowMs;
      const endsAtMs = this.#callSinceMs + credit.call_ms - this.#encodeMs - Math.max(TRANSPORT_MS, this.line.wayMs);
      // Told again of the same call, it can be shorter than was thought, and is never put off.
      this.#notBeforeMs = isNewCall ? endsAtMs : Math.min(this.#notBeforeMs, endsAtMs);
    }
  }

  /** Claim the next frame's seq for a picture of this moment; null if none may be captured now. */
  tryClaim(nowMs: number): number | null {
    if (!this.#hasCredit() || this.#encodings >= MAX_ENCODINGS || nowMs < this.#earliestMs()) return null;
    if (!this.line.hasRoom(this.#seq, this.#settledThrough)) return null;
    // The schedule advances by exactly `everyMs`, so the average rate is exact whatever the camera's own rate is. What is
    // later than a camera frame moves the schedule on instead of being caught up with.
    const dueAtMs = this.#wasDueAtMs + this.everyMs;
    this.#wasDueAtMs = nowMs - dueAtMs > 2 * this.#toleranceMs() ? nowMs : dueAtMs;
    this.#encodings += 1;
    this.#seq += 1;
    return this.#seq;
  }

  /** Milliseconds until time allows a capture; null while something else than time is missing. */
  waitMs(nowMs: number): number | null {
    if (!this.#hasCredit() || this.#encodings >= MAX_ENCODINGS) return null;
    return Math.max(0, this.#earliestMs() - nowMs);
  }

  encodingEnded(tookMs: number): void {
    this.#encodings -= 1;
    this.#encodeMs += (tookMs - this.#encodeMs) / 8;
  }

  /** A frame has left. */
  sent(seq: number, bytes: number, nowMs: number): void {
    this.link.sent(seq);
    this.line.sent(seq, bytes, nowMs);
  }

  /** What a frame takes of the line, as a share of the time between two that are wanted. */
  #load({ call_ms }: Credit): number {
    return this.line.frameMs / Math.max(this.wantedMs, call_ms ?? 0);
  }

  /** Time between two frames that are wanted. */
  get wantedMs(): number {
    return Math.max(this.everyMs, this.cameraPeriodMs);
  }

  get #settledThrough(): number {
    return this.#credit?.settled_through ?? 0;
  }

  #hasCredit(): boolean {
    if (this.#credit?.run !== this.run) return false;
    return this.#seq < this.#credit.may_send_through;
  }

  #earliestMs(): number {
    // Each frame that is on the way already will have a call of its own before.
    const callsAheadMs = Math.max(0, this.#seq - this.#settledThrough) * this.callMs;
    // Half a camera frame: the picture nearest to the due time is taken, be it a little early or a little late.
    const timedMs = this.#notBeforeMs + callsAheadMs - this.cameraPeriodMs / 2;
    return Math.max(this.#wasDueAtMs + this.everyMs - this.#toleranceMs(), timedMs);
  }

  #toleranceMs(): number {
    return Math.min(this.cameraPeriodMs, this.everyMs) / 2;
  }
}
