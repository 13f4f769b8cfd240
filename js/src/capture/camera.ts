/** Open one camera. */

import { getPage } from "../page/page";
import type { Parts } from "../page/parts";
import type { PictureSize } from "../protocol/from_page";
import type { CaptureKind } from "./capture";
import { type DeviceWish, wishOf } from "./devices";
import { CAMERA } from "./kind";
import { openDevice } from "./open";
import type { openSyntheticCamera } from "./synthetic";

export interface CameraRequest extends DeviceWish {
  /** Width and height in pixels, as wished; the camera may give the nearest that it has. */
  resolution: readonly [number, number];
  facingMode: "user" | "environment" | null;
  /** Merged over ours; null: nothing to add. */
  constraints: MediaTrackConstraints | null;
}

const SYNTHETIC_FPS = 30;

/** Open the camera that is asked for. Rejects with the signal's reason if it is aborted before the camera is there. */
export function openCamera(request: CameraRequest, signal: AbortSignal, parts: Parts): Promise<MediaStream> {
  const [widthPx, heightPx] = request.resolution;
  const wish = {
    kind: CAMERA,
    ...wishOf(request),
    constraints: (deviceId: string) => ({ video: toConstraints(request, deviceId), audio: false }),
    openSynthetic: async () => {
      const open = await parts.load<typeof openSyntheticCamera>("synthetic");
      return open({ widthPx, heightPx, fps: SYNTHETIC_FPS, clock: getPage().clock, signal });
    },
  };
  return openDevice(wish, signal);
}

export function toConstraints(request: CameraRequest, deviceId: string): MediaTrackConstraints {
  const [width, height] = request.resolution;
  return {
    width: { ideal: width },
    height: { ideal: height },
    ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
    ...(request.facingMode ? { facingMode: request.facingMode } : {}),
    ...request.constraints,
  };
}

export const CAMERA_CAPTURE: CaptureKind<CameraRequest, PictureSize> = {
  ...CAMERA,
  open: openCamera,
  noSize: { width_px: null, height_px: null },
  sizeOf: ({ width = null, height = null }) => ({ width_px: width, height_px: height }),
};
