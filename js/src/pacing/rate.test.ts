import { expect, it } from "vitest";
import { Rate } from "./rate";

it("counts the calls that end each second, however far their frames are apart", () => {
  const rate = new Rate();
  expect(rate.perSecond(0, null)).toBeNull();
  for (let k = 1; k <= 60; k++) rate.note(7 * k, 50 * k);
  expect(rate.perSecond(3000, 40)).toBeCloseTo(20, 5);
  rate.note(7 * 60, 3100);
  expect(rate.perSecond(3100, 40)).toBeCloseTo(20, 5);
});

it("tells nothing when nothing has ended for a while, but waits for long calls", () => {
  const rate = new Rate();
  for (const [through, atMs] of [
    [1, 0],
    [2, 4000],
    [3, 8000],
  ] as const)
    rate.note(through, atMs);
  expect(rate.perSecond(9000, 10)).toBeNull();
  const slow = new Rate();
  for (const [through, atMs] of [
    [1, 0],
    [2, 4000],
    [3, 8000],
  ] as const)
    slow.note(through, atMs);
  expect(slow.perSecond(9000, 4000)).toBeCloseTo(0.25, 5);
});
