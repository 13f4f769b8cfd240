import { expect, it } from "vitest";
import { barcodeCells } from "./barcode";

it("writes the number's bits between the start cells and the checksum", () => {
  // 2051 = 0b100000000011: the places 1, 11 and 12 are set, and 1 + 11 + 12 = 24 leaves 8 of 16.
  expect(barcodeCells(2051).join("")).toBe("1010" + "100000000011" + "1000");
});

it("counts from 0 again after 4095", () => {
  expect(barcodeCells(4096 + 7)).toEqual(barcodeCells(7));
});

it("gives every number its own cells", () => {
  const all = new Set(Array.from({ length: 4096 }, (_, number) => barcodeCells(number).join("")));
  expect(all.size).toBe(4096);
});
