/** What tells cameras from microphones, wherever they have their code in common. */

export interface MediaKind {
  /** As sentences call it. */
  noun: "camera" | "microphone";
  gives: "picture" | "sound";
  deviceKind: "videoinput" | "audioinput";
  /** The options that it may be unable to fulfil. */
  options: string;
}

export const CAMERA: MediaKind = {
  noun: "camera",
  gives: "picture",
  deviceKind: "videoinput",
  options: "resolution, facing_mode or constraints",
};

export const MICROPHONE: MediaKind = {
  noun: "microphone",
  gives: "sound",
  deviceKind: "audioinput",
  options: "channels or constraints",
};

/** As a list or a heading calls it. */
export function title({ noun }: MediaKind): string {
  return noun === "camera" ? "Camera" : "Microphone";
}
