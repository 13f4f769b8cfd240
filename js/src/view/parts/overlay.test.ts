// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Overlays } from "../../results/overlays";
import { bytesOf, FakeScreen } from "../../testing/fake_screen";
import { mark, overlay } from "../../testing/messages";
import { OverlayCanvas } from "./overlay";

/** A canvas' context that notes what is written and drawn, and how the picture is turned meanwhile. */
class FakeContext {
  readonly texts: [string, number][] = [];
  readonly lines: number[] = [];
  readonly masks: boolean[] = [];
  /** What is filled, in its order: a plate as its colour and width, a text as its colour. */
  readonly filled: (string | number)[][] = [];
  fillStyle = "";
  #isMirrored = false;
  measureText = (text: string) => ({ width: 6 * text.length });
  fillText = (text: string, x: number) => {
    this.texts.push([text, this.#isMirrored ? -x : x]);
    this.filled.push([this.fillStyle]);
  };
  fillRect = (_x: number, _y: number, width: number) => this.filled.push([this.fillStyle, width]);
  lineTo = (x: number) => this.lines.push(x);
  scale = (x: number) => {
    this.#isMirrored = x < 0;
  };
  restore = () => {
    this.#isMirrored = false;
  };
  drawImage = () => this.masks.push(this.#isMirrored);
  setTransform() {}
  clearRect() {}
  beginPath() {}
  closePath() {}
  stroke() {}
  save() {}
  translate() {}
  arc() {}
  fill() {}
}

let context: FakeContext;
let screen: FakeScreen;
let overlays: Overlays;
let view: OverlayCanvas;

beforeEach(() => {
  context = new FakeContext();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation((() => context) as never);
  vi.spyOn(HTMLCanvasElement.prototype, "clientWidth", "get").mockReturnValue(200);
  vi.spyOn(HTMLCanvasElement.prototype, "clientHeight", "get").mockReturnValue(100);
  screen = new FakeScreen();
  overlays = new Overlays(screen, () => {});
  view = new OverlayCanvas(overlays);
});
afterEach(() => {
  view.close();
  vi.restoreAllMocks();
});

it("is hidden until there is a picture and something to draw over it", () => {
  view.update(false, false);
  expect(view.root.hidden).toBe(true);
  overlays.show(overlay(), null, 0);
  screen.frame();
  expect(view.root.hidden).toBe(false);
  view.update(true, false);
  expect(view.root.hidden).toBe(true);
});

it("has as many pixels as the screen", () => {
  vi.stubGlobal("devicePixelRatio", 2);
  overlays.show(overlay(), null, 0);
  view.update(false, false);
  expect([view.root.width, view.root.height]).toEqual([400, 200]);
  vi.unstubAllGlobals();
});

it("writes text as it is, and how many of how many are drawn", () => {
  overlays.show(overlay({ marks: [mark({ text: "<b>cat</b>" })], total_count: 400 }), null, 0);
  view.update(false, false);
  expect(context.texts.map(([text]) => text)).toEqual(["<b>cat</b>", "1 of 400"]);
});

it("writes text in black or white on a plate of the mark's colour", () => {
  const marks = [mark({ text: "dark", color: "#000080" }), mark({ text: "light", color: "#ffd23f" })];
  overlays.show(overlay({ marks, total_count: 2 }), null, 0);
  view.update(false, false);
  expect(context.filled).toEqual([["#ffd23f", 36], ["#000000"], ["#000080", 30], ["#ffffff"]]);
});

it("mirrors shapes and masks, but no text", async () => {
  overlays.show(overlay(), bytesOf("mask"), 0);
  await screen.decodeOne();
  view.update(false, true);
  expect(context.lines).toEqual([150, 100, 100, 150]);
  expect(context.masks).toEqual([true]);
  expect(context.texts).toEqual([["cat", 100]]);
});

it("draws nothing any more after it is closed", () => {
  view.update(false, false);
  view.close();
  overlays.show(overlay(), null, 0);
  screen.frame();
  expect(context.texts).toEqual([]);
});
