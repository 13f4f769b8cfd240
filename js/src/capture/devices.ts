/** The devices that can be chosen. Their names are known only after the person has allowed one of their kind once. */

import { type Device, MAX_DEVICES, MAX_TEXT_LENGTH } from "../protocol/from_page";
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

/** What the traits, or a person, ask for. */
export interface DeviceWish {
  /** "" for the browser's choice, "synthetic", a device id or a device label. */
  device: string;
  /** Its name, where `device` is an id that may be another browser's. */
  deviceLabel?: string;
}

export function wishOf({ device, deviceLabel }: DeviceWish): DeviceWish {
  return { device, ...(deviceLabel ? { deviceLabel } : {}) };
}

/** The device that is meant: of the same id, else of the same name. */
export function findWished(devices: readonly Device[], { device, deviceLabel }: DeviceWish): Device | undefined {
  return findDevice(devices, device) ?? (deviceLabel ? findDevice(devices, deviceLabel) : undefined);
}

/** What to call it; an id means nothing to a person. */
export function nameOfWish({ device, deviceLabel }: DeviceWish, kind: MediaKind): string {
  if (deviceLabel) return deviceLabel;
  return AN_ID.test(device) ? `${title(kind)} of another browser` : device;
}

/** Browsers make ids of 32 bytes, in hex or base64. */
const AN_ID = /^([0-9a-f]{64}|[0-9a-zA-Z+/]{43}=)$/;

const keyOf = ({ noun }: MediaKind) => `nbstream.${noun}`;

/** Which device a person chose last in this browser, in whatever notebook; null: none, or the browser keeps nothing. */
export function rememberedDevice(kind: MediaKind): Device | null {
  try {
    const { id, label } = JSON.parse(localStorage.getItem(keyOf(kind)) ?? "");
    return typeof id === "string" && typeof label === "string" ? { id, label } : null;
  } catch {
    return null;
  }
}

/** The browser's own choice is none to remember. */
export function rememberDevice(kind: MediaKind, device: Device): void {
  try {
    if (device.id === "") localStorage.removeItem(keyOf(kind));
    else localStorage.setItem(keyOf(kind), JSON.stringify(device));
  } catch {
    // A page in a frame of another site may keep nothing.
  }
}

/** Call back whenever a device comes or goes. Returns what ends that. */
export function watchDevices(changed: () => void, media: Media | undefined = mediaDevices()): () => void {
  media?.addEventListener("devicechange", changed);
  return () => media?.removeEventListener("devicechange", changed);
}
