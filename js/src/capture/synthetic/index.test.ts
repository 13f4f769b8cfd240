import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openSyntheticCamera } from ".";
import { FakeCanvas, type FakeTrack, FakeWorker } from "./fakes";

let abort: AbortController;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  FakeWorker.install();
  vi.stubGlobal("document", { createElement: () => new FakeCanvas() });
  abort = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function openAt10Fps(): Promise<FakeTrack> {
  const stream = await openSyntheticCamera({ widthPx: 640, heightPx: 480, fps: 10, signal: abort.signal });
  return stream.getVideoTracks()[0] as unknown as FakeTrack;
}

function wakeAfter(delayMs: number): void {
  vi.advanceTimersByTime(delayMs);
  FakeWorker.newest().wake();
}

it("has its first frame when it is open, and takes one when each is due", async () => {
  const track = await openAt10Fps();
  wakeAfter(100);
  wakeAfter(100);
  expect(track.takenTexts).toEqual(["frame 0", "frame 1", "frame 2"]);
});

it("takes no frame twice when it is woken early", async () => {
  const track = await openAt10Fps();
  wakeAfter(60);
  wakeAfter(40);
  expect(track.takenTexts).toEqual(["frame 0", "frame 1"]);
  expect(FakeWorker.newest().requestedDelaysMs).toEqual([100, 40, 100]);
});

it("skips the numbers of frames that a busy page missed", async () => {
  const track = await openAt10Fps();
  wakeAfter(350);
  expect(track.takenTexts).toEqual(["frame 0", "frame 3"]);
  expect(FakeWorker.newest().requestedDelaysMs.at(-1)).toBe(50);
});

it("ends track, worker and drawing when it is aborted", async () => {
  const track = await openAt10Fps();
  abort.abort();
  expect(track.readyState).toBe("ended");
  expect(FakeWorker.newest().terminated).toBe(true);
  wakeAfter(100);
  expect(track.takenTexts).toEqual(["frame 0"]);
});

it("ends worker and drawing at the next frame after the track was stopped", async () => {
  const track = await openAt10Fps();
  track.stop();
  wakeAfter(100);
  expect(FakeWorker.newest().terminated).toBe(true);
  expect(track.takenTexts).toEqual(["frame 0"]);
});

it("does not open when it is aborted already", async () => {
  abort.abort();
  await expect(openAt10Fps()).rejects.toThrow(/abort/);
  expect(() => FakeWorker.newest()).toThrow();
});
