/** The wire contract of microphones and players; said and checked. What every source has is in the other modules. */

import { isInt, isIntOrNull, isNumberOrNull, isRecord, PROTOCOL_VERSION, type Rec } from "./fields";
import { type CaptureReport, type Head, head, type Painted, riding } from "./from_page";
import { type Buffers, type Credit, isCredit, isSourceState, type SourceState } from "./to_page";

const MIN_RATE_HZ = 3_000;
const MAX_RATE_HZ = 768_000;
const MAX_PIECE_BYTES = 1_000_000;
const MAX_PIECE_CHANNELS = 2;
const INT16_BYTES = 2;
/** No number that rises by one gets there: a hundred a second for three years. */
const MAX_COUNT = 1e10;

export type SampleType = "int16" | "float32";

export interface SoundSize {
  sample_rate_hz: number | null;
  channels: number | null;
}

export type MicrophoneReport = CaptureReport & SoundSize;

export interface Receipt {
  index: number;
  run: number;
  open: boolean;
  received_through: number;
  missing_through: number;
}

/** `is_held`: whether a person holds the button Hold to talk; null: no stream waits for that. */
export type MicrophoneState = SourceState & { is_held: boolean | null; receipt: Receipt };
export interface ReceiptMessage {
  nbstream: 1;
  type: "receipt";
  receipt: Receipt;
}

export interface SoundMessage {
  nbstream: 1;
  type: "sound";
  stream: number;
  seq: number;
  sample_rate_hz: number;
  channels: number;
  sample_count: number;
  byte_length: number;
  clipped_count: number;
  captured_at_ms: number | null;
  frame_seq: number | null;
  credits: Record<string, Credit>;
}

export interface SilenceMessage {
  nbstream: 1;
  type: "silence";
  stream: number;
}

export interface Chunk {
  run: number;
  seq: number;
  first_sample: number;
  sample_count: number;
  sample_rate_hz: number;
  channels: number;
  dtype: SampleType;
  clipped_count: number;
  captured_at_ms: number;
  sent_at_ms: number;
  byte_length: number;
  final: boolean;
  kept_from?: number;
}

export interface Played {
  stream: number;
  played_through: number;
  state: "playing" | "ended" | "blocked";
  latency_ms: number;
}

export type ChunkMessage = Head<"chunk"> & Chunk & { painted?: Painted };
export type PlayedMessage = Head<"played"> & Played;
export type SoundPageMessage = ChunkMessage | PlayedMessage;

export function buildChunk(client: string, chunk: Chunk, painted: Painted | null): ChunkMessage {
  return { ...head("chunk", client), ...chunk, ...riding(painted) };
}

export function buildPlayed(client: string, played: Played): PlayedMessage {
  return { ...head("played", client), ...played };
}

/** Check one message of the kernel to a microphone; null when it is rubbish or of another version. */
export function parseMicrophoneMessage(content: unknown): MicrophoneState | ReceiptMessage | null {
  if (!isRecord(content) || content.nbstream !== PROTOCOL_VERSION || !isReceipt(content.receipt)) return null;
  if (content.type === "receipt") return content as unknown as ReceiptMessage;
  if (!isCount(content.index, 0) || !isCount(content.run, 0)) return null;
  if (content.is_held !== null && typeof content.is_held !== "boolean") return null;
  return content.type === "state" && isSourceState(content) ? (content as unknown as MicrophoneState) : null;
}

/** Check one message of the kernel to a player; null when it is rubbish or of another version. */
export function parsePlayerMessage(content: unknown, buffers: Buffers = []): SoundMessage | SilenceMessage | null {
  if (!isRecord(content) || content.nbstream !== PROTOCOL_VERSION || !isCount(content.stream, 1)) return null;
  if (content.type === "silence") return content as unknown as SilenceMessage;
  return content.type === "sound" && isSound(content, buffers) ? (content as unknown as SoundMessage) : null;
}

function isCount(value: unknown, atLeast: number): value is number {
  return isInt(value, atLeast) && value <= MAX_COUNT;
}

function isReceipt(value: unknown): value is Receipt {
  return (
    isRecord(value) &&
    isCount(value.index, 0) &&
    isCount(value.run, 0) &&
    typeof value.open === "boolean" &&
    isCount(value.received_through, 0) &&
    isCount(value.missing_through, 0)
  );
}

function isSound(m: Rec, buffers: Buffers): boolean {
  return (
    isCount(m.seq, 1) &&
    isInt(m.sample_rate_hz, MIN_RATE_HZ) &&
    m.sample_rate_hz <= MAX_RATE_HZ &&
    isInt(m.channels, 1) &&
    m.channels <= MAX_PIECE_CHANNELS &&
    isInt(m.sample_count, 1) &&
    m.byte_length === m.sample_count * m.channels * INT16_BYTES &&
    m.byte_length <= MAX_PIECE_BYTES &&
    isInt(m.clipped_count, 0) &&
    m.clipped_count <= m.sample_count * m.channels &&
    buffers.length === 1 &&
    buffers[0]?.byteLength === m.byte_length &&
    isNumberOrNull(m.captured_at_ms, 0) &&
    isIntOrNull(m.frame_seq, 1) &&
    isRecord(m.credits) &&
    Object.values(m.credits).every(isCredit)
  );
}
