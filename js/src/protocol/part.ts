/** The wire contract of parts: code that a page asks for when somebody uses it. */

import { isRecord, oneOf, PROTOCOL_VERSION } from "./fields";
import { type Head, head } from "./from_page";

export const PARTS = ["panels", "synthetic", "compare", "video"] as const;
export type PartName = (typeof PARTS)[number];

export type PartWantedMessage = Head<"part"> & { part: PartName };

export interface PartMessage {
  nbstream: 1;
  type: "part";
  part: PartName;
  byte_length: number;
}

export function buildPartWanted(client: string, part: PartName): PartWantedMessage {
  return { ...head("part", client), part };
}

/** Check a message; null when it is none of these. */
export function parsePart(content: unknown, buffers: readonly { byteLength: number }[]): PartMessage | null {
  const isPart =
    isRecord(content) &&
    content.nbstream === PROTOCOL_VERSION &&
    content.type === "part" &&
    oneOf(PARTS, content.part) &&
    buffers.length === 1 &&
    buffers[0]?.byteLength === content.byte_length;
  return isPart ? (content as unknown as PartMessage) : null;
}
