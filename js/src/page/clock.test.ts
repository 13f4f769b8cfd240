import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPageClock } from "./clock";

/** A worker that a test lets run. */
class FakeWorker {
  onmessage: ((event: { data: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly asked: { id: number; delayMs: number }[] = [];

  postMessage(message: { id: number; delayMs: number }): void {
    this.asked.push(message);
  }

  get asWorker(): Worker {
    return this as unknown as Worker;
  }
}

let called: string[];
beforeEach(() => {
  called = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it("tells the page's time in milliseconds since 1970", () => {
  expect(createPageClock(() => new FakeWorker().asWorker).now()).toBeCloseTo(Date.now(), -2);
});

it("has its timers run in the worker, each once, and not what was cancelled", () => {
  const worker = new FakeWorker();
  const clock = createPageClock(() => worker.asWorker);
  clock.after(10, () => called.push("first"));
  const cancel = clock.after(-5, () => called.push("second"));
  expect(worker.asked).toEqual([
    { id: 1, delayMs: 10 },
    { id: 2, delayMs: 0 },
  ]);
  cancel();
  for (const id of [1, 2, 1]) worker.onmessage?.({ data: id });
  expect(called).toEqual(["first"]);
});

describe("without a worker", () => {
  it("runs timers itself", () => {
    const clock = createPageClock(() => {
      throw new Error("forbidden");
    });
    clock.after(10, () => called.push("first"));
    vi.advanceTimersByTime(10);
    expect(called).toEqual(["first"]);
  });

  it("takes over what waits when the worker is refused late", () => {
    const worker = new FakeWorker();
    const clock = createPageClock(() => worker.asWorker);
    clock.after(10, () => called.push("first"));
    worker.onerror?.();
    clock.after(20, () => called.push("second"));
    vi.advanceTimersByTime(20);
    expect(called).toEqual(["first", "second"]);
  });
});
