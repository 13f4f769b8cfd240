import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeClock } from "../../testing/fake_clock";
import { openSyntheticCamera } from ".";
import { FakeCanvas, type FakeTrack } from "./fakes";

let abort: AbortController;
let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
  vi.stubGlobal("document", { createElement: () => new FakeCanvas() });
  abort = new AbortController();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function openAt10Fps(): Promise<FakeTrack> {
  const stream = await openSyntheticCamera({ widthPx: 640, heightPx: 480, fps: 10, clock, signal: abort.signal });
  return stream.getVideoTracks()[0] as unknown as FakeTrack;
}

it("has its first frame when it is open, and takes one when each is due", async () => {
  const track = await openAt10Fps();
  clock.advance(100);
  clock.advance(100);
  expect(track.takenTexts).toEqual(["frame 0", "frame 1", "frame 2"]);
});

it("lets the stream take them where the track cannot, as in Firefox", async () => {
  const canvas = new FakeCanvas();
  const track = { readyState: "live", stop() {} };
  const requestFrame = vi.fn();
  canvas.captureStream = () => ({ getVideoTracks: () => [track], requestFrame });
  vi.stubGlobal("document", { createElement: () => canvas });
  await openAt10Fps();
  clock.advance(100);
  expect(requestFrame).toHaveBeenCalledTimes(2);
});

it("takes no frame twice when it is woken early", async () => {
  const track = await openAt10Fps();
  clock.wakeEarly(60);
  expect(track.takenTexts).toEqual(["frame 0"]);
  clock.advance(40);
  expect(track.takenTexts).toEqual(["frame 0", "frame 1"]);
  expect(clock.armed).toBe(1);
});

it("skips the numbers of frames that a busy page missed", async () => {
  const track = await openAt10Fps();
  clock.stand(350);
  expect(track.takenTexts).toEqual(["frame 0", "frame 3"]);
  clock.advance(49);
  expect(track.takenTexts).toEqual(["frame 0", "frame 3"]);
  clock.advance(1);
  expect(track.takenTexts.at(-1)).toBe("frame 4");
});

it("ends track and drawing when it is aborted", async () => {
  const track = await openAt10Fps();
  abort.abort();
  expect(track.readyState).toBe("ended");
  expect(clock.armed).toBe(0);
  clock.advance(100);
  expect(track.takenTexts).toEqual(["frame 0"]);
});

it("ends drawing at the next frame after the track was stopped", async () => {
  const track = await openAt10Fps();
  track.stop();
  clock.advance(100);
  expect(clock.armed).toBe(0);
  expect(track.takenTexts).toEqual(["frame 0"]);
});

it("does not open when it is aborted already", async () => {
  abort.abort();
  await expect(openAt10Fps()).rejects.toThrow(/abort/);
  expect(clock.armed).toBe(0);
});
