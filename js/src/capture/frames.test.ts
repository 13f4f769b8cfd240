// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SeenPicture } from "../encode/worker";
import { FakeClock } from "../testing/fake_clock";
import { FakeEncoder } from "../testing/fake_encoder";
import { FakeStream, FakeTrack } from "../testing/fake_media";
import { FakeVisibility } from "../testing/fake_screen";
import { FakeVideos } from "../testing/fake_video";
import { type Feed, openFeed } from "./frames";

let videos: FakeVideos;
let clock: FakeClock;
let visibility: FakeVisibility;
let pictures: number;
let feed: Feed;

beforeEach(() => {
  videos = new FakeVideos();
  clock = new FakeClock();
  visibility = new FakeVisibility();
  pictures = 0;
  const stream = new FakeStream(new FakeTrack("x", { frameRate: 25 }));
  feed = openFeed(stream.asStream, new FakeEncoder(), clock, visibility, () => pictures++);
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
  openFeed(new FakeStream().asStream, new FakeEncoder(), clock, visibility, () => pictures++);
  clock.advance(1010);
  expect(pictures).toBe(30);
});

describe("where a worker can read the track", () => {
  class Processor {
    readonly readable = "pictures of the track";
  }
  let tell: (seen: SeenPicture) => void;
  const encoder = Object.assign(new FakeEncoder(), {
    follow: vi.fn((_: unknown, onPicture: typeof tell) => {
      tell = onPicture;
    }),
  });
  const times: number[] = [];
  const open = () => openFeed(new FakeStream().asStream, encoder, clock, visibility, (atMs) => times.push(atMs));

  beforeEach(() => {
    vi.stubGlobal("MediaStreamTrackProcessor", Processor);
    videos.playing = 0;
    times.length = 0;
  });

  it("leaves that to the encoder, and plays no video", () => {
    const followed = open();
    expect(encoder.follow).toHaveBeenCalledWith("pictures of the track", expect.anything());
    tell({ atMs: 7, widthPx: 320, heightPx: 240 });
    expect([times, followed.sizePx, followed.grab(), videos.playing]).toEqual([[7], [320, 240], null, 0]);
  });

  it("is silent when it is stopped", () => {
    open().stop();
    tell({ atMs: 7, widthPx: 320, heightPx: 240 });
    expect(times).toEqual([]);
  });

  it("takes the pictures of a video if they cannot be handed to the worker", () => {
    encoder.follow.mockImplementationOnce(() => {
      throw new DOMException("no", "DataCloneError");
    });
    open();
    expect(videos.playing).toBe(1);
  });
});
