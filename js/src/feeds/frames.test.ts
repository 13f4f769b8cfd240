// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeClock } from "../testing/fake_clock";
import { FakeStream } from "../testing/fake_media";
import { FakeProcessor } from "../testing/fake_processor";
import { FakeVisibility } from "../testing/fake_screen";
import { FakeVideos } from "../testing/fake_video";
import { CameraFeed } from "./frames";

let videos: FakeVideos;
let clock: FakeClock;
let visibility: FakeVisibility;
let pictures: number;

let failures: unknown[];

const events = { picture: () => pictures++, failed: (error: unknown) => failures.push(error) };
const open = () => new CameraFeed(new FakeStream().asStream, clock, visibility, events);

beforeEach(() => {
  videos = new FakeVideos();
  clock = new FakeClock();
  visibility = new FakeVisibility();
  pictures = 0;
  failures = [];
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => vi.unstubAllGlobals());

it("takes the pictures of a video where the browser has no other way", () => {
  const feed = open();
  videos.picture();
  expect([pictures, feed.sizePx]).toEqual([1, [640, 480]]);
  feed.stop();
  expect([videos.playing, clock.armed, visibility.watching]).toEqual([0, 0, 0]);
});

it("takes the pictures of a video where the browser does not hand over this track's", () => {
  vi.stubGlobal(
    "MediaStreamTrackProcessor",
    class {
      constructor() {
        throw new Error("not of this track");
      }
    },
  );
  const feed = open();
  videos.picture();
  expect([pictures, clock.armed]).toEqual([1, 0]);
  feed.stop();
});

describe("where the browser hands over a track's pictures", () => {
  let camera: FakeProcessor;
  let feed: CameraFeed;

  beforeEach(() => {
    camera = new FakeProcessor();
    feed = open();
  });

  it("takes those, and plays no video as long as they come", async () => {
    for (let k = 0; k < 10; k++) {
      await camera.picture();
      clock.advance(600);
    }
    expect([pictures, feed.sizePx, videos.playing]).toEqual([10, [320, 240], 0]);
    await camera.picture();
    expect(feed.grab()).toMatchObject({ displayWidth: 320 });
  });

  it("goes on with a video within 1.5 s when they cease", async () => {
    await camera.picture();
    clock.advance(1000);
    expect(videos.playing).toBe(0);
    clock.advance(500);
    expect([videos.playing, camera.isCancelled, camera.open]).toEqual([1, true, 0]);
    videos.picture();
    expect([pictures, feed.sizePx]).toEqual([2, [640, 480]]);
    feed.stop();
    expect([videos.playing, clock.armed]).toEqual([0, 0]);
  });

  it("says so when there is no video to go on with", async () => {
    await camera.picture();
    const none = new Error("no more elements");
    vi.spyOn(document, "createElement").mockImplementationOnce(() => {
      throw none;
    });
    clock.advance(1500);
    expect(failures).toEqual([none]);
    feed.stop();
  });

  it("has more patience with a camera that has not begun", () => {
    clock.advance(2900);
    expect(videos.playing).toBe(0);
    clock.advance(200);
    expect(videos.playing).toBe(1);
  });

  it("looks no longer once it is stopped", () => {
    feed.stop();
    clock.advance(10_000);
    expect([videos.playing, clock.armed]).toEqual([0, 0]);
  });
});
