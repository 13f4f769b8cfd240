import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Parts } from "../page/parts";
import { domException, FakePrompt, FakeStream, FakeTrack, settle } from "../testing/fake_media";
import { codeOf, importPart } from "../testing/parts";
import { type CameraRequest, openCamera, toConstraints } from "./camera";

const REQUEST: CameraRequest = { device: "", resolution: [640, 480], facingMode: null, constraints: null };
const NO_PARTS = new Parts(() => {}, importPart);
let prompt: FakePrompt;
let found: { kind: string; deviceId: string; label: string }[];
let abort: AbortController;

beforeEach(() => {
  prompt = new FakePrompt();
  found = [];
  abort = new AbortController();
  const mediaDevices = { getUserMedia: prompt.getUserMedia, enumerateDevices: async () => found };
  vi.stubGlobal("navigator", { mediaDevices });
});

afterEach(() => vi.unstubAllGlobals());

const open = (request: Partial<CameraRequest> = {}) => openCamera({ ...REQUEST, ...request }, abort.signal, NO_PARTS);

function camera(deviceId: string, label: string): FakeStream {
  return new FakeStream(new FakeTrack(label, { deviceId }));
}

it("asks for the wished size, and merges the user's constraints over ours", () => {
  const request = { ...REQUEST, facingMode: "user" as const, constraints: { frameRate: 60, width: 320 } };
  expect(toConstraints(request, "a")).toEqual({
    width: 320,
    height: { ideal: 480 },
    deviceId: { exact: "a" },
    facingMode: "user",
    frameRate: 60,
  });
});

it("opens the synthetic camera by the code that the kernel has for it", async () => {
  const asked: string[] = [];
  const parts = new Parts((name) => asked.push(name), importPart);
  const opening = openCamera({ ...REQUEST, device: "synthetic" }, abort.signal, parts);
  await settle();
  expect([asked, prompt.asked.length]).toEqual([["synthetic"], 0]);
  abort.abort(new Error("stopped"));
  const code = codeOf("synthetic");
  parts.take({ nbstream: 1, type: "part", part: "synthetic", byte_length: code.byteLength }, code);
  await expect(opening).rejects.toThrow("stopped");
});

it("opens the default camera without naming one", async () => {
  const opening = open();
  await settle();
  expect(prompt.last.constraints).toEqual({ video: { width: { ideal: 640 }, height: { ideal: 480 } }, audio: false });
  const stream = new FakeStream();
  prompt.last.grant(stream);
  expect(await opening).toBe(stream);
});

it("releases a camera that is granted after Stop", async () => {
  const opening = open();
  await settle();
  abort.abort(new Error("stopped"));
  const late = new FakeStream();
  prompt.last.grant(late);
  await expect(opening).rejects.toThrow("stopped");
  expect(late.track.readyState).toBe("ended");
});

it("asks nobody when it was stopped before it could ask", async () => {
  const opening = open();
  abort.abort(new Error("stopped"));
  await expect(opening).rejects.toThrow("stopped");
  expect(prompt.asked).toHaveLength(0);
});

it("says that the page is not secure where there is no camera to ask for", async () => {
  vi.stubGlobal("navigator", {});
  await expect(open()).rejects.toMatchObject({ reason: "insecure" });
});

describe("a camera by its name", () => {
  it("is opened by its id when the names are known", async () => {
    found = [{ kind: "videoinput", deviceId: "b", label: "Front" }];
    const opening = open({ device: "Front" });
    await settle();
    expect(prompt.last.constraints.video).toMatchObject({ deviceId: { exact: "b" } });
    prompt.last.grant();
    await opening;
  });

  it("is found after a first camera was allowed, which is given back", async () => {
    const opening = open({ device: "Back" });
    await settle();
    const first = camera("a", "Front");
    found = [{ kind: "videoinput", deviceId: "b", label: "Back" }];
    prompt.last.grant(first);
    await settle();
    expect(first.track.readyState).toBe("ended");
    expect(prompt.last.constraints.video).toMatchObject({ deviceId: { exact: "b" } });
    const second = camera("b", "Back");
    prompt.last.grant(second);
    expect(await opening).toBe(second);
  });

  it("is kept when the first camera was the right one", async () => {
    const opening = open({ device: "Front" });
    await settle();
    found = [{ kind: "videoinput", deviceId: "a", label: "Front" }];
    const first = camera("a", "Front");
    prompt.last.grant(first);
    expect(await opening).toBe(first);
    expect(prompt.asked).toHaveLength(1);
  });

  it("that is not there leaves the default one in its place", async () => {
    const opening = open({ device: "Side" });
    await settle();
    found = [{ kind: "videoinput", deviceId: "a", label: "Front" }];
    const first = camera("a", "Front");
    prompt.last.grant(first);
    expect(await opening).toBe(first);
    expect(first.track.readyState).toBe("live");
  });
});

describe("a camera that another browser calls by another id", () => {
  it("is the one of the same name", async () => {
    found = [{ kind: "videoinput", deviceId: "b", label: "Front" }];
    const opening = open({ device: "foreign", deviceLabel: "Front" });
    await settle();
    expect(prompt.last.constraints.video).toMatchObject({ deviceId: { exact: "b" } });
    prompt.last.grant();
    await opening;
  });

  it.each([domException("OverconstrainedError", { constraint: "deviceId" }), domException("NotFoundError")])(
    "and which has gone a moment ago is replaced by the default one (%s)",
    async (error) => {
      found = [{ kind: "videoinput", deviceId: "b", label: "Front" }];
      const opening = open({ device: "b" });
      await settle();
      prompt.last.refuse(error);
      await settle();
      expect(prompt.last.constraints.video).not.toHaveProperty("deviceId");
      prompt.last.grant();
      await opening;
    },
  );

  it("that is in use by another program is not replaced", async () => {
    found = [{ kind: "videoinput", deviceId: "b", label: "Front" }];
    const opening = open({ device: "b" });
    await settle();
    prompt.last.refuse(domException("NotReadableError"));
    await expect(opening).rejects.toMatchObject({ name: "NotReadableError" });
    expect(prompt.asked).toHaveLength(1);
  });
});
