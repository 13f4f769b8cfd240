import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { domException, FakeStream, FakeTrack, settle } from "../testing/fake_media";
import type { CameraRequest } from "./camera";
import { Gesture } from "./gesture";
import { openScreen } from "./screen";

const REQUEST: CameraRequest = { device: "", resolution: [640, 480], facingMode: null, constraints: { frameRate: 5 } };
let asked: DisplayMediaStreamOptions[];
let answers: (FakeStream | Error)[];
let gesture: Gesture;
let abort: AbortController;
const userActivation = { isActive: true };

beforeEach(() => {
  asked = [];
  answers = [new FakeStream(new FakeTrack("Window 1", {}))];
  gesture = new Gesture();
  abort = new AbortController();
  userActivation.isActive = true;
  const getDisplayMedia = async (options: DisplayMediaStreamOptions) => {
    asked.push(options);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  vi.stubGlobal("navigator", { mediaDevices: { getDisplayMedia }, userActivation });
});
afterEach(() => vi.unstubAllGlobals());

const open = () => openScreen(REQUEST, abort.signal, gesture);

describe("a screen", () => {
  it("is asked for at once after a click, without sound", async () => {
    const [stream] = answers;
    expect(await open()).toBe(stream);
    const video = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: 5 };
    expect(asked).toEqual([{ video, audio: false }]);
  });

  it("that the user's code starts waits for a click, and tells so", async () => {
    userActivation.isActive = false;
    const told = vi.fn();
    gesture.changed = told;
    const opening = open();
    await settle();
    expect([gesture.isAwaited, asked.length, told.mock.calls.length]).toEqual([true, 0, 1]);
    gesture.click();
    await opening;
    expect([gesture.isAwaited, asked.length, told.mock.calls.length]).toEqual([false, 1, 2]);
  });

  it("waits for a click where the browser says that it wants one", async () => {
    answers.unshift(domException("InvalidStateError"));
    const opening = open();
    await settle();
    expect(gesture.isAwaited).toBe(true);
    gesture.click();
    await opening;
    expect(asked.length).toBe(2);
  });

  it("that is stopped meanwhile asks nobody", async () => {
    userActivation.isActive = false;
    const opening = open();
    await settle();
    abort.abort(new Error("stopped"));
    await expect(opening).rejects.toThrow("stopped");
    gesture.click();
    expect([gesture.isAwaited, asked.length]).toEqual([false, 0]);
  });

  it("that is granted too late is let go", async () => {
    const stream = answers[0] as FakeStream;
    const opening = open();
    abort.abort(new Error("stopped"));
    await expect(opening).rejects.toThrow("stopped");
    expect(stream.getTracks().every((track) => track.readyState === "ended")).toBe(true);
  });

  it("that is refused, or not to be had, rejects", async () => {
    answers = [domException("NotAllowedError")];
    await expect(open()).rejects.toMatchObject({ name: "NotAllowedError" });
    vi.stubGlobal("navigator", { mediaDevices: {}, userActivation });
    await expect(open()).rejects.toMatchObject({ reason: "insecure" });
  });
});
