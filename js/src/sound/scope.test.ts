import { expect, it } from "vitest";
import { extremes, Scope } from "./scope";

it("keeps the newest columns, and is silent beyond them", () => {
  const scope = new Scope();
  for (let k = 1; k <= 1030; k++) scope.add(-k, k);
  expect([scope.column(0), scope.column(1023), scope.column(1024)]).toEqual([
    [-1030, 1030],
    [-7, 7],
    [0, 0],
  ]);
});

it("tells the largest value of the newest columns", () => {
  const scope = new Scope();
  scope.add(-0.9, 0.1);
  scope.add(-0.2, 0.5);
  expect([scope.peak(1), scope.peak(2)].map((value) => value.toFixed(2))).toEqual(["0.50", "0.90"]);
  scope.clear();
  expect(scope.peak(2)).toBe(0);
});

it("knows the extremes of a block", () => {
  expect(extremes(Float32Array.from([0.25, -0.5, 0.125]))).toEqual([-0.5, 0.25]);
});
