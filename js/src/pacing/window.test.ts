import { describe, expect, it } from "vitest";
import { FarLine, type World } from "../testing/far_line";
import { credit } from "../testing/messages";
import { LineWindow } from "./window";

/** Up and down in Mbit/s, milliseconds each way; frames per second, and how much older than the ways alone. */
const LINES: [world: Partial<World>, fps: number, beyondMs: number][] = [
  [{ upMbit: 50, downMbit: 50, delayMs: 10 }, 29, 20],
  [{ upMbit: 10, downMbit: 50, delayMs: 20 }, 29, 35],
  [{ upMbit: 50, downMbit: 50, delayMs: 150 }, 29, 20],
  // The line itself carries 22.7, 11.4 and 5.7 of these a second.
  [{ upMbit: 4, downMbit: 20, delayMs: 40 }, 21, 90],
  [{ upMbit: 2, downMbit: 10, delayMs: 40 }, 9.5, 150],
  [{ upMbit: 1, downMbit: 4, delayMs: 75 }, 4.5, 300],
  // With a fifth of the bytes.
  [{ upMbit: 4, downMbit: 20, delayMs: 40, frameBytes: 5000, resultBytes: 6000 }, 29, 30],
  [{ upMbit: 2, downMbit: 10, delayMs: 40, frameBytes: 5000, resultBytes: 6000 }, 29, 40],
  [{ upMbit: 1, downMbit: 4, delayMs: 75, frameBytes: 5000, resultBytes: 6000 }, 21, 90],
];

describe("the line is full and its queue empty", () => {
  it.each(LINES)("%o", (world, fps, beyondMs) => {
    const { fps: found, ageMs } = new FarLine(world).run(40).last(20);
    expect(found).toBeGreaterThanOrEqual(fps);
    expect(ageMs - 2 * (world.delayMs ?? 0)).toBeLessThan(beyondMs);
  });

  it.each(LINES)("with a function of 300 ms nothing is sent in vain: %o", (world) => {
    const { fps, sentPerShown } = new FarLine({ ...world, callMs: 300 }).run(40).last(30);
    expect(fps).toBeGreaterThan(2.9);
    expect(sentPerShown).toBeLessThan(1.1);
  });

  it("when the line gets slower the pictures are young again within two seconds", () => {
    const line = new FarLine({ upMbit: 10, delayMs: 40 }).run(20).run(2, { upMbit: 2 });
    expect(line.run(1).last(1).ageMs).toBeLessThan(300);
  });

  it("when it gets quicker all come again within four seconds", () => {
    const line = new FarLine({ upMbit: 1, delayMs: 40 }).run(20).run(3, { upMbit: 10 });
    expect(line.run(1).last(1).fps).toBeGreaterThanOrEqual(28);
  });
});

const BUSY: [world: Partial<World>, beyondMs: number][] = [
  [{ delayMs: 2, pageMs: 40 }, 160],
  [{ delayMs: 2, pageMs: 60 }, 230],
  [{ upMbit: 50, downMbit: 50, delayMs: 10, pageMs: 60 }, 230],
  [{ upMbit: 50, downMbit: 50, delayMs: 100, pageMs: 60 }, 230],
];

it.each(BUSY)("a page that is too busy for its results is not given more of them: %o", (world, beyondMs) => {
  const { fps, ageMs } = new FarLine(world).run(60).last(30);
  expect(fps).toBeGreaterThan((0.9 * 1000) / (world.pageMs ?? 1));
  expect(ageMs - 2 * (world.delayMs ?? 0)).toBeLessThan(beyondMs);
});

it("on one machine three are on the way, as ever, even if single frames are late", () => {
  const window = new LineWindow();
  window.begin(1);
  for (let seq = 1; seq < 1000; seq++) {
    window.sent(seq, 22_000, seq * 33);
    window.heard(credit({ taken_through: seq, late_ms: seq % 5 ? 1 : 90, held_ms: 3 }), seq * 33 + 12, 33);
  }
  expect(window.frames).toBe(3);
});

describe("however long the line is", () => {
  const endless = () => {
    const window = new LineWindow();
    window.begin(1);
    let seq = 0;
    const step = (bytes: number) => {
      while (window.hasRoom(seq, 0)) window.sent(++seq, bytes, 0);
      return seq;
    };
    return { window, step };
  };

  it("no more than 16 frames are on the way", () => {
    const { window, step } = endless();
    for (let round = 0; round < 100; round++) {
      const through = step(1000);
      window.heard(credit({ taken_through: through, late_ms: 0, held_ms: 0 }), 5000 * round, 33);
      window.hasRoom(through, 0);
    }
    expect(window.frames).toBeLessThanOrEqual(16);
    expect(step(1000)).toBeLessThanOrEqual(16);
  });

  it("and no more than three where they are a megabyte", () => {
    expect(endless().step(1_000_000)).toBe(3);
  });
});

it("what is said twice, of another run, or without times changes nothing", () => {
  const window = new LineWindow();
  window.begin(1);
  window.sent(1, 1000, 0);
  for (const fields of [{ run: 2 }, { late_ms: null }, { held_ms: null }]) {
    window.heard(credit({ taken_through: 1, late_ms: 4000, held_ms: 0, ...fields }), 50, 33);
  }
  window.heard(credit({ taken_through: 1, late_ms: 4000, held_ms: 0 }), 5000, 33);
  expect([window.wayMs, window.frameMs, window.frames]).toEqual([0, 0, 3]);
});
