import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Block } from "../sound/chunker";
import { FakeClock } from "../testing/fake_clock";
import { FakeStream, settle } from "../testing/fake_media";
import { interleave, TrackPump, type TrackSound } from "./track_pump";

let clock: FakeClock;
let controller: ReadableStreamDefaultController<TrackSound>;
let blocks: Block[];
let opened: number[];
let failed: unknown[];
let pump: TrackPump;
let open: number;

beforeEach(() => {
  clock = new FakeClock();
  blocks = [];
  opened = [];
  failed = [];
  open = 0;
  class Processor {
    readable = new ReadableStream<TrackSound>({
      start: (it) => {
        controller = it;
      },
    });
  }
  pump = new TrackPump(new FakeStream().asStream, Processor as never, {
    clock,
    channels: 1,
    makeContext: () => expect.fail("no audio context is wanted"),
    opened: (rateHz) => opened.push(rateHz),
    block: (block) => blocks.push(block),
    failed: (error) => failed.push(error),
    blockedChanged: () => {},
  });
});
afterEach(() => vi.restoreAllMocks());

/** Ten milliseconds of two channels, stamped by the device's clock; each sample is its own number. */
function sound(number: number): TrackSound {
  open += 1;
  return {
    timestamp: 7_000_000 + number * 10_000,
    sampleRate: 8000,
    numberOfFrames: 80,
    numberOfChannels: 2,
    copyTo: (plane) => plane.set(plane.map((_, k) => number * 80 + k)),
    close: () => open--,
  };
}

async function come(...numbers: number[]): Promise<void> {
  for (const number of numbers) controller.enqueue(sound(number));
  await settle();
}

it("fails with what the browser says of a piece, and gives that piece back", async () => {
  const error = new Error("no such format");
  const broken = sound(0);
  broken.copyTo = () => {
    throw error;
  };
  controller.enqueue(broken);
  await settle();
  expect([failed, open]).toEqual([[error], 0]);
});

it("hands on every sample once, numbered, and tells the device's rate", async () => {
  await come(0, 1, 2);
  expect(opened).toEqual([8000]);
  expect(blocks.map(({ frame }) => frame)).toEqual([0, 80, 160]);
  expect(blocks.flatMap(({ samples }) => [...samples])).toEqual(Array.from({ length: 240 }, (_, k) => k));
  expect(open).toBe(0);
});

it("times sound by the device's stamps, however late the page gets to it", async () => {
  clock.advance(10);
  await come(0);
  const began = blocks[0]?.capturedAtMs as number;
  expect(began).toBe(clock.now() - 10);
  clock.advance(3000);
  await come(1, 2);
  expect(blocks.map(({ capturedAtMs }) => capturedAtMs - began)).toEqual([0, 10, 20]);
});

it("is finished when the sound of that moment has come, be the queue ever so long", async () => {
  await come(0);
  clock.advance(25);
  const done = vi.fn();
  pump.finish(done);
  await come(1, 2);
  expect(done).not.toHaveBeenCalled();
  await come(3);
  expect(done).toHaveBeenCalledTimes(1);
});

it("is finished after half a second where no sound comes any more", () => {
  const done = vi.fn();
  pump.finish(done);
  clock.advance(510);
  expect(done).toHaveBeenCalledTimes(1);
});

it("that is stopped takes nothing, and calls nobody back", async () => {
  const done = vi.fn();
  pump.finish(done);
  pump.stop();
  clock.advance(1000);
  expect([done.mock.calls.length, blocks.length, clock.armed]).toEqual([0, 0, 0]);
});

it("tells what went wrong", async () => {
  controller.error(new Error("gone"));
  await settle();
  expect(failed).toEqual([new Error("gone")]);
});

it("makes the wanted number of channels", () => {
  const planes = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
  expect([1, 2, 3].map((channels) => [...interleave(planes, channels)])).toEqual([
    [2, 3],
    [1, 3, 2, 4],
    [1, 3, 3, 2, 4, 4],
  ]);
});
