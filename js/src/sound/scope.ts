/** The last seconds of sound as lowest and highest value of each short block: what a waveform and a meter show. */

const COLUMNS = 1024;

export class Scope {
  /** Lowest and highest value in turn, in a ring: the newest column is the one before `count`. */
  readonly #columns = new Float32Array(2 * COLUMNS);
  /** How many columns there have been in all. */
  count = 0;

  add(lowest: number, highest: number): void {
    const at = 2 * (this.count % COLUMNS);
    this.#columns[at] = lowest;
    this.#columns[at + 1] = highest;
    this.count += 1;
  }

  /** Lowest and highest value of a column, `age` columns before the newest; silence where there is none. */
  column(age: number): [number, number] {
    const index = this.count - 1 - age;
    if (index < 0 || age >= COLUMNS) return [0, 0];
    const at = 2 * (index % COLUMNS);
    return [this.#columns[at] as number, this.#columns[at + 1] as number];
  }

  /** The largest value of the newest columns, 0..1 at full scale. */
  peak(columns: number): number {
    let largest = 0;
    for (let age = 0; age < columns; age++) {
      const [lowest, highest] = this.column(age);
      largest = Math.max(largest, -lowest, highest);
    }
    return largest;
  }

  clear(): void {
    this.count = 0;
  }
}

export function extremes(samples: Float32Array): [number, number] {
  let lowest = 0;
  let highest = 0;
  for (const value of samples) {
    if (value < lowest) lowest = value;
    else if (value > highest) highest = value;
  }
  return [lowest, highest];
}
