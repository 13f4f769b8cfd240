/** The wire contract of a record button: what the kernel sends to be saved. docs/protocol.md is the text. */

import { isInt, isRecord, oneOf, PROTOCOL_VERSION } from "./fields";
import type { Buffers } from "./to_page";

const MIMES = ["video/mp4", "video/webm", "image/gif", "audio/wav", "application/x-tar"] as const;

export interface ClipMessage {
  nbstream: 1;
  type: "clip";
  /** The page that asked for it. */
  client: string;
  name: string;
  mime: (typeof MIMES)[number];
  byte_length: number;
}

/** Check one message of the kernel to a record button; null when it is rubbish or of another version. */
export function parseClip(content: unknown, buffers: Buffers = []): ClipMessage | null {
  if (!isRecord(content) || content.nbstream !== PROTOCOL_VERSION || content.type !== "clip") return null;
  const { client, name, mime, byte_length } = content;
  if (typeof client !== "string" || typeof name !== "string" || !oneOf(MIMES, mime)) return null;
  const isWhole = isInt(byte_length, 1) && buffers.length === 1 && buffers[0]?.byteLength === byte_length;
  return isWhole ? (content as unknown as ClipMessage) : null;
}
