import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakePrompt, FakeStream, settle } from "../testing/fake_media";
import { type MicrophoneRequest, openMicrophone, SyntheticStream, toConstraints } from "./microphone";

const REQUEST: MicrophoneRequest = {
  device: "",
  channels: 1,
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
  constraints: null,
};
let prompt: FakePrompt;
let abort: AbortController;

beforeEach(() => {
  prompt = new FakePrompt();
  abort = new AbortController();
  const found = [
    { kind: "videoinput", deviceId: "v", label: "Headset" },
    { kind: "audioinput", deviceId: "m", label: "Headset" },
  ];
  vi.stubGlobal("navigator", {
    mediaDevices: { getUserMedia: prompt.getUserMedia, enumerateDevices: async () => found },
  });
});
afterEach(() => vi.unstubAllGlobals());

const open = (request: Partial<MicrophoneRequest> = {}) => openMicrophone({ ...REQUEST, ...request }, abort.signal);

it("asks for sound alone, with all processing off unless it is wanted", async () => {
  const opening = open();
  await settle();
  expect(prompt.last.constraints).toEqual({
    audio: {
      channelCount: { ideal: 1 },
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    },
    video: false,
  });
  const stream = new FakeStream();
  prompt.last.grant(stream);
  expect(await opening).toBe(stream);
});

it("merges the user's constraints over ours", () => {
  const request = { ...REQUEST, echoCancellation: true, constraints: { noiseSuppression: true, sampleRate: 8000 } };
  expect(toConstraints(request, "")).toMatchObject({
    echoCancellation: true,
    noiseSuppression: true,
    sampleRate: 8000,
  });
});

it("opens exactly the microphone that is named, and no camera of the same name", async () => {
  const opening = open({ device: "headset" });
  await settle();
  expect(prompt.last.constraints.audio).toMatchObject({ deviceId: { exact: "m" } });
  prompt.last.grant();
  await opening;
});

it("opens the synthetic one without asking anybody, and it ends as others do", async () => {
  const stream = await open({ device: "synthetic" });
  expect(stream).toBeInstanceOf(SyntheticStream);
  expect(prompt.asked).toHaveLength(0);
  const [track] = stream.getTracks();
  track?.stop();
  expect([track?.label, track?.readyState]).toEqual(["Synthetic microphone", "ended"]);
});

it("releases a microphone that is granted after Stop", async () => {
  const opening = open();
  await settle();
  abort.abort(new Error("stopped"));
  const late = new FakeStream();
  prompt.last.grant(late);
  await expect(opening).rejects.toThrow("stopped");
  expect(late.track.readyState).toBe("ended");
});
