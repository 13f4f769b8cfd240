/** The wire contract of a file that a page sends in parts. docs/protocol.md is the text, tests/golden holds examples. */

import { type Head, head } from "./from_page";

/** Jupyter's server ends the connection at a message of 10 MB. */
export const PART_BYTES = 1_000_000;
const MAX_NAME_CHARS = 255;

/** The trait `_upload`: the newest file, whoever sent it. */
export interface UploadState {
  client: string;
  command_index: number;
  name: string;
  size: number;
  received: number;
  is_taken: boolean;
  /** Why it is refused. */
  note: string | null;
}

export type FilePartMessage = Head<"file_part"> & {
  command_index: number;
  name: string;
  size: number;
  at: number;
  byte_length: number;
};

export function buildFilePart(
  client: string,
  command_index: number,
  { name, size }: { name: string; size: number },
  at: number,
  byte_length: number,
): FilePartMessage {
  return { ...head("file_part", client), command_index, name: name.slice(-MAX_NAME_CHARS), size, at, byte_length };
}
