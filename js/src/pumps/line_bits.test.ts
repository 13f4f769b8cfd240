import { describe, expect, it } from "vitest";
import { LineBits } from "./line_bits";

const MOST = 1_000_000;
const LEAST = 250_000;
/** Milliseconds a byte of a line of so many bits a second. */
const line = (bitsPerS: number) => 8000 / bitsPerS;

describe("the bits of a video", () => {
  it("are what the quality asks for where the line is quick, or not known", () => {
    const bits = new LineBits();
    expect(bits.next(MOST, LEAST, 0, 0)).toBe(MOST);
    expect(bits.next(MOST, LEAST, line(50e6), 5000)).toBe(MOST);
  });

  it.each([2e6, 1e6, 0.7e6])("leave some of a line of %d bits a second, and take most of it", (bitsPerS) => {
    const bits = new LineBits().next(MOST, LEAST, line(bitsPerS), 0);
    expect(bits / Math.min(MOST / 0.6, bitsPerS)).toBeGreaterThan(0.42);
    expect(bits / bitsPerS).toBeLessThanOrEqual(0.6);
  });

  it("are never fewer than the least quality takes", () => {
    expect(new LineBits().next(MOST, LEAST, line(1e4), 0)).toBe(LEAST);
  });

  it("change at most once in 2 s, and back up only where there has been room to stay for 12 s", () => {
    const bits = new LineBits();
    const less = bits.next(MOST, LEAST, line(1e6), 0);
    expect(less).toBeLessThan(MOST);
    const least = bits.next(MOST, LEAST, line(0.3e6), 2000);
    expect(bits.next(MOST, LEAST, line(0.2e6), 3999)).toBe(least);
    expect(bits.next(MOST, LEAST, line(0.3e6), 10_000)).toBe(least);
    expect(bits.next(MOST, LEAST, line(50e6), 21_999)).toBe(least);
    expect(bits.next(MOST, LEAST, line(50e6), 22_000)).toBe(MOST);
    expect(bits.next(MOST, LEAST, line(1e6), 23_999)).toBe(MOST);
    expect(bits.next(MOST, LEAST, line(1e6), 24_000)).toBe(less);
    // Just enough for a step up: it would be taken back soon.
    const noMore = line(MOST / Math.SQRT2 / 0.6);
    expect([bits.next(MOST, LEAST, noMore, 30_000), bits.next(MOST, LEAST, noMore, 50_000)]).toEqual([less, less]);
  });
});
