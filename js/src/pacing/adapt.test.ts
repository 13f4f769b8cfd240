import { describe, expect, it } from "vitest";
import { FarLine, type World } from "../testing/far_line";
import { credit } from "../testing/messages";
import { type Limits, LinkAdapter } from "./adapt";

const ADAPTIVE: Limits = { quality: [40, 85], hold: "size" };
const HOLD_RATE: Limits = { ...ADAPTIVE, hold: "rate" };

const QUICK = { upMbit: 800, downMbit: 800, delayMs: 3, callMs: 5, everyMs: 100 };

/** A stream over a line, with 45 kB a picture at quality 85. */
function stream(limits: Limits, world: Partial<World>): FarLine {
  const line = new FarLine({ ...QUICK, frameBytes: (45_000 * 70) / 85, resultBytes: 0, ...world });
  line.pacer.link.limits = limits;
  return line;
}

const best = { quality: 85, scale: 1 };

/** 45 kB at 10 frames/s are 3.6 Mbit/s; the slowest of these carries four of the smallest frames a second. */
const SLOW = [2.4, 1.2, 0.6].flatMap((upMbit) =>
  [2, 60].flatMap((delayMs) => [33, 100].map((everyMs) => ({ upMbit, delayMs, everyMs }))),
);

describe("on a slow link", () => {
  it.each(SLOW)("quality goes down within its bounds, and frames come in time: %o", (world) => {
    const line = stream(ADAPTIVE, world).run(90);
    for (const { quality, scale } of line.sent) expect(quality >= 40 && quality <= 85 && scale === 1).toBe(true);
    expect(line.pacer.link.quality).toBe(40);
    // What the ways take, one frame of the lowest quality, and what may stand in a queue.
    const leastMs = 2 * world.delayMs + (45_000 * 40) / 85 / (world.upMbit * 125);
    expect(line.last(30).ageMs).toBeLessThan(leastMs + 200);
  });

  it.each(SLOW)("with the rate held the size goes down instead, to a half at most: %o", (world) => {
    const line = stream(HOLD_RATE, world).run(60);
    for (const { quality, scale } of line.sent) {
      expect(scale >= 0.5 && scale <= 1 && (scale * 8) % 1 === 0).toBe(true);
      if (scale < 1) expect(quality).toBe(40);
    }
  });

  it("everything that may go goes where nothing helps", () => {
    expect(stream(HOLD_RATE, { upMbit: 0.1 }).run(150).pacer.link).toMatchObject({ quality: 40, scale: 0.5 });
    expect(stream(ADAPTIVE, { upMbit: 0.1 }).run(150).pacer.link).toMatchObject({ quality: 40, scale: 1 });
  });

  it.each([2, 60])("more frames come than with the best quality, however long it is: %d ms each way", (delayMs) => {
    const world = { upMbit: 1.2, everyMs: 33, delayMs };
    const adaptive = stream(HOLD_RATE, world).run(60).last(20).fps;
    const fixed = stream({ quality: 85, hold: "size" }, world).run(60).last(20).fps;
    expect(adaptive).toBeGreaterThan(2 * fixed);
  });

  it.each([ADAPTIVE, HOLD_RATE])("all come back when it is quick again: %o", (limits) => {
    const line = stream(limits, { upMbit: 0.4 }).run(60);
    expect(line.pacer.link.quality).toBe(40);
    expect(line.run(60, { upMbit: QUICK.upMbit }).pacer.link).toMatchObject(best);
  });

  it("a quality that is fixed stays, and so does everything else", () => {
    const line = stream({ quality: 70, hold: "rate" }, { upMbit: 0.2 }).run(30);
    expect(line.pacer.link).toMatchObject({ quality: 70, scale: 1, isOn: false });
  });
});

describe("nothing changes", () => {
  const unchanged = (world: Partial<World>) => {
    const { sent } = stream(ADAPTIVE, world).run(60);
    expect(sent.length).toBeGreaterThan(10);
    expect(sent.filter(({ quality }) => quality < 85)).toEqual([]);
  };

  it.each([5, 25, 35, 100, 300, 1000, 3000])("on a quick link with a function of %d ms", (callMs) => {
    unchanged({ callMs });
    unchanged({ callMs, everyMs: 0 });
  });

  it("with a function that is quick or slow by turns", () => {
    unchanged({ callMs: (seq) => (seq % 7 === 0 ? 1500 : seq % 3 ? 5 : 120), everyMs: 33 });
  });

  it.each([20, 100])("on a link that is long but quick: %d ms each way", (delayMs) => {
    unchanged({ delayMs, everyMs: 33 });
  });

  it("for a hiccup of the link", () => {
    const line = stream(ADAPTIVE, {}).run(5).run(0.4, { upMbit: 0.08 }).run(5, { upMbit: QUICK.upMbit });
    expect(line.sent.filter(({ quality }) => quality < 85)).toEqual([]);
  });
});

it("some late frames among many do not keep it from coming back", () => {
  const line = stream(ADAPTIVE, { upMbit: 0.32 }).run(30, {});
  for (let k = 0; k < 60; k++) line.run(0.8, QUICK).run(0.2, { ...QUICK, delayMs: 80 });
  expect(line.pacer.link.quality).toBe(85);
});

describe("a credit", () => {
  it("of another run, one that is repeated, and one without a lateness say nothing", () => {
    const adapter = new LinkAdapter();
    adapter.limits = ADAPTIVE;
    adapter.begin(2);
    for (let k = 1; k < 9; k++) adapter.heard(credit({ run: 1, taken_through: k, late_ms: 9000 }), k);
    for (let k = 1; k < 9; k++) adapter.heard(credit({ run: 2, taken_through: 1, late_ms: 9000 }), k);
    for (let k = 2; k < 9; k++) adapter.heard(credit({ run: 2, taken_through: k, late_ms: null }), k);
    expect(adapter).toMatchObject(best);
  });
});

it("limits that change count at once", () => {
  const adapter = stream(HOLD_RATE, { upMbit: 0.16 }).run(90).pacer.link;
  expect(adapter.quality).toBe(40);
  adapter.limits = { quality: [20, 30], hold: "rate" };
  expect([adapter.quality, adapter.scale < 1]).toEqual([20, true]);
});
