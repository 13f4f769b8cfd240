import { expect, it, vi } from "vitest";
import { findDevice, listDevices, watchDevices } from "./devices";
import { CAMERA, MICROPHONE } from "./kind";

class FakeDevices extends EventTarget {
  found: Partial<MediaDeviceInfo>[] = [];
  enumerateDevices = async () => this.found as MediaDeviceInfo[];
}

const media = () => new FakeDevices();
const camera = (deviceId: string, label: string) => ({ kind: "videoinput" as const, deviceId, label });

it("lists the default device, those of the kind that is asked for, and the synthetic one", async () => {
  const devices = media();
  devices.found = [camera("a", "Front"), { kind: "audioinput", deviceId: "m", label: "Mic" }, camera("b", "")];
  expect(await listDevices(CAMERA, devices)).toEqual([
    { id: "", label: "Default camera" },
    { id: "a", label: "Front" },
    { id: "b", label: "Camera 2" },
    { id: "synthetic", label: "Synthetic camera" },
  ]);
  expect(await listDevices(MICROPHONE, devices)).toEqual([
    { id: "", label: "Default microphone" },
    { id: "m", label: "Mic" },
    { id: "synthetic", label: "Synthetic microphone" },
  ]);
});

it("leaves out what has no id, as before the person has allowed a camera", async () => {
  const devices = media();
  devices.found = [camera("", "")];
  expect((await listDevices(CAMERA, devices)).map(({ id }) => id)).toEqual(["", "synthetic"]);
});

it("lists at most 32, with names of at most 256 characters", async () => {
  const devices = media();
  devices.found = Array.from({ length: 50 }, (_, k) => camera(`c${k}`, "x".repeat(300)));
  const listed = await listDevices(CAMERA, devices);
  expect(listed).toHaveLength(32);
  expect(listed[1]?.label).toHaveLength(256);
});

it("works where the page has no media devices, or they cannot be listed", async () => {
  vi.stubGlobal("navigator", {});
  expect(await listDevices(CAMERA)).toHaveLength(2);
  vi.unstubAllGlobals();
  const devices = media();
  devices.enumerateDevices = () => Promise.reject(new Error("no"));
  expect(await listDevices(CAMERA, devices)).toHaveLength(2);
});

it("finds a device by id, then by name", () => {
  const devices = [
    { id: "", label: "Default camera" },
    { id: "a", label: "b" },
    { id: "b", label: "Front" },
  ];
  expect(findDevice(devices, "b")?.label).toBe("Front");
  expect(findDevice(devices, "FRONT")?.id).toBe("b");
  expect(findDevice(devices, "")?.label).toBe("Default camera");
  expect(findDevice(devices, "Back")).toBeUndefined();
});

it("tells of cameras that come and go until it is told to stop", () => {
  const devices = media();
  let changes = 0;
  const stop = watchDevices(() => changes++, devices);
  devices.dispatchEvent(new Event("devicechange"));
  stop();
  devices.dispatchEvent(new Event("devicechange"));
  expect(changes).toBe(1);
});
