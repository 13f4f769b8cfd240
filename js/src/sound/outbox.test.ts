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

function add(count: number, seconds = 1): void {
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
  for (let k = 0; k < count; k++) outbox.add(cut, new ArrayBuffer(2));
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

it("sends nothing again unless the kernel says that it is missing", () => {
  add(5);
  receipt({ received_through: 1 }, 60_000);
  expect(sent).toHaveLength(5);
  receipt({ received_through: 1, missing_through: 3 }, 60_000);
  expect(sent.slice(5)).toEqual([2, 3]);
});

describe("a chunk that was sent again", () => {
  it("is not sent once more for receipts that crossed it, but is if it stays away", () => {
    add(3);
    receipt({ missing_through: 1 }, 0);
    receipt({ missing_through: 2 }, 100);
    expect(sent.slice(3)).toEqual([1, 2]);
    receipt({ missing_through: 2 }, 700);
    expect(sent.slice(5)).toEqual([1, 2]);
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
