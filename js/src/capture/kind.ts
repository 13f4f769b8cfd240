/** What tells one kind of source from another, wherever they have their code in common. */

import type { Gesture } from "./gesture";

export interface MediaKind {
  /** As sentences call it. */
  noun: string;
  gives: "picture" | "sound";
  /** What the browser lists of it; null: it lists none, and asks the person each time. */
  deviceKind: MediaDeviceKind | null;
  /** The options that it may be unable to fulfil. */
  options: string;
  /** The click that the browser wants first, where it does. */
  gesture?: Gesture;
  /** The kernel captures, and pages show what it sends. */
  isInKernel?: boolean;
  /** Path data of a line drawing, for where nothing is to be seen yet. */
  icon: readonly string[];
}

export const CAMERA: MediaKind = {
  noun: "camera",
  gives: "picture",
  deviceKind: "videoinput",
  options: "resolution, facing_mode or constraints",
  icon: [
    "M3 7.5A1.5 1.5 0 0 1 4.5 6h9A1.5 1.5 0 0 1 15 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16.5z",
    "M15 10.5l6-3.5v10l-6-3.5z",
  ],
};

export const MICROPHONE: MediaKind = {
  noun: "microphone",
  gives: "sound",
  deviceKind: "audioinput",
  options: "channels or constraints",
  icon: [
    "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4z",
    "M6.5 11.5a5.5 5.5 0 0 0 11 0",
    "M12 17v3.5",
    "M9 20.5h6",
  ],
};

/** As a list or a heading calls it. */
export function title({ noun }: MediaKind): string {
  return `${noun[0]?.toUpperCase()}${noun.slice(1)}`;
}
