import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeWorker } from "./fakes";
import { openWakeTimer } from "./timer";

beforeEach(() => {
  vi.useFakeTimers();
  FakeWorker.install();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("lets the worker wait, so that a hidden tab keeps its pace", () => {
  const onWake = vi.fn();
  openWakeTimer(onWake).wakeAfter(33);
  vi.advanceTimersByTime(1000);
  expect(onWake).not.toHaveBeenCalled();
  expect(FakeWorker.newest().requestedDelaysMs).toEqual([33]);
  FakeWorker.newest().wake();
  expect(onWake).toHaveBeenCalledOnce();
});

it("waits by the page's timer where a worker cannot be made", () => {
  FakeWorker.forbid();
  const onWake = vi.fn();
  openWakeTimer(onWake).wakeAfter(33);
  vi.advanceTimersByTime(32);
  expect(onWake).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onWake).toHaveBeenCalledOnce();
});

it("goes on by the page's timer when the worker turns out to be forbidden after the first request", () => {
  const onWake = vi.fn();
  const timer = openWakeTimer(onWake);
  timer.wakeAfter(33);
  FakeWorker.newest().fail();
  vi.advanceTimersByTime(33);
  timer.wakeAfter(50);
  vi.advanceTimersByTime(50);
  expect(onWake).toHaveBeenCalledTimes(2);
});

it("ends the worker and never wakes again once it is closed", () => {
  const onWake = vi.fn();
  const timer = openWakeTimer(onWake);
  timer.wakeAfter(33);
  timer.close();
  FakeWorker.newest().wake();
  FakeWorker.newest().fail();
  vi.advanceTimersByTime(1000);
  expect(FakeWorker.newest().terminated).toBe(true);
  expect(onWake).not.toHaveBeenCalled();
});

it("ends the page's timer when it is closed", () => {
  FakeWorker.forbid();
  const timer = openWakeTimer(vi.fn());
  timer.wakeAfter(33);
  timer.close();
  expect(vi.getTimerCount()).toBe(0);
});
