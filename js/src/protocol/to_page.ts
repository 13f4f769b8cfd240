/**
 * The wire contract with the kernel; docs/protocol.md is the text, tests/golden holds examples that both sides decode.
 *
 * Types keep the wire's snake_case names, so that a message can be compared with the text word by word.
 */

import { isInt, isIntOrNull, isNumber, isNumberOrNull, isRecord, isStringOrNull, oneOf, type Rec } from "./fields";

export const PROTOCOL_VERSION = 1;
export const MAX_DEVICES = 32;
export const MAX_TEXT_LENGTH = 256;
const MAX_EVERY_S = 1e9;

export const STATUSES = ["idle", "asking", "waiting", "live", "paused", "failed"] as const;
export const RESULT_MIMES = ["image/jpeg", "image/png", "image/webp", "image/gif"] as const;

export type Status = (typeof STATUSES)[number];
export type ResultMime = (typeof RESULT_MIMES)[number];
export type CameraState = "off" | "asking" | "on" | "failed";
export type FailureReason =
  | "denied"
  | "missing"
  | "in_use"
  | "insecure"
  | "unplugged"
  | "stopped"
  | "constraints"
  | "other";
export type Action = "start" | "stop" | "resume" | "take_over" | "choose_device";

export interface Credit {
  index: number;
  run: number;
  may_send_through: number;
  taken_through: number;
  ended_through: number;
  superseded: number;
  rejected: number;
  call_ms: number | null;
  late_ms: number | null;
}

export interface StateMessage {
  nbstream: 1;
  type: "state";
  index: number;
  run: number;
  wanted: boolean;
  owner: string | null;
  status: Status;
  note: string | null;
  time_limit_s: number | null;
  remaining_s: number | null;
  clock_running: boolean;
  queue_position: number | null;
  queue_wait_s: number | null;
  stream_every_s: number;
  shows_result: boolean;
  can_resume: boolean;
  error: { text: string; count: number } | null;
  log: string[];
  credit: Credit;
}

/** What every source is told; one that sends frames has a `credit` besides. */
export type SourceState = Omit<StateMessage, "credit">;

export interface CreditMessage {
  nbstream: 1;
  type: "credit";
  credit: Credit;
}

export interface ResultMessage {
  nbstream: 1;
  type: "result";
  seq: number;
  mime: ResultMime | null;
  byte_length: number;
  captured_at_ms: number | null;
  frame_seq: number | null;
  credits: Record<string, Credit>;
}

export const MARK_KINDS = ["box", "polygon", "keypoints", "text"] as const;
export const MAX_MARKS = 300;

/** One thing to draw over a picture; points are x and y in turn, as shares of its width and height. */
export interface Mark {
  kind: (typeof MARK_KINDS)[number];
  points: number[];
  edges: number[];
  text: string;
  color: string;
}

export interface OverlayMessage {
  nbstream: 1;
  type: "overlay";
  overlay: string;
  seq: number;
  marks: Mark[];
  total_count: number;
  byte_length: number;
  captured_at_ms: number | null;
  frame_seq: number | null;
  credits: Record<string, Credit>;
}

export type KernelMessage = StateMessage | CreditMessage | ResultMessage | OverlayMessage;

export interface Device {
  id: string;
  label: string;
}

/** Why a device is off that the kernel wants on: out of sight, or the kernel was silent for 10 s. */
export type OffReason = "hidden" | "silent";

/** What is told of every capture; `CameraReport` and `MicrophoneReport` add its size. */
export interface CaptureReport {
  state: CameraState;
  /** Why it failed, or why it is off. */
  reason: FailureReason | OffReason | null;
  message: string | null;
  label: string | null;
  devices: Device[];
}

export interface PictureSize {
  width_px: number | null;
  height_px: number | null;
}

export type CameraReport = CaptureReport & PictureSize;

/** By display: the newest result that is on this page's screen. */
export type Painted = Record<string, { seq: number; received_at_ms: number; painted_at_ms: number }>;

export interface Frame {
  run: number;
  seq: number;
  captured_at_ms: number;
  sent_at_ms: number;
  width_px: number;
  height_px: number;
  byte_length: number;
  quality?: number;
  scale?: number;
}

export type Head<T extends string> = { nbstream: 1; type: T; client: string };
export type HelloMessage = Head<"hello"> & { views: number; report_index?: number };
export type ByeMessage = Head<"bye">;
export type CommandMessage = Head<"command"> & {
  action: Action;
  command_index: number;
  device?: string;
  label?: string;
};
export type CameraMessage = Head<"camera"> & { run: number; camera: CaptureReport; report_index?: number };
export type FrameMessage = Head<"frame"> & Frame & { painted?: Painted };
export type PaintedMessage = Head<"painted"> & { painted: Painted };
export type BeatMessage = Head<"beat"> & {
  run: number;
  views: number;
  sent_through: number;
  camera: CaptureReport;
  sent_at_ms?: number;
  report_index?: number;
  painted?: Painted;
};
export type PageMessage =
  | HelloMessage
  | ByeMessage
  | CommandMessage
  | CameraMessage
  | FrameMessage
  | PaintedMessage
  | BeatMessage;

export function head<T extends string>(type: T, client: string): Head<T> {
  return { nbstream: PROTOCOL_VERSION, type, client };
}

/** What was painted rides along only when there is something to say. */
export function riding(painted: Painted | null): { painted?: Painted } {
  return painted && Object.keys(painted).length > 0 ? { painted } : {};
}

export function buildHello(client: string, views: number, report_index: number): HelloMessage {
  return { ...head("hello", client), views, report_index };
}

export function buildBye(client: string): ByeMessage {
  return head("bye", client);
}

/** `device`: what is chosen, with "choose_device". */
export function buildCommand(client: string, action: Action, commandIndex: number, device?: Device): CommandMessage {
  const message = { ...head("command", client), action, command_index: commandIndex };
  if (action !== "choose_device") return message;
  const { id = "", label = "" } = device ?? {};
  return {
    ...message,
    device: id.slice(0, MAX_TEXT_LENGTH),
    ...(label ? { label: label.slice(0, MAX_TEXT_LENGTH) } : {}),
  };
}

export function buildCamera(client: string, run: number, camera: CaptureReport, report_index: number): CameraMessage {
  return { ...head("camera", client), run, camera, report_index };
}

export function buildFrame(client: string, frame: Frame, painted: Painted | null): FrameMessage {
  return { ...head("frame", client), ...frame, ...riding(painted) };
}

export function buildPainted(client: string, painted: Painted): PaintedMessage {
  return { ...head("painted", client), painted };
}

export function buildBeat(
  client: string,
  beat: Omit<BeatMessage, keyof Head<"beat"> | "painted">,
  painted: Painted | null,
): BeatMessage {
  return { ...head("beat", client), ...beat, ...riding(painted) };
}

export type Buffers = readonly { byteLength: number }[];

/** Check one message of the kernel; null when it is rubbish or of another version. */
export function parseKernelMessage(content: unknown, buffers: Buffers = []): KernelMessage | null {
  if (!isRecord(content) || content.nbstream !== PROTOCOL_VERSION) return null;
  switch (content.type) {
    case "state":
      return isSourceState(content) && isCredit(content.credit) ? (content as unknown as StateMessage) : null;
    case "credit":
      return isCredit(content.credit) ? (content as unknown as CreditMessage) : null;
    case "result":
      return isResult(content, buffers) ? (content as unknown as ResultMessage) : null;
    case "overlay":
      return isOverlay(content, buffers) ? (content as unknown as OverlayMessage) : null;
    default:
      return null;
  }
}

export function isCredit(value: unknown): value is Credit {
  return (
    isRecord(value) &&
    isInt(value.index, 0) &&
    isInt(value.run, 0) &&
    isInt(value.may_send_through, 0) &&
    isInt(value.taken_through, 0) &&
    isInt(value.ended_through, 0) &&
    isInt(value.superseded, 0) &&
    isInt(value.rejected, 0) &&
    isNumberOrNull(value.call_ms, 0) &&
    isNumberOrNull(value.late_ms, 0)
  );
}

export function isSourceState(m: Rec): boolean {
  return (
    isInt(m.index, 0) &&
    isInt(m.run, 0) &&
    isStringOrNull(m.owner) &&
    oneOf(STATUSES, m.status) &&
    isStringOrNull(m.note) &&
    isNumberOrNull(m.time_limit_s, 0) &&
    isNumberOrNull(m.remaining_s, 0) &&
    isIntOrNull(m.queue_position, 0) &&
    isNumberOrNull(m.queue_wait_s, 0) &&
    isNumber(m.stream_every_s, 0, MAX_EVERY_S) &&
    [m.wanted, m.clock_running, m.shows_result, m.can_resume].every((flag) => typeof flag === "boolean") &&
    isErrorOrNull(m.error) &&
    Array.isArray(m.log) &&
    m.log.every((line) => typeof line === "string")
  );
}

function isErrorOrNull(value: unknown): boolean {
  return value === null || (isRecord(value) && typeof value.text === "string" && isInt(value.count, 1));
}

function isResult(m: Rec, buffers: Buffers): boolean {
  const hasPicture = m.mime === null ? m.byte_length === 0 : oneOf(RESULT_MIMES, m.mime) && isInt(m.byte_length, 1);
  return hasPicture && isOfFrame(m, buffers);
}

/** What a result and an overlay have in common. */
function isOfFrame(m: Rec, buffers: Buffers): boolean {
  return (
    isInt(m.byte_length, 0) &&
    buffers.length === (m.byte_length ? 1 : 0) &&
    (buffers[0]?.byteLength ?? 0) === m.byte_length &&
    isInt(m.seq, 1) &&
    isNumberOrNull(m.captured_at_ms, 0) &&
    isIntOrNull(m.frame_seq, 1) &&
    isRecord(m.credits) &&
    Object.values(m.credits).every(isCredit)
  );
}

function isOverlay(m: Rec, buffers: Buffers): boolean {
  return (
    isOfFrame(m, buffers) &&
    typeof m.overlay === "string" &&
    isInt(m.total_count, 0) &&
    Array.isArray(m.marks) &&
    m.marks.length <= MAX_MARKS &&
    m.marks.every(isMark)
  );
}

const NUMBERS_OF = { box: 4, text: 2, polygon: null, keypoints: null };

function isMark(m: unknown): m is Mark {
  if (!isRecord(m) || !oneOf(MARK_KINDS, m.kind) || !Array.isArray(m.points) || !Array.isArray(m.edges)) return false;
  const { points, edges } = m;
  return (
    points.every((one) => isNumber(one)) &&
    points.length % 2 === 0 &&
    points.length === (NUMBERS_OF[m.kind] ?? points.length) &&
    edges.every((one) => isInt(one, 0) && one < points.length / 2) &&
    edges.length % 2 === 0 &&
    typeof m.text === "string" &&
    typeof m.color === "string" &&
    /^#[0-9a-f]{6}$/.test(m.color)
  );
}
