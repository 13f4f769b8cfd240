/** Why a device is not there: one reason and one sentence, with what to do, for whatever the browser threw. */

import type { FailureReason } from "../protocol/from_page";
import type { MediaKind } from "./kind";

const SENTENCES: Record<FailureReason, (kind: MediaKind) => string> = {
  denied: ({ noun }) =>
    `The browser does not let this page use the ${noun}. Allow the ${noun} beside the address and press Start again.`,
  missing: ({ noun }) =>
    `No such ${noun} was found. Connect one, or choose another in the list, and press Start again.`,
  in_use: ({ noun, gives }) =>
    `The ${noun} is there but gives no ${gives}: another program uses it. Close that program and press Start again.`,
  insecure: ({ noun }) =>
    `The browser gives ${noun}s only to pages on https or localhost. Open this page by an https address or as localhost.`,
  unplugged: ({ noun }) => `The ${noun} was unplugged or switched off. Connect it and press Start again.`,
  stopped: ({ noun }) =>
    `The ${noun} was turned off by the browser or by another script in this page. Press Start to turn it on again.`,
  constraints: ({ noun, options }) =>
    `The ${noun} cannot do what ${options} ask for. Ask for less and press Start again.`,
  other: ({ noun }) => `The ${noun} could not be opened. Press Start again, or choose another ${noun} in the list.`,
};

/** Of what the browser asks for each time. */
const SHARED: Partial<Record<FailureReason, string>> = {
  denied: "Nothing was shared. Press Start, and choose in the browser's prompt what to share.",
  unplugged: "Sharing was ended. Press Start to share again.",
  insecure: "This browser shares no screen, or only with pages on https or localhost.",
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
export class CaptureError extends Error {
  constructor(
    readonly reason: FailureReason,
    readonly detail = "",
  ) {
    super(detail || reason);
  }
}

/** The synthetic device cannot be had in this browser, for which `cause` is its reason. */
export class SyntheticError extends Error {
  constructor(override readonly cause: unknown) {
    super("no synthetic device");
  }
}

export function describeFailure(error: unknown, kind: MediaKind): Failure {
  const failure = (reason: FailureReason, detail = ""): Failure => {
    if (isVsCode() && IN_VS_CODE.includes(reason)) return { reason, message: vsCodeSentence(kind) };
    const hasList = kind.deviceKind !== null;
    const hint = hasList ? `Or choose "Synthetic ${kind.noun}" in the list: it works without a ${kind.noun}.` : "";
    const sentence = (!hasList && SHARED[reason]) || SENTENCES[reason](kind);
    return { reason, message: [sentence, detail, hint].filter(Boolean).join(" ") };
  };
  if (error instanceof SyntheticError) return describeSynthetic(error.cause, kind);
  if (error instanceof CaptureError) return failure(error.reason, error.detail);
  const { name = "", message = "", constraint = "" } = (error ?? {}) as Partial<OverconstrainedError>;
  // The device that was asked for by its id is not there any more.
  if (name === "OverconstrainedError" && constraint === "deviceId") return failure("missing");
  const reason = REASONS[name] ?? "other";
  const detail = reason === "constraints" ? `Refused: ${constraint || message}.` : "";
  return failure(reason, reason === "other" ? `${name || "Error"}: ${message || String(error)}` : detail);
}

function describeSynthetic(cause: unknown, { noun }: MediaKind): Failure {
  const { name = "Error", message = String(cause) } = (cause ?? {}) as Partial<Error>;
  const advice = `This browser cannot make the synthetic ${noun}. Choose a real one in the list, or use another browser.`;
  return { reason: "other", message: `${advice} ${name}: ${message}` };
}

/** With what VS Code's notebooks answer whoever asks for a device. */
const IN_VS_CODE: FailureReason[] = ["denied", "insecure", "missing"];

/** On the desktop a notebook's output is a page of this scheme; in the browser of a host that is its own. */
function isVsCode(): boolean {
  return (
    globalThis.location?.protocol === "vscode-webview:" ||
    /\.vscode-cdn\.net$/.test(globalThis.location?.hostname ?? "")
  );
}

function vsCodeSentence({ noun }: MediaKind): string {
  const another = noun === "camera" ? " A camera of the kernel's machine works as well: nbs.KernelCamera()." : "";
  return (
    `VS Code gives notebooks no ${noun}. Choose "Synthetic ${noun}" in the list, which works here, or open the notebook ` +
    `in a browser: jupyter lab.${another}`
  );
}
