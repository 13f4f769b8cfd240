import { describe, expect, it } from "vitest";
import { WireChoice } from "./wire_choice";

const JPEG_BYTES = 22_000;
const msPerByte = (mbit: number) => 8 / (mbit * 1000);

function chosen(mbit: number, wantedMs: number): boolean {
  const choice = new WireChoice();
  choice.jpegSent(JPEG_BYTES);
  return choice.isVideo(msPerByte(mbit), wantedMs, 0);
}

describe("how pictures travel", () => {
  it.each([
    [1000, 33, false],
    [50, 33, false],
    [20, 33, false],
    [10, 33, true],
    [4, 33, true],
    [5, 100, false],
    [2, 100, true],
  ])("over %d Mbit/s, with one picture every %d ms: as video %s", (mbit, wantedMs, isVideo) => {
    expect(chosen(mbit, wantedMs)).toBe(isVideo);
  });

  it("is JPEG before anything is known of the line", () => {
    const choice = new WireChoice();
    expect(choice.isVideo(0, 33, 0)).toBe(false);
    expect(choice.isVideo(msPerByte(1), 33, 0)).toBe(false);
  });

  it("changes back where the line is quick for long, not to and fro, and not within seconds", () => {
    const choice = new WireChoice();
    choice.jpegSent(JPEG_BYTES);
    expect(choice.isVideo(msPerByte(4), 33, 0)).toBe(true);
    expect(choice.isVideo(msPerByte(100), 33, 10_000)).toBe(true);
    expect(choice.isVideo(msPerByte(15), 33, 20_000)).toBe(true);
    expect(choice.isVideo(msPerByte(100), 33, 34_000)).toBe(true);
    expect(choice.isVideo(msPerByte(100), 33, 35_000)).toBe(false);
    expect(choice.isVideo(msPerByte(20), 33, 60_000)).toBe(false);
    expect(choice.isVideo(msPerByte(4), 33, 60_000)).toBe(true);
  });
});
