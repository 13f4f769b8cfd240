import { beforeEach, describe, expect, it } from "vitest";
import { Chunker, type Cut } from "./chunker";

const RATE_HZ = 1000; // A sample is a millisecond.
let chunker: Chunker;
let cuts: Cut[];
let heard: number[];

beforeEach(() => {
  cuts = [];
  heard = [];
  chunker = new Chunker((cut, pcm) => {
    cuts.push(cut);
    heard.push(...new Int16Array(pcm));
  });
  chunker.everyS = 0.1;
  chunker.begin();
  chunker.deviceOpened(RATE_HZ, 1);
  chunker.setOpen(true);
});

/** Samples that are their own number, from `from` up to `through`, by the device's clock which began at 5000 ms. */
function feed(from: number, through: number, block = 30, clockBeganMs = 5000): void {
  for (let frame = from; frame < through; frame += block) {
    const length = Math.min(block, through - frame);
    const samples = Float32Array.from({ length }, (_, k) => (frame + k) / 32768);
    chunker.feed({ frame, samples, capturedAtMs: clockBeganMs + frame });
  }
}

const spans = () => cuts.map(({ first_sample, sample_count }) => [first_sample, sample_count]);
const counted = (from: number, through: number) => Array.from({ length: through - from }, (_, k) => from + k);

it("cuts at exact numbers of samples, whatever the blocks are, and loses none", () => {
  feed(0, 1000);
  chunker.flush();
  expect(spans().slice(0, 3)).toEqual([
    [0, 100],
    [100, 100],
    [200, 100],
  ]);
  expect(heard).toEqual(counted(0, 1000));
});

it("says what it cut: format, size, and when its first sample was captured", () => {
  feed(0, 240);
  expect(cuts[1]).toEqual({
    first_sample: 100,
    sample_count: 100,
    sample_rate_hz: RATE_HZ,
    channels: 1,
    dtype: "int16",
    clipped_count: 0,
    captured_at_ms: 5100,
    byte_length: 200,
    final: false,
  });
});

it("counts samples per channel, and keeps the channels side by side", () => {
  chunker.deviceOpened(RATE_HZ, 2);
  chunker.dtype = "float32";
  chunker.feed({ frame: 0, samples: new Float32Array(300).fill(0.5), capturedAtMs: 0 });
  expect(cuts[0]).toMatchObject({ sample_count: 100, channels: 2, byte_length: 800, dtype: "float32" });
});

it.each([
  [0, 20],
  [0.05, 50],
  [7, 500],
])("a stream_every of %d s makes chunks of %d ms", (everyS, lengthMs) => {
  chunker.everyS = everyS;
  feed(0, 1000);
  expect(cuts[0]?.sample_count).toBe(lengthMs);
});

describe("while no sound is kept", () => {
  it("what is held goes out at once, then nothing, and the numbers go on", () => {
    feed(0, 130);
    chunker.setOpen(false);
    expect(spans()).toEqual([
      [0, 100],
      [100, 30],
    ]);
    feed(130, 400, 10);
    chunker.setOpen(true);
    feed(400, 500);
    expect(spans().slice(2)).toEqual([[400, 100]]);
  });
});

describe("before it is known whether sound is wanted", () => {
  beforeEach(() => {
    chunker.begin();
    chunker.deviceOpened(RATE_HZ, 1);
    chunker.setOpen(false);
  });

  it("the beginning is held, and goes out when it is", () => {
    feed(0, 240);
    chunker.setOpen(false); // Said again with each state.
    expect(spans()).toEqual([]);
    chunker.setOpen(true);
    feed(240, 300);
    expect(heard).toEqual(counted(0, 300));
  });

  it("no more than a second of it is held", () => {
    feed(0, 1020);
    chunker.setOpen(true);
    feed(1020, 1120, 10);
    expect(spans()).toEqual([[1020, 100]]);
  });

  it("it is let go of at a hole, and where the capture ends", () => {
    feed(0, 100);
    feed(200, 300);
    chunker.setOpen(true);
    feed(300, 400, 10);
    expect(spans()).toEqual([[300, 100]]);
    chunker.begin();
    chunker.deviceOpened(RATE_HZ, 1);
    feed(0, 100);
    chunker.finish();
    expect(spans()).toHaveLength(1);
  });

  it("is so once in a run only: later, what comes while none is kept is left out", () => {
    chunker.setOpen(true);
    feed(0, 100, 10);
    chunker.setOpen(false);
    feed(100, 200);
    chunker.setOpen(true);
    feed(200, 300, 10);
    expect(spans()).toEqual([
      [0, 100],
      [200, 100],
    ]);
  });
});

describe("a hole", () => {
  it("in what the browser gives is one in the numbers, and no chunk spans it", () => {
    feed(0, 130);
    feed(200, 300);
    expect(spans()).toEqual([
      [0, 100],
      [100, 30],
      [200, 100],
    ]);
  });

  it("between two devices is as long as it was", () => {
    feed(0, 100);
    chunker.deviceOpened(2000, 1);
    // The other device counts from 0 again, and begins 250 ms after the first one's last sample.
    chunker.feed({ frame: 0, samples: new Float32Array(200), capturedAtMs: 5350 });
    expect(cuts[1]).toMatchObject({ first_sample: 100 + 500, sample_count: 200, sample_rate_hz: 2000 });
  });

  it("is none where the second device begins as the first one ends", () => {
    feed(0, 100);
    chunker.deviceOpened(RATE_HZ, 1);
    feed(0, 100, 30, 5100);
    expect(spans()[1]).toEqual([100, 100]);
  });
});

describe("the end", () => {
  it("sends the rest as the last chunk, once, and nothing after it", () => {
    feed(0, 130);
    chunker.finish();
    chunker.finish();
    feed(130, 500);
    expect(cuts.map(({ sample_count, final }) => [sample_count, final])).toEqual([
      [100, false],
      [30, true],
    ]);
  });

  it("is told without sound where none is left", () => {
    feed(0, 100, 50);
    chunker.finish();
    expect(cuts[1]).toMatchObject({
      first_sample: 100,
      sample_count: 0,
      byte_length: 0,
      captured_at_ms: 5100,
      final: true,
    });
  });

  it("is not told while no sound is kept", () => {
    chunker.setOpen(false);
    chunker.finish();
    expect(cuts).toEqual([]);
  });

  it("is followed by the next run, numbered from 0", () => {
    feed(0, 130);
    chunker.finish();
    chunker.begin();
    chunker.setOpen(true);
    feed(500, 600);
    expect(spans().at(-1)).toEqual([0, 100]);
  });
});
