import { beforeEach, describe, expect, it, vi } from "vitest";
import { Parts } from "../page/parts";
import type { PictureSize } from "../protocol/from_page";
import { FakePrompt, FakeStream, settle } from "../testing/fake_media";
import { importPart } from "../testing/parts";
import { CAMERA_CAPTURE, type CameraRequest } from "./camera";
import { Capture } from "./capture";
import { CaptureError } from "./errors";

const REQUEST: CameraRequest = { device: "", resolution: [640, 480], facingMode: null, constraints: null };
const NO_PARTS = new Parts(() => {}, importPart);
let prompt: FakePrompt;
let states: string[];
let capture: Capture<CameraRequest, PictureSize>;

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  prompt = new FakePrompt();
  states = [];
  // A hasty opener: it does not look at the signal, so the capture has to.
  capture = new Capture({ ...CAMERA_CAPTURE, open: () => prompt.getUserMedia({}) }, NO_PARTS, () =>
    states.push(capture.report.state),
  );
});

async function open(): Promise<FakeStream> {
  capture.open(REQUEST);
  const stream = new FakeStream();
  prompt.last.grant(stream);
  await settle();
  return stream;
}

it("goes from off by asking to on, and tells each step", async () => {
  expect(capture.report).toMatchObject({ state: "off", label: null, width_px: null });
  const stream = await open();
  expect(states).toEqual(["asking", "on"]);
  expect(capture.report).toMatchObject({ state: "on", label: "Fake camera", width_px: 640, height_px: 480 });
  expect(capture.stream).toBe(stream);
});

it("gives the camera back when it is closed", async () => {
  const stream = await open();
  capture.close();
  expect(stream.track.readyState).toBe("ended");
  expect(capture.stream).toBeNull();
  expect(states.at(-1)).toBe("off");
});

it("stops at once what is granted after it was closed", async () => {
  capture.open(REQUEST);
  capture.close();
  const late = new FakeStream();
  prompt.last.grant(late);
  await settle();
  expect(late.track.readyState).toBe("ended");
  expect(states).toEqual(["asking", "off"]);
});

it("says nothing of a refusal that comes after it was closed", async () => {
  capture.open(REQUEST);
  capture.close();
  prompt.last.refuse(new Error("late"));
  await settle();
  expect(capture.report.state).toBe("off");
});

it("never holds two cameras: the first is given back before the second is asked for", async () => {
  const first = await open();
  capture.open({ ...REQUEST, device: "other" });
  expect(first.track.readyState).toBe("ended");
  expect(capture.report.state).toBe("asking");
});

it("fails with a reason and a sentence", async () => {
  capture.open(REQUEST);
  prompt.last.refuse(new CaptureError("in_use"));
  await settle();
  expect(capture.report).toMatchObject({ state: "failed", reason: "in_use", label: null });
  expect(capture.report.message).toContain("another program");
});

describe("a camera that is unplugged", () => {
  it("fails as unplugged", async () => {
    const stream = await open();
    stream.track.unplug();
    expect(capture.report).toMatchObject({ state: "failed", reason: "unplugged" });
    expect(capture.stream).toBeNull();
  });

  it("is of no interest once another one is open", async () => {
    const first = await open();
    await open();
    first.track.unplug();
    expect(capture.report.state).toBe("on");
  });
});

it("fails as stopped once another script has stopped its track, which no event tells", async () => {
  const stream = await open();
  capture.check();
  expect(capture.report.state).toBe("on");
  stream.track.stop();
  capture.check();
  expect(capture.report).toMatchObject({ state: "failed", reason: "stopped" });
  expect(capture.report.message).toContain("another script in this page. Press Start");
  expect(capture.stream).toBeNull();
});

it("tells of new devices and of the pictures' real size once", async () => {
  await open();
  states.length = 0;
  capture.setSize({ width_px: 640, height_px: 480 });
  capture.setDevices(capture.report.devices);
  expect(states).toHaveLength(0);
  capture.setSize({ width_px: 1280, height_px: 720 });
  capture.setDevices([{ id: "x", label: "X" }]);
  expect(states).toHaveLength(2);
  expect(capture.report).toMatchObject({ width_px: 1280, height_px: 720, devices: [{ id: "x", label: "X" }] });
});
