import { expect, it } from "vitest";
import { StallWatch } from "./stall";

const CALL_MS = 2;

/** Frames whose results take `wayMs(nudgeMs)`, given when a message went out after the frame (null: none did). */
function play(watch: StallWatch, count: number, wayMs: (nudgeMs: number | null) => number, everyMs = 100) {
  const nudges: (number | null)[] = [];
  for (let k = 0; k < count; k++) {
    seq += 1;
    const sentAtMs = seq * everyMs;
    const nudgeMs = watch.frameSent(seq, sentAtMs, CALL_MS, everyMs);
    nudges.push(nudgeMs);
    watch.resultCame(seq, sentAtMs + CALL_MS + wayMs(nudgeMs), CALL_MS);
  }
  return nudges;
}
let seq = 0;
const held = (nudgeMs: number | null) => (nudgeMs === null ? 44 : 12);

it("sends nothing while results come quickly", () => {
  expect(play(new StallWatch(), 100, () => 12)).toEqual(new Array(100).fill(null));
});

it("sends a message after each frame once results are seen to be held", () => {
  const nudges = play(new StallWatch(), 100, held);
  expect(nudges.slice(0, 8)).toEqual(new Array(8).fill(null));
  expect(nudges.slice(8)).toEqual(new Array(92).fill(CALL_MS + 8));
});

it("sends nothing when frames follow each other quickly, for they carry the acknowledgement", () => {
  expect(play(new StallWatch(), 100, held, 33)).toEqual(new Array(100).fill(null));
});

it("stops when it does not help, as on a link that is slow itself", () => {
  const nudges = play(new StallWatch(), 1000, () => 80);
  expect(nudges.filter((nudge) => nudge !== null)).toHaveLength(8);
});

it("looks from time to time whether results are still held", () => {
  const watch = new StallWatch();
  play(watch, 100, held);
  const nudges = play(watch, 1000, () => 12);
  expect(nudges.slice(-500)).toEqual(new Array(500).fill(null));
});

it("takes a result for the newest frame's only", () => {
  const watch = new StallWatch();
  watch.frameSent(900, 0, CALL_MS, 100);
  watch.resultCame(899, 5, CALL_MS);
  expect(watch.isWaitingFor(900)).toBe(true);
  watch.resultCame(900, 6, CALL_MS);
  expect(watch.isWaitingFor(900)).toBe(false);
});
