import { expect, it } from "vitest";
import { voiceSample } from "./voice";

const RATE_HZ = 16_000;
const samples = (fromS: number, throughS: number) => {
  const first = Math.round(fromS * RATE_HZ);
  return Array.from({ length: Math.round((throughS - fromS) * RATE_HZ) }, (_, k) => voiceSample(first + k, RATE_HZ));
};
const loudness = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

it("speaks two seconds of each 3.2, and hisses faintly in between", () => {
  expect(loudness(samples(0.1, 1.9))).toBeGreaterThan(1000);
  expect(loudness(samples(2, 3.2))).toBeLessThan(12);
  expect(loudness(samples(3.3, 5.1))).toBeGreaterThan(1000);
});

it("never reaches full scale", () => {
  expect(samples(0, 30).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)).toBeLessThan(32_000);
});

it("nowhere repeats itself, so that a piece can be found again", () => {
  const pieces = [samples(2.2, 2.21), samples(5.4, 5.41), samples(8.6, 8.61)].map(String);
  expect(new Set(pieces).size).toBe(3);
});
