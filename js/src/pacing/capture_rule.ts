/**
 * Whether this page's camera shall be on, and whether frames may leave: the facts go in, a decision comes out.
 *
 * Nothing here touches the DOM, the model or a timer. A decision holds until a fact changes or `nextCheckAtMs` comes.
 */

import { isNewer } from "../protocol/fields";
import type { OffReason } from "../protocol/from_page";
import { KERNEL, type SourceState } from "../protocol/to_page";

/** So long may a device be on that the kernel may know nothing of. The stream's own end is the kernel's to decide, later. */
export const KERNEL_SILENT_MS = 10_000;
/** After a reconnect the server first replays what it queued; only then does a state say what is so now. */
const SETTLE_AFTER_SILENCE_MS = 2_000;
/** Running a cell again removes its view and shows a new one at once; the camera must not blink for that. */
const NO_VIEW_GRACE_MS = 800;
/** In a closed Accordion or a hidden Tab the views are there, but nobody can see that the device is on. */
export const UNSEEN_GRACE_MS = 20_000;
const TIME_LIMIT_GRACE_MS = 1_500;

export interface Decision {
  /** The run for which the camera shall be on; null: it shall be off. */
  cameraRun: number | null;
  mayCapture: boolean;
  /** When time alone changes this decision; null: never. */
  nextCheckAtMs: number | null;
}

export class CaptureRule {
  state: SourceState | null = null;
  heardAtMs = Number.NEGATIVE_INFINITY;
  views = 0;
  /** The kernel cannot be reached any more (its comm is closed or refuses messages). */
  isGone = false;

  readonly #client: string;
  #noViewSinceMs = Number.NEGATIVE_INFINITY;
  #unseenSinceMs = Number.POSITIVE_INFINITY;
  #settledAtMs = Number.NEGATIVE_INFINITY;
  #stoppedRun = -1;

  constructor(client: string) {
    this.#client = client;
  }

  get isOwner(): boolean {
    return this.state?.owner === this.#client;
  }

  /** Another page captures. */
  get isGuest(): boolean {
    const owner = this.state?.owner ?? null;
    return this.state?.wanted === true && owner !== null && owner !== KERNEL && !this.isOwner;
  }

  /** Nothing of the run that is known is wanted of this page any more. */
  get isOver(): boolean {
    return !this.state?.wanted || !this.isOwner || this.state.run <= this.#stoppedRun;
  }

  /** The kernel should have spoken: while the capture is wanted, and only then, it does so every second. */
  isSilent(nowMs: number): boolean {
    return this.state?.wanted === true && nowMs - this.heardAtMs >= KERNEL_SILENT_MS;
  }

  /** Take what the kernel says; false if it is older than what is known. */
  hear(state: SourceState, nowMs: number): boolean {
    if (this.isSilent(nowMs)) this.#settledAtMs = nowMs + SETTLE_AFTER_SILENCE_MS;
    this.heardAtMs = nowMs;
    if (this.state && !isNewer(state.index, this.state.index)) return false;
    // What begins out of sight, by the user's code, has its time as well.
    if (this.state?.run !== state.run) this.#unseenSinceMs = Math.max(this.#unseenSinceMs, nowMs);
    this.state = state;
    return true;
  }

  setViews(views: number, nowMs: number): void {
    if (views === 0 && this.views > 0) this.#noViewSinceMs = nowMs;
    this.views = views;
  }

  /** Whether one of the views can be seen, or be scrolled to. */
  setSeen(isSeen: boolean, nowMs: number): void {
    if (isSeen) this.#unseenSinceMs = Number.POSITIVE_INFINITY;
    else this.#unseenSinceMs = Math.min(this.#unseenSinceMs, nowMs);
  }

  /** The device shall be on here, but has been out of sight for too long. */
  isUnseen(nowMs: number): boolean {
    return !this.isOver && nowMs >= this.#unseenSinceMs + UNSEEN_GRACE_MS;
  }

  /** A person pressed Stop: this run is over here, whenever the kernel gets to hear of it. */
  stop(): void {
    this.#stoppedRun = this.state?.run ?? -1;
  }

  /** Why the device is off that the kernel wants on; null: it does not. */
  whyOff(nowMs: number): OffReason | null {
    if (this.isUnseen(nowMs)) return "hidden";
    return !this.isOver && this.views > 0 && this.isSilent(nowMs) ? "silent" : null;
  }

  decide(nowMs: number): Decision {
    const { state } = this;
    if (!state || this.isOver || this.isGone) return OFF;
    const silentAtMs = this.heardAtMs + KERNEL_SILENT_MS;
    const noViewAtMs = this.views > 0 ? Number.POSITIVE_INFINITY : this.#noViewSinceMs + NO_VIEW_GRACE_MS;
    const unseenAtMs = Math.min(noViewAtMs, this.#unseenSinceMs + UNSEEN_GRACE_MS);
    if (nowMs >= silentAtMs || nowMs >= unseenAtMs) return OFF;
    if (nowMs < this.#settledAtMs) return { ...OFF, nextCheckAtMs: this.#settledAtMs };
    const limitAtMs = this.#limitAtMs(state);
    const ahead = [silentAtMs, unseenAtMs, limitAtMs].filter((atMs) => atMs > nowMs);
    return { cameraRun: state.run, mayCapture: nowMs < limitAtMs, nextCheckAtMs: Math.min(...ahead) };
  }

  /** When the time limit is over and the kernel had its chance to say so. */
  #limitAtMs({ clock_running, remaining_s }: SourceState): number {
    if (!clock_running || remaining_s === null) return Number.POSITIVE_INFINITY;
    return this.heardAtMs + remaining_s * 1000 + TIME_LIMIT_GRACE_MS;
  }
}

const OFF: Decision = { cameraRun: null, mayCapture: false, nextCheckAtMs: null };
