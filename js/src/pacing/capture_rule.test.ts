import { beforeEach, describe, expect, it } from "vitest";
import { state } from "../testing/messages";
import { CaptureRule } from "./capture_rule";

let rule: CaptureRule;

beforeEach(() => {
  rule = new CaptureRule("me");
  rule.setViews(1, 0);
});

const cameraRun = (nowMs: number) => rule.decide(nowMs).cameraRun;

describe("a view that is out of sight", () => {
  let heardAtMs = 0;
  beforeEach(() => {
    heardAtMs = 0;
  });
  /** The kernel speaks all the time. */
  const hearUntil = (nowMs: number, run = 1) => {
    for (; heardAtMs < nowMs; heardAtMs += 1000) rule.hear(state({ index: heardAtMs, run }), heardAtMs);
    rule.hear(state({ index: nowMs + 1, run }), nowMs);
  };
  const from = (unseenMs: number, nowMs: number) => {
    hearUntil(nowMs);
    rule.setSeen(unseenMs > nowMs, nowMs);
    return [cameraRun(nowMs), rule.isUnseen(nowMs)];
  };

  it("turns the camera off after 20 s, and not before", () => {
    expect(from(5_000, 0)).toEqual([1, false]);
    expect(from(5_000, 5_000)).toEqual([1, false]);
    expect(from(5_000, 24_999)).toEqual([1, false]);
    expect(rule.decide(24_999).nextCheckAtMs).toBe(25_000);
    expect(from(5_000, 25_000)).toEqual([null, true]);
  });

  it("that comes back has another 20 s", () => {
    from(0, 0);
    from(Number.POSITIVE_INFINITY, 19_000);
    expect(from(0, 21_000)).toEqual([1, false]);
    expect(from(0, 40_999)).toEqual([1, false]);
    expect(from(0, 41_000)).toEqual([null, true]);
  });

  it("from the beginning of a run on has 20 s, too", () => {
    for (const nowMs of [0, 15_000]) from(0, nowMs);
    expect(from(0, 30_000)).toEqual([null, true]);
    rule.hear(state({ index: 30_002, run: 2 }), 30_000);
    hearUntil(49_999, 2);
    expect(cameraRun(49_999)).toBe(2);
    expect(cameraRun(50_000)).toBeNull();
  });

  it("is of no interest where the camera shall not be on", () => {
    rule.hear(state({ owner: "other" }), 0);
    rule.setSeen(false, 0);
    expect(rule.isUnseen(60_000)).toBe(false);
  });
});

describe("the camera is on", () => {
  it("for the run that is wanted of this page", () => {
    rule.hear(state({ run: 7 }), 0);
    expect(cameraRun(1)).toBe(7);
  });

  it("not before the kernel has said so", () => expect(cameraRun(0)).toBeNull());

  it("not when nothing is wanted", () => {
    rule.hear(state({ wanted: false }), 0);
    expect(rule.decide(0)).toEqual({ cameraRun: null, mayCapture: false, nextCheckAtMs: null });
  });

  it("not when another page owns the capture", () => {
    rule.hear(state({ owner: "other" }), 0);
    expect(cameraRun(0)).toBeNull();
  });

  it("not when the kernel is gone", () => {
    rule.hear(state(), 0);
    rule.isGone = true;
    expect(cameraRun(0)).toBeNull();
  });
});

describe("what the kernel said", () => {
  it("is not undone by an older state, which still shows that the kernel lives", () => {
    rule.hear(state({ index: 5 }), 0);
    expect(rule.hear(state({ index: 4, wanted: false }), 5_000)).toBe(false);
    expect(cameraRun(14_000)).toBe(1);
  });
});

describe("Stop", () => {
  it("turns the camera off before the kernel has answered, for this run only", () => {
    rule.hear(state({ index: 1, run: 3 }), 0);
    rule.stop();
    rule.hear(state({ index: 2, run: 3 }), 10);
    expect(cameraRun(10)).toBeNull();
    rule.hear(state({ index: 3, run: 4 }), 20);
    expect(cameraRun(20)).toBe(4);
  });
});

describe("silence of the kernel", () => {
  it("turns the camera off after 10 s, and that is why", () => {
    rule.hear(state(), 0);
    expect(rule.decide(9_999)).toMatchObject({ cameraRun: 1, nextCheckAtMs: 10_000 });
    expect(rule.whyOff(9_999)).toBeNull();
    expect(cameraRun(10_000)).toBeNull();
    expect(rule.whyOff(10_000)).toBe("silent");
  });

  it("ends when states flow for 2 s, for old ones are replayed first", () => {
    rule.hear(state({ index: 1 }), 0);
    rule.hear(state({ index: 2 }), 30_000);
    expect(rule.decide(30_000)).toMatchObject({ cameraRun: null, nextCheckAtMs: 32_000 });
    expect(cameraRun(32_000)).toBe(1);
  });

  it("is none while nothing is wanted: Start after a long rest turns the camera on at once", () => {
    rule.hear(state({ index: 1, wanted: false, status: "idle" }), 0);
    rule.hear(state({ index: 2, run: 2 }), 600_000);
    expect(cameraRun(600_000)).toBe(2);
  });

  it("before the first state is none", () => {
    rule.hear(state(), 1_000_000);
    expect(cameraRun(1_000_000)).toBe(1);
  });
});

describe("views", () => {
  it("may be gone for a moment, as when the cell is run again", () => {
    rule.hear(state(), 0);
    rule.setViews(0, 1000);
    expect(rule.decide(1799)).toMatchObject({ cameraRun: 1, nextCheckAtMs: 1800 });
    expect(cameraRun(1800)).toBeNull();
    rule.setViews(1, 2500);
    expect(cameraRun(2500)).toBe(1);
  });

  it("that never were do not get the camera", () => {
    const unseen = new CaptureRule("me");
    unseen.hear(state(), 0);
    expect(unseen.decide(0).cameraRun).toBeNull();
  });
});

describe("the time limit", () => {
  const limited = { time_limit_s: 30, remaining_s: 4, clock_running: true };

  it("ends capturing by itself if the kernel does not speak; the camera stays on until it is silent", () => {
    rule.hear(state(limited), 0);
    expect(rule.decide(5_499)).toMatchObject({ mayCapture: true, nextCheckAtMs: 5_500 });
    expect(rule.decide(5_500)).toMatchObject({ mayCapture: false, cameraRun: 1 });
  });

  it("does not run while the clock stands", () => {
    rule.hear(state({ ...limited, clock_running: false }), 0);
    expect(rule.decide(9_999).mayCapture).toBe(true);
  });
});

describe("a source that the kernel captures for", () => {
  it("is nobody's camera, and no other page's either", () => {
    rule.hear(state({ owner: "kernel" }), 0);
    expect(cameraRun(0)).toBeNull();
    expect([rule.isOwner, rule.isGuest]).toEqual([false, false]);
  });
});
