import { beforeEach, describe, expect, it, vi } from "vitest";
import { bytesOf, FakeCanvas, FakeScreen } from "../testing/fake_screen";
import { Painter } from "./painter";

let screen: FakeScreen;
let painted: number[];
let painter: Painter;
let canvas: FakeCanvas;

beforeEach(() => {
  screen = new FakeScreen();
  painted = [];
  painter = new Painter(screen, (seq) => painted.push(seq));
  canvas = new FakeCanvas();
});

const show = (seq: number, text = `picture ${seq}`) => painter.show({ seq, mime: "image/jpeg", bytes: bytesOf(text) });
const clearBy = (seq: number) => painter.show({ seq, mime: null, bytes: null });

describe("with a view", () => {
  beforeEach(() => {
    painter.attach(canvas.asCanvas);
  });

  it("paints in the next animation frame, and only then says so", async () => {
    show(1);
    await screen.decodeOne();
    expect([canvas.drawn, painted]).toEqual([[], []]);
    screen.frame();
    expect([canvas.drawn, painted]).toEqual([["picture 1"], [1]]);
    expect([canvas.width, canvas.height]).toEqual([4, 3]);
  });

  it("decodes one at a time and leaves out what became old meanwhile", async () => {
    for (const seq of [1, 2, 3, 4]) show(seq);
    expect(screen.decodingCount).toBe(1);
    await screen.showAll();
    await screen.showAll();
    expect(canvas.drawn.at(-1)).toBe("picture 4");
    expect(screen.pictures.map(({ text }) => text)).toEqual(["picture 1", "picture 4"]);
    expect(painted.at(-1)).toBe(4);
  });

  it("gives each of two results that come within one frame of the screen a frame of its own", async () => {
    for (const seq of [1, 2]) {
      show(seq);
      await screen.decodeOne();
    }
    screen.frame();
    expect([canvas.drawn, painted]).toEqual([["picture 1"], [1]]);
    screen.frame();
    expect([canvas.drawn, painted]).toEqual([
      ["picture 1", "picture 2"],
      [1, 2],
    ]);
    screen.frame();
    expect(canvas.drawn).toHaveLength(2);
    expect(screen.pictures.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });

  it("paints only the newest of those that came while a slow page had no frame", async () => {
    for (const seq of [1, 2, 3]) {
      show(seq);
      await screen.decodeOne();
    }
    screen.nowMs += 50;
    screen.frame();
    screen.frame();
    expect([canvas.drawn, painted]).toEqual([["picture 3"], [3]]);
    expect(screen.pictures.map(({ isClosed }) => isClosed)).toEqual([true, true, false]);
  });

  it("takes away what waits for a frame of its own with the rest", async () => {
    for (const seq of [1, 2]) {
      show(seq);
      await screen.decodeOne();
    }
    painter.clear();
    screen.frame();
    screen.frame();
    expect([canvas.drawn, painted]).toEqual([[], []]);
    expect(screen.pictures.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });

  it("shows what was decoded elsewhere, in the order of numbers", async () => {
    const decoded = (text: string) => ({ text, width: 4, height: 3, close: vi.fn() }) as unknown as ImageBitmap;
    const [early, late, newest] = [decoded("early"), decoded("late"), decoded("newest")];
    painter.showPicture(2, early);
    show(1, "older");
    await screen.showAll();
    show(3, "slow to decode");
    painter.showPicture(4, newest);
    painter.showPicture(3, late);
    await screen.showAll();
    expect([canvas.drawn, painted]).toEqual([
      ["early", "newest"],
      [2, 4],
    ]);
    expect(late.close).toHaveBeenCalledOnce();
  });

  it("ignores an older or repeated result", async () => {
    show(5);
    show(4);
    show(5);
    await screen.showAll();
    expect(canvas.drawn).toEqual(["picture 5"]);
  });

  it("goes on after a result whose number cannot be, cleared meanwhile or not", async () => {
    show(5);
    await screen.showAll();
    show(Number.MAX_SAFE_INTEGER, "wrong number");
    await screen.showAll();
    show(6);
    await screen.showAll();
    expect(canvas.drawn.at(-1)).toBe("picture 6");
    show(Number.MAX_SAFE_INTEGER, "wrong number");
    painter.clear();
    show(7);
    await screen.showAll();
    show(6, "repeated");
    await screen.showAll();
    expect([canvas.drawn.at(-1), painted.at(-1)]).toEqual(["picture 7", 7]);
  });

  it("goes on after a result that cannot be decoded, and counts it as painted", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    show(1, "broken");
    await screen.showAll();
    show(2);
    await screen.showAll();
    expect(painted).toEqual([1, 2]);
    expect(canvas.drawn).toEqual(["picture 2"]);
  });

  it("frees every picture that it does not show any more", async () => {
    show(1);
    await screen.showAll();
    show(2);
    await screen.showAll();
    expect(screen.pictures.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    painter.close();
    expect(screen.pictures[1]?.isClosed).toBe(true);
  });

  it("tells when a picture comes, changes its size, and goes", async () => {
    const sizes: unknown[] = [];
    painter.changed.add(() => sizes.push(painter.size));
    show(1);
    await screen.showAll();
    show(2);
    await screen.showAll();
    clearBy(3);
    expect(sizes).toEqual([[4, 3], null]);
    expect(painted.at(-1)).toBe(3);
  });

  it("does not bring a picture back that was being decoded when the display was cleared", async () => {
    show(1);
    painter.clear();
    await screen.showAll();
    expect([painter.hasPicture, screen.pictures[0]?.isClosed]).toEqual([false, true]);
    show(2);
    await screen.showAll();
    expect(painter.hasPicture).toBe(true);
  });
});

it("paints on all canvases, and on a new one what is there already", async () => {
  const [second, third] = [new FakeCanvas(), new FakeCanvas()];
  painter.attach(canvas.asCanvas);
  const detach = painter.attach(second.asCanvas);
  show(1);
  await screen.showAll();
  detach();
  painter.attach(third.asCanvas);
  show(2);
  await screen.showAll();
  expect(canvas.drawn).toEqual(["picture 1", "picture 2"]);
  expect(second.drawn).toEqual(["picture 1"]);
  expect(third.drawn).toEqual(["picture 1", "picture 2"]);
});

describe("unseen", () => {
  it("without a view, counts as painted on receipt and decodes nothing until a view comes", async () => {
    show(1);
    show(2);
    expect(painted).toEqual([1, 2]);
    expect(screen.decodingCount).toBe(0);
    painter.attach(canvas.asCanvas);
    await screen.showAll();
    expect(canvas.drawn).toEqual(["picture 2"]);
  });

  it("in a hidden page, counts as painted on receipt and is painted when the page is shown", async () => {
    painter.attach(canvas.asCanvas);
    screen.visibility.set(true);
    show(1);
    expect(painted).toEqual([1]);
    screen.visibility.set(false);
    await screen.showAll();
    expect(canvas.drawn).toEqual(["picture 1"]);
  });

  it("when the page is hidden while a picture waits for its animation frame, counts it as painted", async () => {
    painter.attach(canvas.asCanvas);
    show(1);
    await screen.decodeOne();
    screen.visibility.set(true);
    expect(painted).toEqual([1]);
  });

  it("stops watching the page when it is closed", () => {
    painter.close();
    expect(screen.visibility.watching).toBe(0);
  });
});
