import { beforeEach, expect, it } from "vitest";
import { FakeClock } from "../testing/fake_clock";
import { BlockTimes } from "./block_times";

const RATE_HZ = 8000;
const COUNT = 80;
const BLOCK_MS = 10;

let clock: FakeClock;
let times: BlockTimes;
let next: number;
let beganMs: number;

beforeEach(() => {
  clock = new FakeClock();
  times = new BlockTimes(clock, RATE_HZ);
  next = 0;
  beganMs = clock.now();
});

/** So many blocks come, each as late as told; how far from the truth the time of each is. */
function errorsMs(blocks: number, lateMs: (k: number) => number): number[] {
  return Array.from({ length: blocks }, (_, k) => {
    const firstMs = beganMs + next * BLOCK_MS;
    clock.advance(Math.max(0, firstMs + BLOCK_MS + lateMs(k) - clock.now()));
    const saidMs = times.capturedAtMs(next * COUNT, COUNT);
    next += 1;
    return saidMs - firstMs;
  });
}

const close = (errors: number[], ms: number) => errors.every((error) => Math.abs(error) <= ms);

it("takes out how late the page gets to a block", () => {
  expect(
    close(
      errorsMs(20, (k) => (k % 5) * 7),
      0.001,
    ),
  ).toBe(true);
});

it("times those that a busy page gets at once one after the other", () => {
  errorsMs(100, () => 1);
  const late = errorsMs(300, (k) => (299 - k) * BLOCK_MS + 1);
  expect(close(late, 1.001)).toBe(true);
});

it("follows an audio clock that is slower than the page's", () => {
  const drift = (k: number) => k * BLOCK_MS * 0.001;
  const errors = errorsMs(6000, drift);
  expect(
    close(
      errors.map((error, k) => error - drift(k)),
      11,
    ),
  ).toBe(true);
});

it("follows when the audio has stood still", () => {
  errorsMs(500, () => 0);
  beganMs += 3000;
  const errors = errorsMs(1500, () => 0);
  expect(close(errors.slice(1100), 0.001)).toBe(true);
});
