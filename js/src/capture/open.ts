/** Open the one device that is meant by a name, and give devices back. */

import { findDevice, listDevices, mediaDevices, SYNTHETIC_ID } from "./devices";
import { CaptureError } from "./errors";
import type { MediaKind } from "./kind";

export interface Wish {
  kind: MediaKind;
  /** "" for the browser's choice, "synthetic", a device id or a device label. */
  device: string;
  /** What the browser is asked for; "" for any device. */
  constraints(deviceId: string): MediaStreamConstraints;
  openSynthetic(signal: AbortSignal): Promise<MediaStream>;
}

export function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Open the device that is asked for. Rejects with the signal's reason if it is aborted before the device is there. */
export async function openDevice(wish: Wish, signal: AbortSignal): Promise<MediaStream> {
  const known = findDevice(await listDevices(wish.kind), wish.device);
  signal.throwIfAborted();
  if (known?.id === SYNTHETIC_ID) return wish.openSynthetic(signal);
  if (known) return request(wish, known.id, signal);
  return openByName(wish, signal);
}

/** Names are hidden until some device was allowed: so open any, look again, and change over if need be. */
async function openByName(wish: Wish, signal: AbortSignal): Promise<MediaStream> {
  const any = await request(wish, "", signal);
  const devices = await listDevices(wish.kind);
  const named = findDevice(devices, wish.device);
  if (named?.id === any.getTracks()[0]?.getSettings().deviceId && !signal.aborted) return any;
  stopTracks(any);
  signal.throwIfAborted();
  if (named) return request(wish, named.id, signal);
  const labels = devices.map(({ label }) => label).join(", ");
  throw new CaptureError("missing", `Wanted: ${wish.device}. There are: ${labels}.`);
}

async function request(wish: Wish, deviceId: string, signal: AbortSignal): Promise<MediaStream> {
  const media = mediaDevices();
  if (!media?.getUserMedia) throw new CaptureError("insecure");
  const stream = await media.getUserMedia(wish.constraints(deviceId));
  // A permission prompt can stay open for minutes. If the person pressed Stop meanwhile, this stream belongs to nobody:
  // release it, or the device's light stays on with no way to turn it off.
  if (signal.aborted) stopTracks(stream);
  signal.throwIfAborted();
  return stream;
}
