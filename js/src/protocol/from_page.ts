/** The wire contract: what this page says, built. docs/protocol.md is the text, tests/golden holds examples. */

import { PROTOCOL_VERSION } from "./fields";

/** What takes longer is no way: a clock was set. */
export const MAX_WAY_MS = 60_000;
export const MAX_DEVICES = 32;
export const MAX_TEXT_LENGTH = 256;

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
/** Why a device is off that the kernel wants on: out of sight, or the kernel was silent for 10 s. */
export type OffReason = "hidden" | "silent";
export type Action =
  | "start"
  | "stop"
  | "resume"
  | "take_over"
  | "choose_device"
  | "capture"
  | "hold"
  | "release"
  | "pause"
  | "freeze"
  | "snapshot"
  | "insert"
  | "toggle_stats"
  | "adjust";

/** What a person chose of a camera's pictures, with "adjust". */
export interface Adjustment {
  width_px: number;
  height_px: number;
  quality?: number;
}

export interface Device {
  id: string;
  label: string;
}

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

export type VideoCodec = "h264" | "vp8";

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
  way_ms?: number;
  /** Of a frame of video; absent: a JPEG. */
  codec?: VideoCodec;
  /** With `codec`: the frame that this one builds on; 0: a key frame. */
  after?: number;
}

export type Head<T extends string> = { nbstream: 1; type: T; client: string };
export type HelloMessage = Head<"hello"> & { views: number; report_index?: number };
export type ByeMessage = Head<"bye">;
export type CommandMessage = Head<"command"> & {
  action: Action;
  command_index: number;
  device?: string;
  label?: string;
  at_ms?: number;
  width_px?: number;
  height_px?: number;
  quality?: number;
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
/** What a person did over a picture; places are shares of it. */
export interface Gesture {
  gesture: "click" | "move" | "drag" | "zone";
  x: number;
  y: number;
  points: number[];
  is_done: boolean;
  button: number;
  modifiers: string[];
}
export type PointerMessage = Head<"pointer"> & Gesture & { pointer_index: number };
export type VideoMessage = Head<"video"> & { key_after: number | null };
export type PageMessage =
  | VideoMessage
  | HelloMessage
  | ByeMessage
  | CommandMessage
  | CameraMessage
  | FrameMessage
  | PaintedMessage
  | BeatMessage
  | PointerMessage;

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

/** What goes with some actions; see `buildCommand`. */
export interface CommandDetails {
  device?: Device;
  atMs?: number;
  adjustment?: Adjustment;
}

/** `device`: what is chosen, with "choose_device". `atMs`: when it was pressed or let go, with "hold" and "release". */
export function buildCommand(
  client: string,
  action: Action,
  commandIndex: number,
  { device, atMs, adjustment }: CommandDetails = {},
): CommandMessage {
  const message = { ...head("command", client), action, command_index: commandIndex };
  if (action === "hold" || action === "release") return { ...message, at_ms: atMs ?? 0 };
  if (action === "adjust") return { ...message, ...adjustment };
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

export function buildPointer(client: string, gesture: Gesture, pointer_index: number): PointerMessage {
  return { ...head("pointer", client), ...gesture, pointer_index };
}

export function buildPainted(client: string, painted: Painted): PaintedMessage {
  return { ...head("painted", client), painted };
}

/** This page shows video, and wants a key frame after that result; null: it shows none. */
export function buildVideo(client: string, key_after: number | null): VideoMessage {
  return { ...head("video", client), key_after };
}

export function buildBeat(
  client: string,
  beat: Omit<BeatMessage, keyof Head<"beat"> | "painted">,
  painted: Painted | null,
): BeatMessage {
  return { ...head("beat", client), ...beat, ...riding(painted) };
}
