/** The cameras that can be chosen. Their names are known only after the person has allowed a camera once. */

import { type Device, MAX_DEVICES, MAX_TEXT_LENGTH } from "../contract";

export const DEFAULT_DEVICE: Device = { id: "", label: "Default camera" };
export const SYNTHETIC_DEVICE: Device = { id: "synthetic", label: "Synthetic camera" };

type Media = Pick<MediaDevices, "enumerateDevices" | "addEventListener" | "removeEventListener">;

/** Undefined on pages that are neither https nor localhost, whatever the types say. */
export function mediaDevices(): MediaDevices | undefined {
  return navigator.mediaDevices as MediaDevices | undefined;
}

export async function listDevices(media: Media | undefined = mediaDevices()): Promise<Device[]> {
  const found = await media?.enumerateDevices().catch(() => []);
  const cameras = (found ?? [])
    .filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "" && deviceId.length <= MAX_TEXT_LENGTH)
    .map(({ deviceId, label }, index) => ({
      id: deviceId,
      label: (label || `Camera ${index + 1}`).slice(0, MAX_TEXT_LENGTH),
    }));
  return [DEFAULT_DEVICE, ...cameras.slice(0, MAX_DEVICES - 2), SYNTHETIC_DEVICE];
}

/** The device that a user's text means: an id, or a label. */
export function findDevice(devices: readonly Device[], wanted: string): Device | undefined {
  const text = wanted.toLowerCase();
  return devices.find(({ id }) => id === wanted) ?? devices.find(({ label }) => label.toLowerCase() === text);
}

/** Call back whenever a camera comes or goes. Returns what ends that. */
export function watchDevices(changed: () => void, media: Media | undefined = mediaDevices()): () => void {
  media?.addEventListener("devicechange", changed);
  return () => media?.removeEventListener("devicechange", changed);
}
