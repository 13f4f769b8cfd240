/**
 * How many frames may be on the way: as many as the line carries at once, and none that only stands in its queue.
 *
 * With too few the line is idle while the page waits for credit; with too many each is as much older. Their number is the
 * smallest round trip times the largest rate of delivery, as in BBR: where frames stand in a queue, what is more than that
 * goes at once; where pictures of the camera are left out although nothing stands in a queue, one more may leave.
 */

import type { Credit } from "../protocol/to_page";

/** So many are on the way in any case where the line is quick: the reverse traffic hides the round trip then. */
const FEWEST = 3;
/** On a shorter way that is enough; who waits all the same waits for a busy page or kernel. */
const NEAR_MS = 50;
/** The kernel gives no more credit either. */
const MOST = 16;
/** Beyond the fewest; a server's memory is not filled for one page. */
const MOST_BYTES = 1_000_000;
/** What stands for longer stands in a queue; a line that takes longer for a frame is slow. */
const QUEUED_MS = 30;
/** The least of so many frames counts, for on a loaded machine single ones are late on a quick line. */
const JUDGED_FRAMES = { quick: 5, slow: 3 };
/** After too many it takes so long until one more is tried. */
const TRIED_AGAIN_AFTER_MS = { quick: 1000, slow: 2000 };
/** A queue that always stands looks like a long way. So half the frames leave for one round trip, so often. */
const DRAINED_EVERY_MS = 5000;
/** The least of the last 5 to 10 s counts: lines change. */
const FORGOTTEN_AFTER_MS = 5000;

interface Sent {
  atMs: number;
  bytes: number;
}

export class LineWindow {
  #run = 0;
  #frames = FEWEST;
  #sent = new Map<number, Sent>();
  #sentThrough = 0;
  #newestBytes = 0;
  #heardThrough = 0;
  readonly #leastWayMs = new Least();
  readonly #leastMsPerByte = new Least();
  #queuesMs: number[] = [];
  /** The newest frame that left before the last change says nothing about it. */
  #changedAt = 0;
  #isTooSmall = false;
  #notMoreBeforeMs = Number.NEGATIVE_INFINITY;
  #isDraining = false;
  #drainedAtMs = Number.NEGATIVE_INFINITY;

  /** How many frames may be on the way. */
  get frames(): number {
    return this.#isDraining ? Math.max(this.#fewest, this.#frames >> 1) : this.#frames;
  }

  /** What the way to the kernel and back takes at least, without what the kernel does; 0 while that is not known. */
  get wayMs(): number {
    return this.#leastWayMs.value ?? 0;
  }

  /** What the line takes for a byte; 0 while that is not known. */
  get msPerByte(): number {
    return this.#leastMsPerByte.value ?? 0;
  }

  /** What the line takes for a frame as large as the newest, when nothing stands before it; 0 while that is not known. */
  get frameMs(): number {
    return this.msPerByte * this.#newestBytes;
  }

  /** Numbers start again; what is known of the line stays. */
  begin(run: number): void {
    this.#run = run;
    this.#sent.clear();
    this.#queuesMs = [];
    this.#isDraining = false;
    this.#sentThrough = this.#heardThrough = this.#changedAt = 0;
  }

  sent(seq: number, bytes: number, nowMs: number): void {
    this.#sent.set(seq, { atMs: nowMs, bytes });
    this.#sentThrough = seq;
    this.#newestBytes = bytes;
    if (this.#sent.size > 2 * MOST) this.#sent.delete(this.#sent.keys().next().value as number);
  }

  /** Whether one more may be on the way beside those after `settledThrough`; noted where not. */
  hasRoom(seq: number, settledThrough: number): boolean {
    const onTheWay = seq - settledThrough;
    const hasRoom = onTheWay < this.frames && (onTheWay < FEWEST || this.#bytesAfter(settledThrough) < MOST_BYTES);
    this.#isTooSmall ||= !hasRoom;
    return hasRoom;
  }

  /** `everyMs`: the time between two frames that are wanted. */
  heard({ run, taken_through, late_ms, held_ms }: Credit, nowMs: number, everyMs: number): void {
    const sent = this.#sent.get(taken_through);
    if (run !== this.#run || taken_through <= this.#heardThrough) return;
    this.#heardThrough = taken_through;
    for (const seq of this.#sent.keys()) if (seq <= taken_through) this.#sent.delete(seq);
    if (!sent || late_ms === null || held_ms === null) return;
    const loopMs = nowMs - sent.atMs;
    const wayMs = Math.max(0, loopMs - held_ms);
    const queuedUpMs = late_ms - sent.bytes * this.#leastMsPerByte.note(late_ms / sent.bytes, nowMs);
    // What waits on the way down, or for a busy page, is brought about by frames as well; two ways vary by more than one.
    const queuedMs = Math.max(queuedUpMs, wayMs - this.#leastWayMs.note(wayMs, nowMs) - QUEUED_MS);
    this.#queuesMs = [...this.#queuesMs, queuedMs].slice(-JUDGED_FRAMES.quick);
    if (taken_through <= this.#changedAt) return;
    if (this.#isDraining) this.#endDrain();
    else this.#judge(loopMs, nowMs, everyMs);
  }

  get #kind(): "quick" | "slow" {
    return this.frameMs > QUEUED_MS ? "slow" : "quick";
  }

  /** Where one frame takes long, each more waits for it. */
  get #fewest(): number {
    return this.#kind === "slow" ? 1 : FEWEST;
  }

  #judge(loopMs: number, nowMs: number, everyMs: number): void {
    const kind = this.#kind;
    const judged = this.#queuesMs.slice(-JUDGED_FRAMES[kind]);
    const queuedMs = Math.min(...judged);
    if (judged.length === JUDGED_FRAMES[kind] && queuedMs > QUEUED_MS) {
      this.#set(Math.max(this.#fewest, Math.round(this.#frames * (1 - queuedMs / loopMs))));
      this.#notMoreBeforeMs = nowMs + TRIED_AGAIN_AFTER_MS[kind];
    } else if (this.#isTooSmall && nowMs - this.#drainedAtMs > DRAINED_EVERY_MS) {
      this.#drain(nowMs);
    } else if (this.#isTooSmall && queuedMs < QUEUED_MS / 2 && nowMs >= this.#notMoreBeforeMs) {
      // Twice what fills the ways: where that is too few, it is not the line that takes long.
      const most = this.wayMs < NEAR_MS ? FEWEST : FEWEST - 1 + Math.ceil((2 * this.wayMs) / everyMs);
      this.#set(Math.max(this.#frames, Math.min(MOST, most, this.#frames + 1)));
    }
  }

  #drain(nowMs: number): void {
    // The first time nothing has had the time to pile up.
    const isFirst = this.#drainedAtMs === Number.NEGATIVE_INFINITY;
    this.#drainedAtMs = nowMs;
    this.#isDraining = !isFirst;
    if (this.#isDraining) this.#set(this.#frames);
  }

  #endDrain(): void {
    this.#isDraining = false;
    this.#set(this.#frames);
  }

  #set(frames: number): void {
    this.#frames = frames;
    this.#isTooSmall = false;
    this.#queuesMs = [];
    this.#changedAt = this.#sentThrough;
  }

  #bytesAfter(settledThrough: number): number {
    let sum = 0;
    for (const [seq, { bytes }] of this.#sent) if (seq > settledThrough) sum += bytes;
    return sum;
  }
}

/** The least of some numbers of the last seconds. */
class Least {
  #now = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;
  #sinceMs = Number.NEGATIVE_INFINITY;

  get value(): number | null {
    const least = Math.min(this.#now, this.#before);
    return Number.isFinite(least) ? least : null;
  }

  note(value: number, nowMs: number): number {
    if (nowMs - this.#sinceMs >= FORGOTTEN_AFTER_MS) {
      this.#before = this.#now;
      this.#now = Number.POSITIVE_INFINITY;
      this.#sinceMs = nowMs;
    }
    this.#now = Math.min(this.#now, value);
    return Math.min(this.#now, this.#before);
  }
}
