/** The devices that can be chosen. Their names are known only after the person has allowed one of their kind once. */

import { type Device, MAX_DEVICES, MAX_TEXT_LENGTH } from "../contract";
import { type MediaKind, title } from "./kind";

export const SYNTHETIC_ID = "synthetic";

type Media = Pick<MediaDevices, "enumerateDevices" | "addEventListener" | "removeEventListener">;

/** What can be chosen whatever is connected: the browser's choice, and the one that needs no hardware. */
export function standingDevices({ noun }: MediaKind): [Device, Device] {
  return [
    { id: "", label: `Default ${noun}` },
    { id: SYNTHETIC_ID, label: `Synthetic ${noun}` },
  ];
}

/** Undefined on pages that are neither https nor localhost, whatever the types say. */
export function mediaDevices(): MediaDevices | undefined {
  return navigator.mediaDevices as MediaDevices | undefined;
}

export async function listDevices(kind: MediaKind, media: Media | undefined = mediaDevices()): Promise<Device[]> {
  const all = await media?.enumerateDevices().catch(() => []);
  const found = (all ?? [])
    .filter(({ kind: of, deviceId }) => of === kind.deviceKind && deviceId !== "" && deviceId.length <= MAX_TEXT_LENGTH)
    .map(({ deviceId, label }, index) => ({
      id: deviceId,
      label: (label || `${title(kind)} ${index + 1}`).slice(0, MAX_TEXT_LENGTH),
    }));
  const [standard, synthetic] = standingDevices(kind);
  return [standard, ...found.slice(0, MAX_DEVICES - 2), synthetic];
}

/** The device that a user's text means: an id, or a label. */
export function findDevice(devices: readonly Device[], wanted: string): Device | undefined {
  const text = wanted.toLowerCase();
  return devices.find(({ id }) => id === wanted) ?? devices.find(({ label }) => label.toLowerCase() === text);
}

/** Call back whenever a device comes or goes. Returns what ends that. */
export function watchDevices(changed: () => void, media: Media | undefined = mediaDevices()): () => void {
  media?.addEventListener("devicechange", changed);
  return () => media?.removeEventListener("devicechange", changed);
}
