import { beforeEach, describe, expect, it, vi } from "vitest";
import { bytesOf, FakeScreen } from "../testing/fake_screen";
import { mark, overlay } from "../testing/messages";
import { Overlays } from "./overlays";

let screen: FakeScreen;
let painted: unknown[];
let overlays: Overlays;
let drawn: string[];

const show = (seq: number, fields: Parameters<typeof overlay>[0] = {}, png: string | null = null) =>
  overlays.show(overlay({ seq, marks: [mark({ text: `${seq}` })], ...fields }), png === null ? null : bytesOf(png), 5);
const texts = () => overlays.layers.flatMap(({ marks }) => marks.map(({ text }) => text)).join();

beforeEach(() => {
  screen = new FakeScreen();
  painted = [];
  drawn = [];
  overlays = new Overlays(screen, (...what) => painted.push(what));
});

describe("with a view", () => {
  beforeEach(() => {
    overlays.attach(() => drawn.push(texts()));
  });

  it("draws the newest in the next animation frame, and only then says so", () => {
    show(1);
    show(2);
    expect([drawn, painted]).toEqual([[], []]);
    screen.frame();
    expect([drawn, painted]).toEqual([["2"], [["o", 2, 5]]]);
  });

  it("goes on after a message whose number cannot be", () => {
    show(5);
    show(Number.MAX_SAFE_INTEGER);
    show(6);
    overlays.clear();
    show(7);
    screen.frame();
    expect(texts()).toBe("7");
    show(Number.MAX_SAFE_INTEGER);
    overlays.clear();
    show(8);
    screen.frame();
    expect(texts()).toBe("8");
  });

  it("ignores an older or repeated message", () => {
    show(5);
    show(4);
    show(5);
    screen.frame();
    expect(drawn).toEqual(["5"]);
  });

  it("keeps a layer for each overlay", () => {
    show(7);
    show(1, { overlay: "other" });
    screen.frame();
    expect(drawn).toEqual(["7,1"]);
    expect(painted).toHaveLength(2);
  });

  it("has no layer any more after an empty message", () => {
    show(1);
    show(2, { marks: [], total_count: 0 });
    screen.frame();
    expect([overlays.layers, painted]).toEqual([[], [["o", 2, 5]]]);
  });

  it("clears when told to, and draws what comes later", () => {
    show(1);
    screen.frame();
    overlays.clear();
    screen.frame();
    show(2);
    screen.frame();
    expect(drawn).toEqual(["1", "", "2"]);
  });

  it("shows masks when they are decoded, and frees them", async () => {
    show(1, {}, "mask");
    expect(overlays.layers).toEqual([]);
    await screen.decodeOne();
    expect(overlays.layers[0]?.mask).not.toBeNull();
    show(2);
    expect(screen.pictures.map(({ isClosed }) => isClosed)).toEqual([true]);
  });

  it("drops masks that were decoded too late", async () => {
    show(1, {}, "late");
    show(2);
    await screen.decodeOne();
    expect(texts()).toBe("2");
    show(3, {}, "cleared meanwhile");
    overlays.clear();
    await screen.decodeOne();
    expect(texts()).toBe("");
    expect(screen.pictures.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });

  it("draws the rest where masks cannot be decoded", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    show(1, {}, "broken");
    await screen.decodeOne();
    expect(texts()).toBe("1");
  });

  it("in a hidden page counts as painted on receipt, or when the page is hidden", () => {
    show(1);
    screen.visibility.set(true);
    expect(painted).toEqual([["o", 1, 5]]);
    show(2);
    expect(painted).toHaveLength(2);
  });
});

it("without a view counts as painted on receipt", () => {
  show(1);
  expect(painted).toEqual([["o", 1, 5]]);
});

it("draws and watches nothing after it is closed", () => {
  overlays.attach(() => drawn.push("x"));
  show(1);
  overlays.close();
  screen.frame();
  expect([drawn, painted, screen.visibility.watching]).toEqual([[], [], 0]);
});
