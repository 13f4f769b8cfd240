/** The frame number as a bar of 20 black and white cells, so that tests and benchmarks can follow single frames. */

export const BARCODE_CELL_COUNT = 20;
export const BARCODE_NUMBER_COUNT = 4096;

/**
 * Cells of the bar, left to right, 1 for white: 1 0 1 0, twelve bits of the number modulo 4096 (most significant
 * first), four bits of checksum (sum of the places 1 to 12 whose bit is set, modulo 16).
 */
export function barcodeCells(frameIndex: number): number[] {
  const number = frameIndex % BARCODE_NUMBER_COUNT;
  const numberBits = bits(number, 12);
  const checksum = numberBits.reduce((sum, bit, place) => sum + (place + 1) * bit, 0) % 16;
  return [1, 0, 1, 0, ...numberBits, ...bits(checksum, 4)];
}

function bits(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => (value >> (count - 1 - place)) & 1);
}
