import { beforeEach, describe, expect, it } from "vitest";
import { credit } from "../testing/messages";
import { Pacer } from "./pacer";

let pacer: Pacer;
let index: number;

beforeEach(() => {
  pacer = new Pacer();
  pacer.begin(1);
  index = 0;
});

function give(fields: Parameters<typeof credit>[0], nowMs = 0): void {
  index += 1;
  pacer.acceptCredit(credit({ index, ...fields }), nowMs);
}

/** Run a camera for a while; the times at which a picture was captured. */
function capturedAt(cameraHz: number, seconds: number, jitterMs = 0): number[] {
  pacer.cameraPeriodMs = 1000 / cameraHz;
  const times: number[] = [];
  for (let k = 0; k < cameraHz * seconds; k++) {
    const atMs = (k * 1000) / cameraHz + (k % 2) * jitterMs;
    if (pacer.tryClaim(atMs) === null) continue;
    times.push(atMs);
    pacer.encodingEnded(5);
  }
  return times;
}

describe("credit", () => {
  it("is needed: time alone gives none", () => {
    expect(pacer.tryClaim(0)).toBeNull();
    give({ may_send_through: 1 });
    expect(pacer.tryClaim(1)).toBe(1);
    expect(pacer.tryClaim(100_000)).toBeNull();
    expect(pacer.waitMs(100_000)).toBeNull();
    give({ may_send_through: 2 });
    expect(pacer.tryClaim(100_001)).toBe(2);
    expect(pacer.sentThrough).toBe(2);
  });

  it("that is older than the one known changes nothing", () => {
    pacer.acceptCredit(credit({ index: 5, may_send_through: 0 }), 0);
    pacer.acceptCredit(credit({ index: 4, may_send_through: 9 }), 0);
    expect(pacer.tryClaim(0)).toBeNull();
  });

  it("with an index that cannot be shuts out no later one", () => {
    pacer.acceptCredit(credit({ index: Number.MAX_SAFE_INTEGER, may_send_through: 0 }), 0);
    pacer.acceptCredit(credit({ index: 6, may_send_through: 9 }), 0);
    expect(pacer.tryClaim(0)).toBe(1);
  });

  it("of another run does not count, and a new run begins with frame 1", () => {
    give({ run: 1, may_send_through: 9 });
    expect(pacer.tryClaim(0)).toBe(1);
    pacer.begin(2);
    expect(pacer.tryClaim(0)).toBeNull();
    give({ run: 2, may_send_through: 3 });
    expect(pacer.tryClaim(0)).toBe(1);
  });

  it("can be taken back", () => {
    give({ may_send_through: 9 });
    give({ may_send_through: 0 });
    expect(pacer.tryClaim(0)).toBeNull();
  });
});

it("has at most two encodings under way", () => {
  give({ may_send_through: 9 });
  expect([pacer.tryClaim(0), pacer.tryClaim(0), pacer.tryClaim(0)]).toEqual([1, 2, null]);
  pacer.encodingEnded(5);
  expect(pacer.tryClaim(0)).toBe(3);
});

describe("stream_every_s", () => {
  it.each([
    [10, 30, 0],
    [30, 30, 0],
    [30, 30, 8],
    [25, 30, 0],
    [7, 30, 6],
    [10, 20, 3],
    [15, 60, 8],
  ])(
    "of %d frames a second from a camera of %d Hz is met on average (jitter %d ms)",
    (wantedHz, cameraHz, jitterMs) => {
      give({ may_send_through: 10_000, settled_through: 10_000 });
      pacer.everyMs = 1000 / wantedHz;
      const times = capturedAt(cameraHz, 20, jitterMs);
      const averageMs = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1);
      expect(averageMs).toBeCloseTo(1000 / wantedHz, 0);
    },
  );

  it("takes every picture of a camera that is slower than what is asked", () => {
    give({ may_send_through: 10_000, settled_through: 10_000 });
    pacer.everyMs = 20;
    expect(capturedAt(30, 2)).toHaveLength(60);
  });

  it("is not caught up with after a pause", () => {
    give({ may_send_through: 100, settled_through: 100 });
    pacer.everyMs = 100;
    const claimed = [0, 1000, 1033, 1066, 1100].map((atMs) => {
      const seq = pacer.tryClaim(atMs);
      if (seq !== null) pacer.encodingEnded(5);
      return seq;
    });
    expect(claimed).toEqual([1, 2, null, null, 3]);
  });

  it("counts at once when it becomes shorter", () => {
    give({ may_send_through: 9, settled_through: 9 });
    pacer.everyMs = 1e9;
    expect(pacer.tryClaim(0)).toBe(1);
    expect(pacer.tryClaim(200)).toBeNull();
    pacer.everyMs = 100;
    expect(pacer.tryClaim(200)).toBe(2);
  });

  it("is told as a time to wait", () => {
    give({ may_send_through: 9, settled_through: 9 });
    pacer.everyMs = 100;
    pacer.cameraPeriodMs = 20;
    pacer.tryClaim(0);
    expect(pacer.waitMs(10)).toBe(80);
    expect(pacer.waitMs(500)).toBe(0);
  });
});

describe("with long calls", () => {
  // Estimates before anything was measured: 10 ms to encode and 10 ms on the way; half a camera frame of 20 ms.
  const EARLY_MS = 10 + 10 + 10;

  beforeEach(() => {
    pacer.cameraPeriodMs = 20;
    give({ may_send_through: 1 });
    pacer.tryClaim(0);
    pacer.encodingEnded(10);
  });

  it("the next frame is captured so that it arrives as the call ends", () => {
    give({ may_send_through: 2, taken_through: 1, call_ms: 300 }, 50);
    expect(pacer.tryClaim(50 + 300 - EARLY_MS - 1)).toBeNull();
    expect(pacer.tryClaim(50 + 300 - EARLY_MS)).toBe(2);
  });

  it("a repeated credit does not put it off", () => {
    give({ may_send_through: 2, taken_through: 1, call_ms: 300 }, 50);
    give({ may_send_through: 2, taken_through: 1, call_ms: 300 }, 250);
    expect(pacer.tryClaim(50 + 300 - EARLY_MS)).toBe(2);
  });

  it("it is captured at once when the call has ended sooner than expected", () => {
    give({ may_send_through: 2, taken_through: 1, call_ms: 300 }, 50);
    give({ may_send_through: 2, taken_through: 1, ended_through: 1, call_ms: 200 }, 100);
    expect(pacer.tryClaim(100)).toBe(2);
  });

  it("it is captured sooner when the kernel learns that calls are shorter, though this one runs", () => {
    give({ may_send_through: 2, taken_through: 1, call_ms: 3000 }, 50);
    give({ may_send_through: 2, taken_through: 1, call_ms: 300 }, 100);
    expect(pacer.tryClaim(50 + 300 - EARLY_MS - 1)).toBeNull();
    expect(pacer.tryClaim(50 + 300 - EARLY_MS)).toBe(2);
  });

  it.each([3000, 10_000])("after a first one of %d ms, short ones are at full pace within half a second", (slowMs) => {
    pacer.everyMs = 33;
    let taken = 1;
    const times: number[] = [];
    give({ may_send_through: 2, taken_through: 1, ended_through: 1, call_ms: slowMs }, 0);
    for (let nowMs = 0; nowMs < 1000; nowMs += 5) {
      const seq = pacer.tryClaim(nowMs);
      if (seq === null) continue;
      times.push(nowMs);
      pacer.encodingEnded(5);
      taken = seq;
      // As the kernel does: told as the call begins while it is thought long, and as it ends 5 ms later.
      if (times.length === 1) give({ may_send_through: seq + 1, taken_through: seq, call_ms: slowMs }, nowMs);
      give({ may_send_through: taken + 3, taken_through: taken, ended_through: taken, call_ms: 5 }, nowMs + 5);
    }
    expect(times.filter((atMs) => atMs >= 500).length).toBeGreaterThanOrEqual(14);
  });

  it("encoding that takes long makes it earlier", () => {
    for (let k = 0; k < 100; k++) {
      give({ may_send_through: 1000, settled_through: k });
      pacer.tryClaim(0);
      pacer.encodingEnded(50);
    }
    give({ may_send_through: 1000, settled_through: 101, taken_through: 2, call_ms: 300 }, 0);
    expect(pacer.waitMs(0)).toBeCloseTo(300 - 50 - 10 - 10, 0);
  });

  it("of less than 30 ms nothing is timed", () => {
    give({ may_send_through: 4, taken_through: 1, call_ms: 29 }, 50);
    expect(pacer.tryClaim(50)).toBe(2);
  });
});

it("with long calls on a long line as many are on the way as calls fit into it, each timed to one of its own", () => {
  pacer.cameraPeriodMs = 10;
  give({ may_send_through: 1 });
  pacer.tryClaim(0);
  pacer.sent(1, 20_000, 0);
  // The way to the kernel and back takes 100 ms, a call 80: at 100 the second one could begin, in the kernel.
  const call = { call_ms: 80, late_ms: 0, held_ms: 0 };
  give({ may_send_through: 4, taken_through: 1, ended_through: 0, ...call }, 100);
  pacer.encodingEnded(10);
  const claimedAt = new Map<number, number>();
  for (let nowMs = 100; nowMs < 400; nowMs++) {
    const seq = pacer.tryClaim(nowMs);
    if (seq === null) continue;
    claimedAt.set(seq, nowMs);
    pacer.encodingEnded(10);
  }
  expect([...claimedAt]).toEqual([
    [2, 100],
    [3, 100 + 2 * 80 - 100 - 10 - 5],
    [4, 100 + 3 * 80 - 100 - 10 - 5],
  ]);
});
