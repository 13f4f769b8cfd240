/** Why a camera is not there: one reason and one sentence, with what to do, for whatever the browser threw. */

import type { FailureReason } from "../contract";

const SYNTHETIC_HINT = 'Or choose "Synthetic camera" in the list: it works without a camera.';

const SENTENCES: Record<FailureReason, string> = {
  denied:
    "The browser does not let this page use the camera. Allow the camera beside the address and press Start again.",
  missing: "No such camera was found. Connect one, or choose another in the list, and press Start again.",
  in_use:
    "The camera is there but gives no picture: another program uses it. Close that program and press Start again.",
  insecure:
    "The browser gives cameras only to pages on https or localhost. Open this page by an https address or as localhost.",
  unplugged: "The camera was unplugged or switched off. Connect it and press Start again.",
  constraints:
    "The camera cannot do what resolution, facing_mode or constraints ask for. Ask for less and press Start again.",
  other: "The camera could not be opened. Press Start again, or choose another camera in the list.",
};

const REASONS: Record<string, FailureReason> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  NotReadableError: "in_use",
  AbortError: "in_use",
  OverconstrainedError: "constraints",
};

export interface Failure {
  reason: FailureReason;
  message: string;
}

/** A failure that is ours and not the browser's; `detail` says what was wanted. */
export class CameraError extends Error {
  constructor(
    readonly reason: FailureReason,
    readonly detail = "",
  ) {
    super(detail || reason);
  }
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof CameraError) return failure(error.reason, error.detail);
  const { name = "", message = "", constraint = "" } = (error ?? {}) as Partial<OverconstrainedError>;
  // The camera that was asked for by its id is not there any more.
  if (name === "OverconstrainedError" && constraint === "deviceId") return failure("missing");
  const reason = REASONS[name] ?? "other";
  const detail = reason === "constraints" ? `Refused: ${constraint || message}.` : "";
  return failure(reason, reason === "other" ? `${name || "Error"}: ${message || String(error)}` : detail);
}

function failure(reason: FailureReason, detail = ""): Failure {
  return { reason, message: [SENTENCES[reason], detail, SYNTHETIC_HINT].filter(Boolean).join(" ") };
}
