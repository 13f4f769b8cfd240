import { describe, expect, it } from "vitest";
import { credit } from "../testing/messages";
import { type Limits, LinkAdapter } from "./adapt";

const CAMERA_MS = 1000 / 30;
const ADAPTIVE: Limits = { quality: [40, 85], hold: "size" };
const HOLD_RATE: Limits = { ...ADAPTIVE, hold: "rate" };

interface World {
  /** One way, without what the bytes take. */
  wayMs: number;
  bytesPerMs: number;
  callMs: (seq: number) => number;
  everyMs: number;
}

const QUICK: World = { wayMs: 3, bytesPerMs: 100_000, callMs: () => 5, everyMs: 100 };

interface Told {
  atMs: number;
  quality: number;
  scale: number;
  oneAtATime: boolean;
  wayMs: number;
}

/**
 * A page, a link that carries one frame after the other, and a kernel that takes the newest frame and tells so as
 * ours does: at once when calls are long, else with the result. Time is simulated in steps of a millisecond.
 */
class Simulation {
  readonly adapter = new LinkAdapter();
  readonly told: Told[] = [];
  world: World;
  #nowMs = 0;
  #index = 0;
  #seq = 0;
  #dueAtMs = 0;
  #linkFreeAtMs = 0;
  #mailbox: { seq: number; lateMs: number } | null = null;
  #ways: { atMs: number; wayMs: number }[] = [];
  #settled = 0;
  #maySend = 3;
  #isLong = false;
  #callEndsAtMs: number | null = null;
  #events: { atMs: number; act: () => void }[] = [];

  constructor(limits: Limits, world: Partial<World>) {
    this.world = { ...QUICK, ...world };
    this.adapter.limits = limits;
    this.adapter.begin(1);
  }

  run(seconds: number, world: Partial<World> = {}): this {
    this.world = { ...this.world, ...world };
    for (const endMs = this.#nowMs + seconds * 1000; this.#nowMs < endMs; this.#nowMs++) this.#step();
    return this;
  }

  /** What was told in the last seconds. */
  last(seconds: number): Told[] {
    return this.told.filter(({ atMs }) => atMs >= this.#nowMs - seconds * 1000);
  }

  #step(): void {
    const due = this.#events.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#events = this.#events.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { act } of due.sort((a, b) => a.atMs - b.atMs)) act();
    if (this.#nowMs % 1000 === 0) this.#send(300, () => {});
    if (this.#seq < this.#maySendNow() && this.#nowMs >= this.#dueAtMs) this.#capture();
    if (this.#mailbox && this.#callEndsAtMs === null) this.#call(this.#mailbox);
  }

  #maySendNow(): number {
    return this.#maySend - (this.adapter.oneAtATime && !this.#isLong ? 2 : 0);
  }

  #capture(): void {
    const seq = ++this.#seq;
    const { quality, scale, oneAtATime } = this.adapter;
    this.#dueAtMs = this.#nowMs + Math.max(this.world.everyMs, CAMERA_MS);
    this.adapter.sent(seq);
    this.#send(45_000 * (quality / 85) * scale ** 2, (lateMs, wayMs) => {
      if (this.#mailbox) this.#settled = this.#mailbox.seq;
      this.#mailbox = { seq, lateMs };
      this.told.push({ atMs: this.#nowMs, quality, scale, oneAtATime, wayMs });
    });
  }

  /** One message after the other; the kernel knows the quickest of the last half minute. */
  #send(bytes: number, arrived: (lateMs: number, wayMs: number) => void): void {
    const sentAtMs = this.#nowMs;
    this.#linkFreeAtMs = Math.max(this.#linkFreeAtMs, sentAtMs) + bytes / this.world.bytesPerMs;
    this.#at(this.#linkFreeAtMs + this.world.wayMs, () => {
      const wayMs = this.#nowMs - sentAtMs;
      this.#ways = [...this.#ways.filter(({ atMs }) => atMs > this.#nowMs - 30_000), { atMs: this.#nowMs, wayMs }];
      arrived(wayMs - Math.min(...this.#ways.map((way) => way.wayMs)), wayMs);
    });
  }

  #call({ seq, lateMs }: { seq: number; lateMs: number }): void {
    const callMs = this.world.callMs(seq);
    const isLong = callMs >= 30;
    this.#mailbox = null;
    this.#settled = seq;
    this.#callEndsAtMs = this.#nowMs + callMs;
    if (isLong) this.#tell(seq, lateMs, 1);
    this.#at(this.#callEndsAtMs, () => {
      this.#callEndsAtMs = null;
      if (!isLong) this.#tell(seq, lateMs, 3);
    });
  }

  #tell(seq: number, lateMs: number, window: number): void {
    this.#index += 1;
    const numbers = { index: this.#index, taken_through: seq, may_send_through: this.#settled + window };
    const content = credit({ ...numbers, late_ms: lateMs });
    this.#at(this.#nowMs + this.world.wayMs, () => {
      this.#maySend = content.may_send_through;
      this.#isLong = window === 1;
      this.adapter.heard(content, this.#nowMs);
    });
  }

  #at(atMs: number, act: () => void): void {
    this.#events.push({ atMs, act });
  }
}

const best = { quality: 85, scale: 1, oneAtATime: false };
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** 45 kB at 10 frames/s are 450 bytes/ms; the slowest of these carry a frame per second or two. */
const SLOW = [300, 150, 75, 40, 20].flatMap((bytesPerMs) =>
  [2, 60].flatMap((wayMs) => [33, 100].map((everyMs) => ({ bytesPerMs, wayMs, everyMs }))),
);

describe("on a slow link", () => {
  it.each(SLOW)("quality and then rate go down within their bounds, and frames come in time: %o", (world) => {
    const simulation = new Simulation(ADAPTIVE, world).run(90);
    for (const { quality, scale, oneAtATime } of simulation.told) {
      expect(quality >= 40 && quality <= 85 && scale === 1).toBe(true);
      if (oneAtATime) expect(quality).toBe(40);
    }
    // What the way takes and one frame of the lowest quality, and what may be late.
    const leastMs = world.wayMs + (45_000 * 40) / 85 / world.bytesPerMs;
    const wayMs = median(simulation.last(30).map((told) => told.wayMs));
    expect(wayMs).toBeLessThan(leastMs + 150);
  });

  it.each(SLOW)("with the rate held the size goes down instead, to a half at most: %o", (world) => {
    const simulation = new Simulation(HOLD_RATE, world).run(60);
    for (const { quality, scale, oneAtATime } of simulation.told) {
      expect(scale >= 0.5 && scale <= 1 && (scale * 8) % 1 === 0).toBe(true);
      if (scale < 1) expect(quality).toBe(40);
      if (oneAtATime) expect(scale).toBe(0.5);
    }
  });

  it("everything that may go goes where nothing helps", () => {
    expect(new Simulation(HOLD_RATE, { bytesPerMs: 12 }).run(150).last(15)).toContainEqual(
      expect.objectContaining({ quality: 40, scale: 0.5 }),
    );
    expect(new Simulation(ADAPTIVE, { bytesPerMs: 12 }).run(150).last(15)).toContainEqual(
      expect.objectContaining({ quality: 40, oneAtATime: true }),
    );
  });

  it("more frames come than with the best quality", () => {
    const world = { bytesPerMs: 150, everyMs: 33 };
    const adaptive = new Simulation(HOLD_RATE, world).run(60).last(20).length;
    const fixed = new Simulation({ quality: 85, hold: "size" }, world).run(60).last(20).length;
    expect(adaptive).toBeGreaterThan(2 * fixed);
  });

  it.each([ADAPTIVE, HOLD_RATE])("all come back when it is quick again: %o", (limits) => {
    const simulation = new Simulation(limits, { bytesPerMs: 40 }).run(60);
    expect(simulation.adapter.quality).toBe(40);
    expect(simulation.run(45, { bytesPerMs: QUICK.bytesPerMs }).adapter).toMatchObject(best);
  });

  it("a quality that is fixed stays, and so does everything else", () => {
    const simulation = new Simulation({ quality: 70, hold: "rate" }, { bytesPerMs: 20 }).run(30);
    expect(simulation.adapter).toMatchObject({ quality: 70, scale: 1, oneAtATime: false, isOn: false });
  });
});

describe("nothing changes", () => {
  const unchanged = (world: Partial<World>) => {
    const { told } = new Simulation(ADAPTIVE, world).run(60);
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter(({ quality, oneAtATime }) => quality < 85 || oneAtATime)).toEqual([]);
  };

  it.each([5, 25, 35, 100, 300, 1000, 3000])("on a quick link with a function of %d ms", (callMs) => {
    unchanged({ callMs: () => callMs });
    unchanged({ callMs: () => callMs, everyMs: 0 });
  });

  it("with a function that is quick or slow by turns", () => {
    unchanged({ callMs: (seq) => (seq % 7 === 0 ? 1500 : seq % 3 ? 5 : 120), everyMs: 33 });
  });

  it.each([20, 100])("on a link that is long but quick: %d ms each way", (wayMs) => {
    unchanged({ wayMs, everyMs: 33 });
  });

  it("for a hiccup of the link", () => {
    const simulation = new Simulation(ADAPTIVE, {}).run(5).run(0.4, { bytesPerMs: 10 }).run(5, QUICK);
    expect(simulation.told.filter(({ quality }) => quality < 85)).toEqual([]);
  });
});

it("some late frames among many do not keep it from coming back", () => {
  const simulation = new Simulation(ADAPTIVE, { bytesPerMs: 40 }).run(30);
  const hiccup = { ...QUICK, wayMs: 80 };
  for (let k = 0; k < 40; k++) simulation.run(0.8, QUICK).run(0.2, hiccup);
  expect(simulation.adapter.quality).toBe(85);
});

describe("a credit", () => {
  it("of another run, one that is repeated, and one without a lateness say nothing", () => {
    const adapter = new LinkAdapter();
    adapter.limits = ADAPTIVE;
    adapter.begin(2);
    for (let k = 1; k < 9; k++) adapter.heard(credit({ run: 1, taken_through: k, late_ms: 9000 }), k);
    for (let k = 1; k < 9; k++) adapter.heard(credit({ run: 2, taken_through: 1, late_ms: 9000 }), k);
    for (let k = 2; k < 9; k++) adapter.heard(credit({ run: 2, taken_through: k, late_ms: null }), k);
    expect(adapter).toMatchObject(best);
  });
});

it("limits that change count at once", () => {
  const { adapter } = new Simulation(ADAPTIVE, { bytesPerMs: 20 }).run(60);
  expect(adapter.quality).toBe(40);
  adapter.limits = { quality: [20, 30], hold: "rate" };
  expect([adapter.quality, adapter.scale < 1]).toEqual([20, true]);
});
