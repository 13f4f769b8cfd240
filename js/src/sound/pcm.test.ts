import { expect, it } from "vitest";
import { toPcm } from "./pcm";

const floats = (...values: number[]) => Float32Array.from(values);
const ints = (bytes: ArrayBuffer) => [...new Int16Array(bytes)];
const ALL = Int16Array.from({ length: 65536 }, (_, k) => k - 32768);

it.each([
  ["by 32768 both ways, as most browsers do", 32768],
  ["by 32767 above zero, as Chromium does", 32767],
])("brings back all 65536 values of a source of 16 bits, divided %s", (_name, upward) => {
  const samples = Float32Array.from(ALL, (value) => value / (value > 0 ? upward : 32768));
  const { bytes, clippedCount } = toPcm(samples, "int16");
  expect(new Int16Array(bytes)).toEqual(ALL);
  expect(clippedCount).toBe(0);
});

it("cuts what is beyond full scale, and counts it with what is no number", () => {
  const { bytes, clippedCount } = toPcm(floats(1.5, -1.5, 0.33, Number.NaN), "int16");
  expect(ints(bytes)).toEqual([32767, -32768, 10813, 0]);
  expect(clippedCount).toBe(3);
});

it("leaves floats as they are, and counts what is beyond full scale", () => {
  const { bytes, clippedCount } = toPcm(floats(0.1, 2, -1), "float32");
  expect(new Float32Array(bytes)).toEqual(floats(0.1, 2, -1));
  expect(clippedCount).toBe(1);
});
