/** Open one camera, and give it back. */

import { findDevice, listDevices, mediaDevices, SYNTHETIC_DEVICE } from "./devices";
import { CameraError } from "./errors";
import { openSyntheticCamera } from "./synthetic";

export interface CameraRequest {
  /** "" for the browser's choice, "synthetic", a device id or a device label. */
  device: string;
  /** Width and height in pixels, as wished; the camera may give the nearest that it has. */
  resolution: readonly [number, number];
  facingMode: "user" | "environment" | null;
  /** Merged over ours; null: nothing to add. */
  constraints: MediaTrackConstraints | null;
}

const SYNTHETIC_FPS = 30;

export function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Open the camera that is asked for. Rejects with the signal's reason if it is aborted before the camera is there. */
export async function openCamera(request: CameraRequest, signal: AbortSignal): Promise<MediaStream> {
  const known = findDevice(await listDevices(), request.device);
  signal.throwIfAborted();
  if (known?.id === SYNTHETIC_DEVICE.id) return openSynthetic(request, signal);
  if (known) return requestCamera(request, known.id, signal);
  return openByName(request, signal);
}

function openSynthetic({ resolution: [widthPx, heightPx] }: CameraRequest, signal: AbortSignal): Promise<MediaStream> {
  return openSyntheticCamera({ widthPx, heightPx, fps: SYNTHETIC_FPS, signal });
}

/** Names are hidden until some camera was allowed: so open any, look again, and change over if need be. */
async function openByName(request: CameraRequest, signal: AbortSignal): Promise<MediaStream> {
  const any = await requestCamera(request, "", signal);
  const devices = await listDevices();
  const named = findDevice(devices, request.device);
  if (named?.id === any.getVideoTracks()[0]?.getSettings().deviceId && !signal.aborted) return any;
  stopTracks(any);
  signal.throwIfAborted();
  if (named) return requestCamera(request, named.id, signal);
  const labels = devices.map(({ label }) => label).join(", ");
  throw new CameraError("missing", `Wanted: ${request.device}. There are: ${labels}.`);
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

async function requestCamera(request: CameraRequest, deviceId: string, signal: AbortSignal): Promise<MediaStream> {
  const media = mediaDevices();
  if (!media?.getUserMedia) throw new CameraError("insecure");
  const stream = await media.getUserMedia({ video: toConstraints(request, deviceId), audio: false });
  // A permission prompt can stay open for minutes. If the person pressed Stop meanwhile, this stream belongs to nobody:
  // release it, or the camera's light stays on with no way to turn it off.
  if (signal.aborted) stopTracks(stream);
  signal.throwIfAborted();
  return stream;
}
