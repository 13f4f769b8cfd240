import { beforeEach, expect, it } from "vitest";
import type { Painted } from "../protocol/from_page";
import { FakeClock } from "../testing/fake_clock";
import { PaintedLedger } from "./painted";

let clock: FakeClock;
let ledger: PaintedLedger;
let alone: Painted[];
const sendAlone = (painted: Painted) => alone.push(painted);

beforeEach(() => {
  clock = new FakeClock();
  ledger = new PaintedLedger(clock);
  alone = [];
});

it("gives what was painted to the message that asks first, once", () => {
  const paintedAtMs = clock.now();
  ledger.note("a", 7, paintedAtMs - 4, sendAlone);
  expect(ledger.take()).toEqual({ a: { seq: 7, received_at_ms: paintedAtMs - 4, painted_at_ms: paintedAtMs } });
  expect(ledger.take()).toBeNull();
  clock.advance(1000);
  expect(alone).toEqual([]);
});

it("keeps the newest of each display", () => {
  ledger.note("a", 7, clock.now(), sendAlone);
  ledger.note("b", 1, clock.now(), sendAlone);
  ledger.note("a", 8, clock.now(), sendAlone);
  expect(ledger.take()).toMatchObject({ a: { seq: 8 }, b: { seq: 1 } });
});

it("sends alone what nothing has carried for 150 ms, counted from the first", () => {
  ledger.note("a", 7, clock.now(), sendAlone);
  clock.advance(100);
  ledger.note("a", 8, clock.now(), sendAlone);
  clock.advance(49);
  expect(alone).toEqual([]);
  clock.advance(1);
  expect(alone).toMatchObject([{ a: { seq: 8 } }]);
});
