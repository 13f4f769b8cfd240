import { describe, expect, it } from "vitest";
import { mark } from "../../testing/messages";
import { countCaption, drawingOf, outlineOf } from "./overlay_geometry";

const surface = { widthPx: 200, heightPx: 100, isMirrored: false };
const mirrored = { ...surface, isMirrored: true };
const widthOf = (text: string) => 6 * text.length;
const draw = (marks: Parameters<typeof drawingOf>[0], where = surface) => drawingOf(marks, where, 12, widthOf);
const corners = (marks: Parameters<typeof drawingOf>[0], where = surface) =>
  draw(marks, where).lines.map(({ points }) => points.map(({ x, y }) => [x, y]));

describe("shapes", () => {
  it("of a box are its four corners, in the page's pixels", () => {
    const expected = [
      [50, 25],
      [100, 25],
      [100, 75],
      [50, 75],
    ];
    expect(corners([mark()])).toEqual([expected]);
    expect(draw([mark()]).lines[0]).toMatchObject({ isClosed: true, color: "#3ddc84" });
  });

  it("are mirrored with the picture", () => {
    expect(corners([mark()], mirrored)[0]?.map(([x]) => x)).toEqual([150, 100, 100, 150]);
  });

  it("of keypoints are dots, and lines only where there are edges", () => {
    const arm = mark({ kind: "keypoints", points: [0, 0, 0.5, 0.5, 1, 1], edges: [0, 1], text: "" });
    expect(corners([arm])).toEqual([
      [
        [0, 0],
        [100, 50],
      ],
    ]);
    expect(draw([arm]).dots.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [100, 50],
      [200, 100],
    ]);
  });

  it("of a text are none, and those of a polygon are its points", () => {
    expect(corners([mark({ kind: "text", points: [0.5, 0.5] })])).toEqual([]);
    expect(corners([mark({ kind: "polygon", points: [0, 0, 1, 0, 0, 1] })])[0]).toHaveLength(3);
  });

  it("of an ellipse are its outline, through the ends of its axes, mirrored as well", () => {
    const ellipse = mark({ kind: "ellipse", points: [0.5, 0.5, 0.75, 0.5, 0.5, 0.7], text: "" });
    for (const where of [surface, mirrored]) {
      const [outline] = corners([ellipse], where) as [number[][]];
      for (const [x, y] of outline) {
        expect(Math.hypot(((x as number) - 100) / 50, ((y as number) - 50) / 20)).toBeCloseTo(1);
      }
      expect(outline.map(([x]) => x)).toContain(150);
    }
    expect(draw([{ ...ellipse, text: "round" }]).captions[0]?.y).toBeCloseTo(30 - 4);
  });

  it("of an arrow are its shaft and, at its second point, its head", () => {
    const arrow = mark({ kind: "arrow", points: [0, 0.5, 1, 0.5], text: "" });
    const [shaft, head] = corners([arrow]) as [number[][], number[][]];
    expect(shaft).toEqual([
      [0, 50],
      [200, 50],
    ]);
    expect(head[1]).toEqual([200, 50]);
    for (const k of [0, 2]) expect(head[k]?.[0]).toBeLessThan(200);
    const short = corners([{ ...arrow, points: [0.5, 0.5, 0.51, 0.5] }])[1] as number[][];
    expect(Math.abs((short[0]?.[0] as number) - 102)).toBeLessThanOrEqual(1);
  });

  it("of points are dots alone", () => {
    const dots = mark({ kind: "points", points: [0, 0, 0.5, 0.5], text: "" });
    expect(draw([dots]).lines).toEqual([]);
    expect(draw([dots]).dots.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [100, 50],
    ]);
  });

  it("are as wide as the mark says", () => {
    expect(draw([mark()]).lines[0]?.widthPx).toBe(2);
    expect(draw([mark({ line_px: 7 })]).lines[0]?.widthPx).toBe(7);
    const dots = mark({ kind: "points", points: [0, 0], line_px: 7 });
    expect(draw([dots]).dots[0]?.radiusPx).toBe(8);
  });

  it("of the best mark lie on top", () => {
    const marks = [mark({ color: "#111111" }), mark({ color: "#222222" })];
    expect(draw(marks).lines.map(({ color }) => color)).toEqual(["#222222", "#111111"]);
  });
});

describe("captions", () => {
  const at = (fields: Parameters<typeof mark>[0], where = surface) => {
    const [caption] = draw([mark(fields)], where).captions;
    return [caption?.x, caption?.y];
  };

  it("stand above the top left corner as the person sees it", () => {
    expect(at({})).toEqual([50, 21]);
    expect(at({}, mirrored)).toEqual([100, 21]);
  });

  it("of a text stand where the text is", () => {
    expect(at({ kind: "text", points: [0.5, 0.5] })).toEqual([100, 50]);
  });

  it.each([
    ["above", [0.25, 0, 0.5, 0.5], [50, 16]],
    ["to the left", [-1, 0.25, 0.5, 0.5], [4, 21]],
    ["to the right", [0.97, 0.25, 2, 0.5], [178, 21]],
    ["below", [0.25, 1.5, 0.5, 2], [50, 96]],
  ])("are moved into the picture from %s", (_where, points, expected) => {
    expect(at({ points })).toEqual(expected);
  });

  it("that are wider than the picture begin at its left", () => {
    expect(at({ text: "x".repeat(99) })[0]).toBe(4);
  });

  it("are missing where there is no text", () => {
    expect(draw([mark({ text: "" })]).captions).toEqual([]);
  });
});

it("tells how many of how many are drawn, if not all are", () => {
  const layer = { marks: [mark()], totalCount: 1 };
  expect(countCaption([layer], surface)).toBeNull();
  expect(countCaption([layer, { marks: [mark(), mark()], totalCount: 10_000 }], surface)?.text).toBe("3 of 10001");
});

it("outlines light colours in black and dark ones in white", () => {
  expect([outlineOf("#ffd23f"), outlineOf("#000080")]).toEqual(["#000000", "#ffffff"]);
});
