/** What the status line says: the state in words, and the sentence that goes with it. */

import { findWished, nameOfWish } from "../../capture/devices";
import { title } from "../../capture/kind";
import type { SourceModel } from "../../model/source_model";
import { KERNEL_SILENT_MS } from "../../pacing/capture_rule";
import type { Status } from "../../protocol/to_page";

const PATIENCE_MS = 5000;

export type Facts = Pick<SourceModel, "rule" | "camera" | "askedAtMs" | "kind" | "wish" | "isSavedCopy">;

export const SAVED_COPY =
  "There is no kernel: this is a saved copy. Open the notebook in Jupyter and run its cells to use it.";

/** What the kernel says, unless this page knows better: its device is off, or nothing is heard of the kernel. */
export type ShownStatus = Status | "silent" | "off" | "gone";

export function shownStatus({ rule, camera, askedAtMs }: Facts, nowMs: number): ShownStatus {
  if (rule.isGone) return "gone";
  if (rule.isSilent(nowMs) || (askedAtMs !== null && nowMs - askedAtMs >= KERNEL_SILENT_MS)) return "silent";
  if (camera.state === "asking" || (rule.state?.status === "asking" && rule.isOwner)) return "asking";
  const { status = "idle", wanted = false } = rule.state ?? {};
  const shallBeOn = wanted && rule.isOwner && (status === "live" || status === "waiting");
  if (!shallBeOn || camera.state === "on") return status;
  return camera.state === "failed" ? "failed" : "off";
}

export function statusWord(facts: Facts, nowMs: number): string {
  const { rule, kind } = facts;
  switch (shownStatus(facts, nowMs)) {
    case "gone":
      return facts.isSavedCopy ? "Saved copy" : "Disconnected";
    case "silent":
      return "No answer from the kernel";
    case "off":
      return `${title(kind)} off`;
    case "asking":
      return `Asking for the ${kind.noun}…`;
    case "waiting":
      return waitingWord(rule.state?.queue_position ?? null, rule.state?.queue_wait_s ?? null);
    case "live":
      return "Live";
    case "paused":
      return "Paused";
    case "failed":
      return "Failed";
    default:
      return "Idle";
  }
}

function waitingWord(ahead: number | null, waitS: number | null): string {
  if (ahead === null) return "Waiting";
  const place = ahead === 0 ? "next" : `${ahead} ahead`;
  return waitS === null ? `Waiting: ${place}` : `Waiting: ${place}, ${roughly(waitS)}`;
}

/** Coarse, since it is an estimate, and so that a screen reader does not read out every second. */
function roughly(seconds: number): string {
  if (seconds < 1) return "any moment now";
  if (seconds < 5) return "a few seconds";
  if (seconds < 90) return `about ${5 * Math.round(seconds / 5)} s`;
  return `about ${Math.round(seconds / 60)} min`;
}

/** Beside "Live": how quick it is. */
export function paceText(pace: SourceModel["pace"]): string {
  if (!pace) return "";
  const fps = pace.fps < 9.5 ? pace.fps.toFixed(1) : pace.fps.toFixed(0);
  const call =
    pace.callMs < 1000 ? `${Math.max(1, Math.round(pace.callMs))} ms` : `${(pace.callMs / 1000).toFixed(1)} s a call`;
  return `${fps} fps · ${call}`;
}

/** What stands in the place of a picture or a waveform that is not there. */
export function hintText({ rule, camera, kind: { noun, gives, isInKernel, gesture } }: Facts): string {
  if (rule.isGone) return "";
  if (isInKernel && rule.state?.wanted) return "It runs in the kernel";
  if (gesture?.isAwaited) return "Press Share and choose what to share";
  if (camera.state === "asking") return `Allow the ${noun} in the browser's prompt`;
  if (rule.isGuest) return `The ${noun} is on in another page`;
  if (camera.state === "failed") return `No ${gives}`;
  return rule.state?.can_resume ? "Press Resume to go on" : `Press Start to use the ${noun}`;
}

/** The sentence beside the status; "" if there is nothing to add. */
export function statusNote(facts: Facts, nowMs: number): string {
  const { rule, camera, askedAtMs, kind } = facts;
  if (facts.isSavedCopy) return SAVED_COPY;
  if (rule.isGone) return "The kernel is gone or was restarted. Run the notebook's cells again, from the first one on.";
  if (askedAtMs !== null && nowMs - askedAtMs >= PATIENCE_MS) {
    const silentS = 5 * Math.floor((nowMs - askedAtMs) / 5000);
    return `The kernel has not answered for ${silentS} s; it may be busy with a cell.`;
  }
  const { state } = rule;
  if (rule.isSilent(nowMs)) {
    if (kind.isInKernel) return "Nothing was heard of the kernel for a while.";
    return `Nothing was heard of the kernel for a while, so the ${kind.noun} is off until it answers.`;
  }
  const isElsewhere = state?.status === "live" && !rule.isOwner;
  if (camera.state === "failed" && !isElsewhere) return camera.message ?? "";
  const failure = failureSentence(facts);
  if (failure) return failure;
  if (state?.note) return state.note;
  return rule.isGuest ? `Another page has the ${kind.noun}; Take over uses this page's instead.` : insteadNote(facts);
}

/** Why the device failed, as the kernel tells it; "" where it did not. A traceback is none: it stands below. */
export function failureSentence({ rule: { state } }: Pick<Facts, "rule">): string {
  const text = state?.status === "failed" ? (state.error?.text ?? "") : "";
  return text.includes("\n") ? "" : text;
}

/** Another device is open than the one that was chosen, which this browser does not have. */
function insteadNote({ camera, wish, kind }: Facts): string {
  if (camera.state !== "on" || findWished(camera.devices, wish) || wish.device === camera.label) return "";
  const missing = nameOfWish(wish, kind);
  return `${missing} is not here: ${camera.label} is used instead. Choose another ${kind.noun} in the list.`;
}
