/** Open the one device that is meant by a name, and give devices back. */

import { type DeviceWish, findWished, listDevices, mediaDevices, SYNTHETIC_ID } from "./devices";
import { CaptureError, SyntheticError } from "./errors";
import type { MediaKind } from "./kind";

export interface Wish extends DeviceWish {
  kind: MediaKind;
  /** What the browser is asked for; "" for any device. */
  constraints(deviceId: string): MediaStreamConstraints;
  openSynthetic(signal: AbortSignal): Promise<MediaStream>;
}

export function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Open the device that is asked for. Rejects with the signal's reason if it is aborted before the device is there. */
export async function openDevice(wish: Wish, signal: AbortSignal): Promise<MediaStream> {
  const known = findWished(await listDevices(wish.kind), wish);
  signal.throwIfAborted();
  if (known?.id === SYNTHETIC_ID) return openSynthetic(wish, signal);
  return known ? openKnown(wish, known.id, signal) : openByName(wish, signal);
}

/** What hinders it is this browser, and no device: another one is the way out. */
async function openSynthetic(wish: Wish, signal: AbortSignal): Promise<MediaStream> {
  try {
    return await wish.openSynthetic(signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new SyntheticError(error);
  }
}

/** The default device is better than none, where the one that is meant has gone a moment ago. */
async function openKnown(wish: Wish, deviceId: string, signal: AbortSignal): Promise<MediaStream> {
  try {
    return await request(wish, deviceId, signal);
  } catch (error) {
    if (deviceId === "" || signal.aborted || !isAbsent(error)) throw error;
    return request(wish, "", signal);
  }
}

function isAbsent(error: unknown): boolean {
  const { name = "", constraint = "" } = (error ?? {}) as Partial<OverconstrainedError>;
  return name === "NotFoundError" || (name === "OverconstrainedError" && constraint === "deviceId");
}

/**
 * Names are hidden until some device was allowed: so open any, look again, and change over if need be.
 *
 * A device that is not here is another browser's, or another computer's. The default one stays open in its place; the page
 * says so.
 */
async function openByName(wish: Wish, signal: AbortSignal): Promise<MediaStream> {
  const any = await request(wish, "", signal);
  const named = findWished(await listDevices(wish.kind), wish);
  const isMeant = !named || named.id === any.getTracks()[0]?.getSettings().deviceId;
  if (isMeant && !signal.aborted) return any;
  stopTracks(any);
  signal.throwIfAborted();
  return openKnown(wish, named?.id ?? "", signal);
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
