/** The wire contract of a collector; said and checked. docs/protocol.md is the text, tests/golden holds examples. */

import { isInt, isRecord, isStringOrNull, PROTOCOL_VERSION } from "./fields";
import { type Head, head } from "./from_page";
import type { Buffers } from "./to_page";

const MAX_CLASSES = 30;
const MAX_SHOWN = 24;
const MAX_THUMBNAIL_BYTES = 100_000;

/** One class: how many examples it has, and the numbers of the newest, oldest first. */
export interface ExampleClass {
  name: string;
  count: number;
  examples: number[];
}

export interface CollectionMessage {
  nbstream: 1;
  type: "collection";
  index: number;
  classes: ExampleClass[];
  /** Which class is being collected; null: none. */
  held: number | null;
  note: string | null;
}

export interface ExampleMessage {
  nbstream: 1;
  type: "example";
  example: number;
  byte_length: number;
}

export type CollectorMessage = CollectionMessage | ExampleMessage;

export type CollectMessage = Head<"collect"> & { class_index: number; is_held: boolean; command_index: number };
export type DiscardMessage = Head<"discard"> & { example: number; command_index: number };
export type CollectorPageMessage = CollectMessage | DiscardMessage;

export function buildCollect(
  client: string,
  classIndex: number,
  isHeld: boolean,
  command_index: number,
): CollectMessage {
  return { ...head("collect", client), class_index: classIndex, is_held: isHeld, command_index };
}

export function buildDiscard(client: string, example: number, command_index: number): DiscardMessage {
  return { ...head("discard", client), example, command_index };
}

/** Check one message of the kernel to a collector; null when it is rubbish or of another version. */
export function parseCollectorMessage(content: unknown, buffers: Buffers = []): CollectorMessage | null {
  if (!isRecord(content) || content.nbstream !== PROTOCOL_VERSION) return null;
  if (content.type === "example") {
    const { example, byte_length } = content;
    const isSound = isInt(byte_length, 1) && byte_length <= MAX_THUMBNAIL_BYTES;
    const isWhole = buffers.length === 1 && buffers[0]?.byteLength === byte_length;
    return isInt(example, 1) && isSound && isWhole ? (content as unknown as ExampleMessage) : null;
  }
  if (content.type !== "collection") return null;
  const { index, classes, held, note } = content;
  if (!isInt(index, 1) || !isStringOrNull(note) || !Array.isArray(classes)) return null;
  if (classes.length > MAX_CLASSES || !classes.every(isClass)) return null;
  if (held !== null && !(isInt(held, 0) && held < classes.length)) return null;
  return content as unknown as CollectionMessage;
}

function isClass(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.name === "string" &&
    isInt(value.count, 0) &&
    Array.isArray(value.examples) &&
    value.examples.length <= MAX_SHOWN &&
    value.examples.every((one) => isInt(one, 1))
  );
}
