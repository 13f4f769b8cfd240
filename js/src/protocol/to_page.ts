/**
 * The wire contract: what the kernel says, checked. docs/protocol.md is the text, tests/golden holds examples.
 *
 * Types keep the wire's snake_case names, so that a message can be compared with the text word by word.
 */

import {
  isInt,
  isIntOrNull,
  isNumber,
  isNumberOrNull,
  isRecord,
  isStringOrNull,
  oneOf,
  PROTOCOL_VERSION,
  type Rec,
} from "./fields";

const MAX_EVERY_S = 1e9;

/** The `owner` of a source that the kernel captures for. */
export const KERNEL = "kernel";

export const STATUSES = ["idle", "asking", "waiting", "live", "paused", "failed"] as const;
export const RESULT_MIMES = ["image/jpeg", "image/png", "image/webp", "image/gif", "video/h264"] as const;

export type Status = (typeof STATUSES)[number];
export type ResultMime = (typeof RESULT_MIMES)[number];
export interface Credit {
  index: number;
  run: number;
  may_send_through: number;
  settled_through: number;
  taken_through: number;
  ended_through: number;
  superseded: number;
  rejected: number;
  call_ms: number | null;
  late_ms: number | null;
  held_ms: number | null;
  /** A key frame with a higher `seq` is wanted. */
  key_after?: number;
}

/** How a stream is doing, for people; counts are since it was made. */
export interface Numbers {
  fps: number;
  legs_ms: Record<string, number>;
  superseded: number;
  bytes_up: number;
  bytes_down: number;
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
  /** Presses of Capture whose call has not ended; null: no stream waits for any. */
  captures_waiting: number | null;
  /** Paused, with the newest picture held: a change of an input calls the function with it. */
  is_frozen: boolean;
  stats: Numbers | null;
  error: { text: string; count: number } | null;
  log: string[];
  /** How much of a long call is done, 0..1; null: it is not told. */
  progress?: number | null;
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
  /** Of a frame of video: the result that this one builds on; 0: a key frame. */
  after?: number;
  byte_length: number;
  captured_at_ms: number | null;
  frame_seq: number | null;
  credits: Record<string, Credit>;
}

/** How many numbers the points of a mark have; null: any number of pairs. */
const NUMBERS_OF = { box: 4, polygon: null, ellipse: 6, arrow: 4, keypoints: null, points: null, text: 2 };
const MARK_KINDS = Object.keys(NUMBERS_OF) as MarkKind[];
export type MarkKind = keyof typeof NUMBERS_OF;
export const MAX_MARKS = 300;
const MAX_LINE_PX = 100;

/** One thing to draw over a picture; points are x and y in turn, as shares of its width and height. */
export interface Mark {
  kind: MarkKind;
  points: number[];
  edges: number[];
  text: string;
  color: string;
  /** Width of its lines in pixels of the page; null: the usual one. */
  line_px: number | null;
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
    isInt(value.settled_through, 0) &&
    isInt(value.taken_through, 0) &&
    isInt(value.ended_through, 0) &&
    isInt(value.superseded, 0) &&
    isInt(value.rejected, 0) &&
    isNumberOrNull(value.call_ms, 0) &&
    isNumberOrNull(value.late_ms, 0) &&
    isNumberOrNull(value.held_ms, 0) &&
    isIntOrNull(value.key_after ?? null, 0)
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
    isIntOrNull(m.captures_waiting, 0) &&
    isNumberOrNull(m.queue_wait_s, 0) &&
    isNumber(m.stream_every_s, 0, MAX_EVERY_S) &&
    [m.wanted, m.clock_running, m.shows_result, m.can_resume, m.is_frozen].every((flag) => typeof flag === "boolean") &&
    isNumberOrNull(m.progress ?? null, 0) &&
    isErrorOrNull(m.error) &&
    isNumbersOrNull(m.stats) &&
    Array.isArray(m.log) &&
    m.log.every((line) => typeof line === "string")
  );
}

function isNumbersOrNull(value: unknown): boolean {
  if (value === null) return true;
  if (!isRecord(value) || !isRecord(value.legs_ms)) return false;
  const counts = [value.superseded, value.bytes_up, value.bytes_down];
  const durations = Object.values(value.legs_ms);
  return isNumber(value.fps, 0) && counts.every((one) => isInt(one, 0)) && durations.every((one) => isNumber(one));
}

function isErrorOrNull(value: unknown): boolean {
  return value === null || (isRecord(value) && typeof value.text === "string" && isInt(value.count, 1));
}

function isResult(m: Rec, buffers: Buffers): boolean {
  const hasPicture = m.mime === null ? m.byte_length === 0 : oneOf(RESULT_MIMES, m.mime) && isInt(m.byte_length, 1);
  return hasPicture && isIntOrNull(m.after ?? null, 0) && isOfFrame(m, buffers);
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
    /^#[0-9a-f]{6}$/.test(m.color) &&
    (m.line_px === null || (isNumber(m.line_px) && m.line_px > 0 && m.line_px <= MAX_LINE_PX))
  );
}
