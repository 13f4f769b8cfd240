import { beforeEach, describe, expect, it } from "vitest";
import type { Receipt } from "../protocol/sound";
import type { Cut } from "./chunker";
import { Outbox } from "./outbox";

let outbox: Outbox;
let sent: number[];
let keptFrom: number;
let index: number;

beforeEach(() => {
  sent = [];
  index = 0;
  outbox = new Outbox((parcel, _pcm, from) => {
    sent.push(parcel.seq);
    keptFrom = from;
  });
  outbox.begin(1);
});

function add(count: number, seconds = 1, nowMs = 0): void {
  const cut: Cut = {
    first_sample: 0,
    sample_count: 1000 * seconds,
    sample_rate_hz: 1000,
    channels: 1,
    dtype: "int16",
    clipped_count: 0,
    captured_at_ms: 0,
    byte_length: 2,
    final: false,
  };
  for (let k = 0; k < count; k++) outbox.add(cut, new ArrayBuffer(2), nowMs);
}

function receipt(fields: Partial<Receipt>, nowMs = 0): boolean {
  index += 1;
  return outbox.accept({ index, run: 1, open: true, received_through: 0, missing_through: 0, ...fields }, nowMs);
}

it("sends each chunk once, numbered from 1, and keeps it until the kernel has stored it", () => {
  add(3);
  expect([sent, outbox.sentThrough, outbox.keptCount]).toEqual([[1, 2, 3], 3, 3]);
  receipt({ received_through: 2 });
  expect(outbox.keptCount).toBe(1);
  receipt({ received_through: 3 });
  expect([outbox.keptCount, sent]).toEqual([0, [1, 2, 3]]);
});

it("sends nothing again unless the kernel says that it is missing, and then all from there on", () => {
  add(5, 0.1);
  receipt({ received_through: 1 }, 60_000);
  expect(sent).toHaveLength(5);
  receipt({ received_through: 1, missing_through: 3 }, 60_000);
  expect(sent.slice(5)).toEqual([2, 3, 4, 5]);
});

describe("what is sent again", () => {
  it("is not sent once more for receipts that crossed it, but is if it stays away", () => {
    add(2);
    receipt({ missing_through: 1 }, 0);
    receipt({ missing_through: 2 }, 100);
    expect(sent.slice(2)).toEqual([1, 2]);
    receipt({ missing_through: 2 }, 700);
    expect(sent.slice(4)).toEqual([1]);
  });

  it("is never more than 2 s ahead of what the kernel has, and what is new waits behind it", () => {
    add(5);
    receipt({ missing_through: 5 });
    add(1);
    expect(sent.slice(5)).toEqual([1, 2]);
    receipt({ received_through: 1, missing_through: 6 }, 10);
    expect(sent.slice(7)).toEqual([3]);
    receipt({ received_through: 3, missing_through: 6 }, 20);
    receipt({ received_through: 5, missing_through: 6 }, 30);
    expect(sent.slice(8)).toEqual([4, 5, 6]);
    receipt({ received_through: 6 }, 40);
    add(3);
    expect(sent.slice(11)).toEqual([7, 8, 9]);
  });

  it("comes ever less often, and less at once, while nothing of it is stored", () => {
    add(40, 0.5);
    const tries: [atMs: number, seqs: number[]][] = [];
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
      const before = sent.length;
      receipt({ missing_through: 40 }, nowMs);
      if (sent.length > before) tries.push([nowMs, sent.slice(before)]);
    }
    expect(tries).toEqual([
      [0, [1, 2, 3, 4]],
      [500, [1, 2]],
      [1500, [1]],
      [3500, [1]],
      [7500, [1]],
      [15_500, [1]],
      [25_500, [1]],
      [35_500, [1]],
      [45_500, [1]],
      [55_500, [1]],
    ]);
  });

  it("comes as quickly as at first when the kernel has stored some of it", () => {
    add(40, 0.5);
    for (const nowMs of [0, 500, 1500]) receipt({ missing_through: 40 }, nowMs);
    receipt({ received_through: 1, missing_through: 40 }, 1600);
    expect(sent.slice(47)).toEqual([2, 3, 4, 5]);
  });

  it.each([
    ["a quick line", 1e6, 20],
    ["a line that just carries it", 110_000, 20],
    ["a far line", 1e6, 800],
    ["a far line that just carries it", 110_000, 800],
  ])("over %s is all stored after a cut of 5 s, and little of it goes twice", (_, bytesPerS, wayMs) => {
    const line = new Line(bytesPerS, wayMs);
    line.speak(10_000, (nowMs) => nowMs >= 3000 && nowMs < 8000);
    line.speak(80_000, () => false);
    expect(line.storedThrough).toBeGreaterThan(outbox.sentThrough - 40);
    expect(sent.length - outbox.sentThrough).toBeLessThan(150);
  });
});

it("gives up what is older than 60 s, and says from which on it still has them", () => {
  add(10);
  expect(keptFrom).toBe(1);
  add(55);
  expect([outbox.keptCount, keptFrom]).toEqual([60, 6]);
});

it("ignores receipts that are older, or of another run", () => {
  add(2);
  receipt({ received_through: 1 });
  index = 0;
  expect(receipt({ received_through: 2 })).toBe(false);
  index = 7;
  expect(receipt({ run: 2, received_through: 2, missing_through: 2 })).toBe(false);
  expect([outbox.keptCount, sent]).toEqual([1, [1, 2]]);
});

it("is not misled by receipts that cannot be: the next true one counts", () => {
  add(3);
  receipt({});
  for (const lie of [
    { index: 2 ** 53 - 1 },
    { index: 1e9 },
    { received_through: 99 },
    { received_through: 2 ** 53 - 1, missing_through: 2 ** 53 - 1 },
    { run: 2 ** 53 - 1, received_through: 9 },
    { missing_through: 0.5 },
  ]) {
    receipt(lie);
    add(1);
  }
  expect(outbox.keptCount).toBe(9);
  expect(receipt({ received_through: 8, missing_through: 9 }, 60_000)).toBe(true);
  expect([outbox.keptCount, sent.at(-1)]).toEqual([1, 9]);
});

it("holds 60 s at most while the kernel is silent, and what it gave up is a gap", () => {
  for (let minute = 0; minute < 5; minute++) {
    add(120, 0.5);
    expect(outbox.keptCount).toBe(120);
  }
  expect(keptFrom).toBe(481);
});

it("begins a run with 1, without what the run before it kept", () => {
  add(2);
  outbox.begin(1);
  expect(outbox.keptCount).toBe(2);
  outbox.begin(2);
  expect([outbox.keptCount, outbox.sentThrough]).toEqual([0, 0]);
});

/** A line that carries so many bytes a second, and a kernel that stores chunks in order; chunks are 100 ms of sound. */
class Line {
  storedThrough = 0;
  readonly #bytesPerS: number;
  readonly #wayMs: number;
  readonly #coming: { atMs: number; come: () => void }[] = [];
  #nowMs = 0;
  #freeAtMs = 0;
  #known = 0;
  #carried = 0;

  constructor(bytesPerS: number, wayMs: number) {
    this.#bytesPerS = bytesPerS;
    this.#wayMs = wayMs;
  }

  speak(forMs: number, isCut: (nowMs: number) => boolean): void {
    for (const untilMs = this.#nowMs + forMs; this.#nowMs < untilMs; this.#nowMs += 10) {
      if (this.#nowMs % 100 === 0) add(1, 0.1, this.#nowMs);
      for (; this.#carried < sent.length; this.#carried++)
        if (!isCut(this.#nowMs)) this.#carry(sent[this.#carried] ?? 0);
      if (this.#nowMs % 1000 === 0) this.#beat(outbox.sentThrough);
      for (;;) {
        const due = this.#coming.findIndex(({ atMs }) => atMs <= this.#nowMs);
        if (due < 0) break;
        this.#coming.splice(due, 1)[0]?.come();
      }
    }
  }

  #later(atMs: number, come: () => void): void {
    this.#coming.push({ atMs, come });
  }

  #carry(seq: number): void {
    this.#freeAtMs = Math.max(this.#nowMs, this.#freeAtMs) + (1000 * 9600) / this.#bytesPerS;
    this.#later(this.#freeAtMs + this.#wayMs / 2, () => {
      if (seq === this.storedThrough + 1) {
        this.storedThrough = seq;
        if (this.#known > seq) this.#answer();
      } else if (seq > this.storedThrough) {
        this.#known = Math.max(this.#known, seq);
        this.#answer();
      }
    });
  }

  #beat(sentThrough: number): void {
    this.#later(Math.max(this.#nowMs, this.#freeAtMs) + this.#wayMs / 2, () => {
      this.#known = sentThrough;
      this.#answer();
    });
  }

  #answer(): void {
    const missing = this.#known > this.storedThrough ? this.#known : 0;
    const fields = { received_through: this.storedThrough, missing_through: missing };
    this.#later(this.#nowMs + this.#wayMs / 2, () => receipt(fields, this.#nowMs));
  }
}
