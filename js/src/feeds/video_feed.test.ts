// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeClock } from "../testing/fake_clock";
import { FakeStream, FakeTrack } from "../testing/fake_media";
import { FakeVisibility } from "../testing/fake_screen";
import { FakeVideos } from "../testing/fake_video";
import { VideoFeed } from "./video_feed";

let videos: FakeVideos;
let clock: FakeClock;
let visibility: FakeVisibility;
let pictures: number;
let feed: VideoFeed;

beforeEach(() => {
  videos = new FakeVideos();
  clock = new FakeClock();
  visibility = new FakeVisibility();
  pictures = 0;
  const stream = new FakeStream(new FakeTrack("x", { frameRate: 25 }));
  feed = new VideoFeed(stream.asStream, clock, visibility, () => pictures++);
});
afterEach(() => vi.unstubAllGlobals());

it("tells of each picture of the camera, and knows its rate", () => {
  for (let k = 0; k < 3; k++) videos.picture();
  clock.advance(1000);
  expect(pictures).toBe(3);
  expect(feed.periodMs).toBe(40);
});

it("ticks at the camera's rate while the page is hidden, and not after", () => {
  visibility.set(true);
  clock.advance(400);
  expect(pictures).toBe(10);
  visibility.set(false);
  clock.advance(400);
  expect(pictures).toBe(10);
});

it("tells of nothing before the video has a picture", () => {
  Object.defineProperty(HTMLVideoElement.prototype, "videoWidth", { get: () => 0 });
  videos.picture();
  expect(pictures).toBe(0);
});

describe("when it is stopped", () => {
  it("is silent and lets the stream, the timer and the page go", () => {
    visibility.set(true);
    feed.stop();
    videos.picture();
    clock.advance(1000);
    expect(pictures).toBe(0);
    expect([videos.playing, clock.armed, visibility.watching]).toEqual([0, 0, 0]);
  });
});

it("ticks in a visible page, too, where the browser does not tell of pictures", () => {
  // biome-ignore lint/suspicious/noExplicitAny: the browser of this test lacks it
  delete (HTMLVideoElement.prototype as any).requestVideoFrameCallback;
  new VideoFeed(new FakeStream().asStream, clock, visibility, () => pictures++);
  clock.advance(1010);
  expect(pictures).toBe(30);
});
