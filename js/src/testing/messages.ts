import type { CameraReport } from "../protocol/from_page";
import type { Credit, Mark, OverlayMessage, ResultMessage, StateMessage } from "../protocol/to_page";

/** Messages of the kernel, as a test wants them. */
export function credit(fields: Partial<Credit> = {}): Credit {
  const settled_through = fields.taken_through ?? 0;
  const none = { settled_through, taken_through: 0, ended_through: 0, superseded: 0, rejected: 0 };
  return { index: 1, run: 1, may_send_through: 3, ...none, call_ms: null, late_ms: null, held_ms: null, ...fields };
}

export function state(fields: Partial<StateMessage> = {}): StateMessage {
  return {
    nbstream: 1,
    type: "state",
    index: 1,
    run: 1,
    wanted: true,
    owner: "me",
    status: "live",
    note: null,
    time_limit_s: null,
    remaining_s: null,
    clock_running: false,
    queue_position: null,
    queue_wait_s: null,
    stream_every_s: 0.1,
    shows_result: false,
    can_resume: false,
    captures_waiting: null,
    is_frozen: false,
    stats: null,
    error: null,
    log: [],
    credit: credit(),
    ...fields,
  };
}

export function result(fields: Partial<ResultMessage> = {}): ResultMessage {
  const frame = { captured_at_ms: 0, frame_seq: 1 };
  return { nbstream: 1, type: "result", seq: 1, mime: null, byte_length: 0, ...frame, credits: {}, ...fields };
}

export function mark(fields: Partial<Mark> = {}): Mark {
  const box = { kind: "box", points: [0.25, 0.25, 0.5, 0.75], edges: [], line_px: null } as const;
  return { ...box, points: [...box.points], edges: [], text: "cat", color: "#3ddc84", ...fields };
}

export function overlay(fields: Partial<OverlayMessage> = {}): OverlayMessage {
  const head = { nbstream: 1, type: "overlay", overlay: "o", seq: 1 } as const;
  const frame = { captured_at_ms: 0, frame_seq: 1, credits: {} };
  return { ...head, marks: [mark()], total_count: 1, byte_length: 0, ...frame, ...fields };
}

export const CAMERA_OFF: CameraReport = {
  state: "off",
  reason: null,
  message: null,
  label: null,
  width_px: null,
  height_px: null,
  devices: [],
};
