// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import type { Gesture } from "../../protocol/from_page";
import { PointerLayer } from "./pointer_layer";

const wish = { zone: null as number[] | null, draws_zone: false, by_corners: false };
const surface = { isCovered: false, isMirrored: false, widthToHeight: 2 };

let told: Gesture[];
let layer: PointerLayer;

beforeEach(() => {
  told = [];
  layer = new PointerLayer((gesture) => told.push(gesture));
  layer.root.getBoundingClientRect = () => new DOMRect(100, 50, 200, 100);
  layer.update(wish, surface);
});

function mouse(type: string, clientX: number, clientY: number, more: PointerEventInit = {}): void {
  layer.root.dispatchEvent(new PointerEvent(type, { clientX, clientY, pointerId: 1, button: 0, ...more }));
}

function key(name: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key: name, cancelable: true, bubbles: true, ...more });
  layer.root.dispatchEvent(event);
  return event;
}

function click(x: number, y: number, more: PointerEventInit = {}): void {
  mouse("pointerdown", x, y, more);
  mouse("pointerup", x, y, more);
}

describe("a click", () => {
  it("is told as a share of the picture, with its button and the keys that were held", () => {
    click(150, 75);
    expect(told).toEqual([{ gesture: "click", x: 0.25, y: 0.25, points: [], is_done: true, button: 1, modifiers: [] }]);
    click(150, 75, { button: 2, shiftKey: true, ctrlKey: true });
    expect(told[1]).toMatchObject({ button: 2, modifiers: ["Shift", "Control"] });
  });

  it("is where the picture has it, also where the preview is mirrored", () => {
    layer.update(wish, { ...surface, isMirrored: true });
    click(150, 75);
    expect(told[0]).toMatchObject({ x: 0.75, y: 0.25 });
  });

  it("counts from the picture's edge where its place has another shape, as in full screen", () => {
    layer.root.getBoundingClientRect = () => new DOMRect(0, 0, 400, 400);
    click(100, 150);
    expect(told[0]).toMatchObject({ x: 0.25, y: 0.25 });
    click(100, 50);
    expect(told).toHaveLength(1);
  });

  it("that trembles is none the less a click", () => {
    mouse("pointerdown", 150, 75);
    mouse("pointermove", 152, 76);
    mouse("pointerup", 152, 76);
    expect(told.map(({ gesture }) => gesture)).toEqual(["click"]);
  });
});

describe("a drag", () => {
  it("is told while it goes on and when it ends, and stays in the picture", () => {
    mouse("pointerdown", 150, 75);
    mouse("pointermove", 200, 100);
    mouse("pointerup", 900, 100);
    expect(told.map(({ gesture, is_done, points }) => [gesture, is_done, points])).toEqual([
      ["drag", false, [0.25, 0.25, 0.5, 0.5]],
      ["drag", true, [0.25, 0.25, 1, 0.5]],
    ]);
  });

  it("that the browser breaks off is not finished, and the next click counts", () => {
    mouse("pointerdown", 150, 75);
    mouse("pointercancel", 150, 75);
    mouse("pointerup", 150, 75);
    expect(told).toEqual([]);
    click(150, 75);
    expect(told).toHaveLength(1);
  });

  it("of a second finger is left alone", () => {
    mouse("pointerdown", 150, 75);
    mouse("pointermove", 250, 75, { pointerId: 2 });
    mouse("pointerup", 250, 75, { pointerId: 2 });
    mouse("pointerup", 150, 75);
    expect(told.map(({ gesture }) => gesture)).toEqual(["click"]);
  });
});

describe("keys", () => {
  it("move the pointer as the person sees it, and Enter clicks there", () => {
    layer.update(wish, { ...surface, isMirrored: true });
    expect(key("ArrowRight").defaultPrevented).toBe(true);
    key("ArrowDown", { shiftKey: true });
    key("Enter");
    expect(told.map(({ gesture }) => gesture)).toEqual(["move", "move", "click"]);
    expect(told[2]?.x).toBeCloseTo(0.49);
    expect(told[2]?.y).toBeCloseTo(0.6);
  });

  it("that mean nothing here are left to the notebook", () => {
    expect(key("a").defaultPrevented).toBe(false);
    expect(key("Delete").defaultPrevented).toBe(false);
    expect(told).toEqual([]);
  });
});

describe("a zone", () => {
  const zone = [0.25, 0.25, 0.5, 0.25, 0.5, 0.5, 0.25, 0.5];

  it("is drawn by a drag, in place of it", () => {
    layer.update({ ...wish, draws_zone: true }, surface);
    mouse("pointerdown", 200, 100);
    mouse("pointermove", 150, 75);
    mouse("pointerup", 150, 75);
    expect(told.map(({ gesture, is_done, points }) => [gesture, is_done, points])).toEqual([
      ["zone", false, zone],
      ["zone", true, zone],
    ]);
  });

  it("is moved by a drag that begins in it, no further than the picture's edge, and taken away by Delete", () => {
    layer.update({ ...wish, zone, draws_zone: true }, surface);
    mouse("pointerdown", 175, 87);
    mouse("pointermove", 105, 87);
    expect(told[0]?.points).toEqual([0, 0.25, 0.25, 0.25, 0.25, 0.5, 0, 0.5]);
    mouse("pointerup", 175, 87);
    key("Delete");
    expect(told.at(-1)).toMatchObject({ gesture: "zone", points: [] });
  });

  it("is shown, and nothing is where nobody listens or no picture is", () => {
    layer.update({ ...wish, zone }, surface);
    expect(layer.root.querySelector(".nbstream-zone")?.getAttribute("points")).toBe(zone.join(" "));
    layer.update(null, surface);
    expect(layer.root.hidden).toBe(true);
    layer.update(wish, { ...surface, isCovered: true });
    expect(layer.root.hidden).toBe(true);
  });
});

describe("a polygon", () => {
  const drawing = { ...wish, draws_zone: true, by_corners: true };
  const zones = () => told.map(({ gesture, is_done, points }) => [gesture, is_done, points]);

  beforeEach(() => layer.update(drawing, surface));

  it("is drawn corner by corner, and closed by a click on the first one", () => {
    for (const [x, y] of [
      [150, 75],
      [200, 75],
      [154, 79],
    ] as const) {
      click(x, y);
    }
    expect(zones().at(-1)).toEqual(["zone", false, [0.25, 0.25, 0.5, 0.25, 0.27, 0.29]]);
    click(155, 80);
    expect(zones().at(-1)).toEqual(["zone", true, [0.25, 0.25, 0.5, 0.25, 0.27, 0.29]]);
    click(180, 90);
    expect(zones().at(-1), "the next one").toEqual(["zone", false, [0.4, 0.4]]);
  });

  it("by keys: arrows move, Enter is a corner, Escape takes all away", () => {
    key("Enter");
    for (const [arrow, x, y] of [
      ["ArrowRight", 0.6, 0.5],
      ["ArrowDown", 0.6, 0.6],
    ] as const) {
      key(arrow, { shiftKey: true });
      key("Enter");
      expect(told.at(-1)).toMatchObject({ x, y });
    }
    expect(zones().at(-1)?.[1]).toBe(false);
    key("ArrowUp", { shiftKey: true });
    key("ArrowLeft", { shiftKey: true });
    key("Enter");
    expect(zones().at(-1)).toEqual(["zone", true, [0.5, 0.5, 0.6, 0.5, 0.6, 0.6]]);
    key("Enter");
    expect(key("Escape").defaultPrevented).toBe(true);
    expect(zones().at(-1)).toEqual(["zone", true, []]);
    key("Enter");
    expect(zones().at(-1)?.[2]).toHaveLength(2);
  });

  it("can be moved by a drag in it, and a drag elsewhere draws nothing", () => {
    const zone = [0.25, 0.25, 0.5, 0.25, 0.5, 0.5];
    layer.update({ ...drawing, zone }, surface);
    mouse("pointerdown", 190, 80);
    mouse("pointermove", 210, 80);
    mouse("pointerup", 210, 80);
    expect(told.at(-1)?.points[0]).toBeCloseTo(0.35);
    const before = told.length;
    mouse("pointerdown", 110, 140);
    mouse("pointermove", 130, 140);
    mouse("pointerup", 130, 140);
    expect(told).toHaveLength(before);
  });

  it("has a hundred corners at most", () => {
    click(110, 60);
    for (let count = 0; count < 103; count++) click(150 + count / 2, 75 + (count % 2));
    expect(told.at(-1)?.points).toHaveLength(200);
  });
});
