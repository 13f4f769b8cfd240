// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Scope } from "../../sound/scope";
import { FakeFrames } from "../../testing/fake_frames";
import { Waveform } from "./waveform";

let frames: FakeFrames;
let scope: Scope;
let waveform: Waveform;
let isInSight: boolean;

beforeEach(() => {
  frames = new FakeFrames();
  scope = new Scope();
  waveform = new Waveform(scope, "Level");
  isInSight = true;
  Object.defineProperty(waveform.canvas, "offsetParent", { get: () => (isInSight ? document.body : null) });
  Object.defineProperty(waveform.canvas, "clientWidth", { value: 300 });
  Object.defineProperty(waveform.canvas, "clientHeight", { value: 150 });
  waveform.run(true);
  frames.frame();
  frames.drawings = 0;
});
afterEach(() => vi.unstubAllGlobals());

const level = () => Number(waveform.meter.getAttribute("aria-valuenow"));
const add = (columns: number, value = 0.5) => {
  for (let k = 0; k < columns; k++) scope.add(-value, value);
};

it("is drawn when some columns are new, at most once in an animation frame", () => {
  frames.frame();
  add(2);
  frames.frame();
  expect(frames.drawings).toBe(0);
  add(30);
  frames.frame();
  frames.frame();
  expect(frames.drawings).toBe(1);
});

it("is drawn anew when the sound begins anew", () => {
  add(10);
  frames.frame();
  scope.clear();
  frames.frame();
  expect(frames.drawings).toBe(2);
});

it("is not drawn where nobody can see it", () => {
  isInSight = false;
  add(30);
  frames.frame();
  expect(frames.drawings).toBe(0);
});

it("asks for no frame once it is stopped", () => {
  waveform.run(false);
  expect(frames.asked).toBe(0);
});

it("shows how loud it is in decibels: half of 60 at a thirtieth of full scale, all of it where samples clip", () => {
  add(20, 10 ** (-30 / 20));
  frames.frame();
  expect(level()).toBe(50);
  add(20, 1);
  frames.frame();
  expect(level()).toBe(100);
  expect(waveform.meter.querySelector(".nbstream-loud")).not.toBeNull();
  add(20, 0);
  frames.frame();
  expect(level()).toBe(0);
});

it("says silence before the first sound, and when nothing is to be heard any more", () => {
  expect(new Waveform(scope, "Level").meter.getAttribute("aria-valuenow")).toBe("0");
  add(30);
  frames.frame();
  expect(level()).toBeGreaterThan(0);
  waveform.run(false);
  expect([level(), (waveform.meter.firstElementChild as HTMLElement).style.transform]).toEqual([0, "scaleX(0.000)"]);
});
