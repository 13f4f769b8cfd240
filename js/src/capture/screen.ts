/** Open what a person chooses of the screen: the browser asks each time, and only after a click. */

import type { PictureSize } from "../protocol/from_page";
import type { CameraRequest } from "./camera";
import type { CaptureKind } from "./capture";
import { mediaDevices } from "./devices";
import { CaptureError } from "./errors";
import { Gesture } from "./gesture";
import type { MediaKind } from "./kind";
import { stopTracks } from "./open";

export const SCREEN: MediaKind = {
  noun: "screen",
  gives: "picture",
  deviceKind: null,
  options: "resolution or constraints",
  icon: ["M3 5h18v11H3z", "M9 20h6", "M12 16v4"],
};

/** Each source has its own: one that waits for a click must not be let go by a click on another. */
export function screenCapture(): CaptureKind<CameraRequest, PictureSize> {
  const gesture = new Gesture();
  return {
    ...SCREEN,
    gesture,
    open: (request, signal) => openScreen(request, signal, gesture),
    noSize: { width_px: null, height_px: null },
    sizeOf: ({ width = null, height = null }) => ({ width_px: width, height_px: height }),
  };
}

/** Ask for a screen, window or tab. Rejects with the signal's reason if it is aborted before there is one. */
export async function openScreen(request: CameraRequest, signal: AbortSignal, gesture: Gesture): Promise<MediaStream> {
  if (!mediaDevices()?.getDisplayMedia) throw new CaptureError("insecure");
  // Start by the user's code, or a click that is too long ago: then a person presses once more.
  if (navigator.userActivation?.isActive === false) await gesture.wait(signal);
  try {
    return await ask(request, signal);
  } catch (error) {
    if (signal.aborted || (error as Error)?.name !== "InvalidStateError") throw error;
    await gesture.wait(signal);
    return await ask(request, signal);
  }
}

async function ask({ resolution, constraints }: CameraRequest, signal: AbortSignal): Promise<MediaStream> {
  const [width, height] = resolution;
  const video = { width: { ideal: width }, height: { ideal: height }, ...constraints };
  const stream = await navigator.mediaDevices.getDisplayMedia({ video, audio: false });
  if (signal.aborted) stopTracks(stream);
  signal.throwIfAborted();
  return stream;
}
