import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeClock } from "../testing/fake_clock";
import { FakeTrack, settle } from "../testing/fake_media";
import { FakeProcessor } from "../testing/fake_processor";
import { type MakeProcessor, pictureProcessor, TrackFeed } from "./track_feed";

let clock: FakeClock;
let camera: FakeProcessor;
let times: number[];
let feed: TrackFeed;

beforeEach(() => {
  clock = new FakeClock();
  camera = new FakeProcessor();
  times = [];
  const track = new FakeTrack("x", { frameRate: 25 }) as unknown as MediaStreamTrack;
  feed = new TrackFeed(track, pictureProcessor() as MakeProcessor, clock, (atMs) => times.push(atMs));
});
afterEach(() => vi.unstubAllGlobals());

it("tells of each picture when it is there, and knows the camera's rate", async () => {
  const beganAtMs = clock.now();
  await camera.picture();
  clock.advance(40);
  await camera.picture();
  expect(times.map((atMs) => atMs - beganAtMs)).toEqual([0, 40]);
  expect([feed.sizePx, feed.periodMs]).toEqual([[320, 240], 40]);
});

it("gives the newest, once, and holds no other", async () => {
  await camera.picture(100);
  await camera.picture(200);
  expect(camera.open).toBe(1);
  expect(feed.grab()).toMatchObject({ displayWidth: 200 });
  expect(() => feed.grab()).toThrow("no new picture");
  await camera.picture(300);
  expect(camera.open).toBe(2); // the one that was taken is its taker's
});

it("gives a picture back that nobody takes within half a period", async () => {
  await camera.picture();
  clock.advance(19);
  expect(camera.open).toBe(1);
  clock.advance(2);
  expect(camera.open).toBe(0);
});

it("leaves no timer behind for a picture that is taken at once", async () => {
  const track = new FakeTrack("y") as unknown as MediaStreamTrack;
  camera = new FakeProcessor();
  const taken: VideoFrame[] = [];
  const quick = new TrackFeed(track, pictureProcessor() as MakeProcessor, clock, () => taken.push(quick.grab()));
  await camera.picture();
  expect([taken.length, clock.armed]).toEqual([1, 0]);
});

it("holds none, and asks for none, once it is stopped", async () => {
  await camera.picture();
  feed.stop();
  expect([camera.open, camera.isCancelled, clock.armed]).toEqual([0, true, 0]);
});

it("closes one that was on its way when it was stopped", async () => {
  camera.enqueue();
  feed.stop();
  await settle();
  expect([camera.open, times]).toEqual([0, []]);
});

it("closes a picture whose taker fails", async () => {
  const track = new FakeTrack("y") as unknown as MediaStreamTrack;
  camera = new FakeProcessor();
  new TrackFeed(track, pictureProcessor() as MakeProcessor, clock, () => {
    throw new Error("not now");
  });
  await camera.picture();
  expect(camera.open).toBe(0);
});

it("ends quietly with the track", async () => {
  await camera.end();
  feed.stop();
  expect(times).toEqual([]);
});
