/** Where the marks of an overlay go on a canvas: positions are mirrored with the picture, texts never. */

import type { Mark, MarkKind } from "../../protocol/to_page";

export interface Point {
  x: number;
  y: number;
}

/** Size of the canvas and how it stands to the picture. */
export interface Surface {
  widthPx: number;
  heightPx: number;
  isMirrored: boolean;
}

interface Way {
  points: Point[];
  isClosed: boolean;
}

export interface Line extends Way {
  color: string;
  widthPx: number;
}

export interface Dot extends Point {
  color: string;
  radiusPx: number;
}

/** One line of text; (x, y) is its lower left corner. */
export interface Caption extends Point {
  text: string;
  color: string;
}

export interface Drawing {
  lines: Line[];
  dots: Dot[];
  captions: Caption[];
}

const LINE_PX = 2;
const HEAD_PX = 8;
const HEAD_ANGLE = Math.PI / 6;
const ELLIPSE_CORNERS = 120;
const GAP_PX = 4;
/** Room that the time bar takes at the lower edge. */
const BAR_PX = 26;

export function pointsOf({ points }: Mark, { widthPx, heightPx, isMirrored }: Surface): Point[] {
  const found: Point[] = [];
  for (let k = 0; k + 1 < points.length; k += 2) {
    const x = points[k] as number;
    found.push({ x: (isMirrored ? 1 - x : x) * widthPx, y: (points[k + 1] as number) * heightPx });
  }
  return found;
}

/** Everything of one layer, the best mark last, so that it lies on top. `widthOf` measures a text. */
export function drawingOf(
  marks: readonly Mark[],
  surface: Surface,
  fontPx: number,
  widthOf: (text: string) => number,
): Drawing {
  const drawing: Drawing = { lines: [], dots: [], captions: [] };
  for (const mark of [...marks].reverse()) {
    const points = pointsOf(mark, surface);
    const { color } = mark;
    const widthPx = mark.line_px ?? LINE_PX;
    const { lines, dots = [] } = SHAPES[mark.kind](points, mark.edges, widthPx);
    drawing.lines.push(...lines.map((line) => ({ ...line, color, widthPx })));
    drawing.dots.push(...dots.map((dot) => ({ ...dot, color, radiusPx: widthPx + 1 })));
    const around = [...points, ...lines.flatMap((line) => line.points)];
    if (mark.text !== "") drawing.captions.push(captionOf(mark, around, surface, fontPx, widthOf));
  }
  return drawing;
}

/** What is drawn of each kind of mark, besides its text. */
const SHAPES: Record<
  MarkKind,
  (points: Point[], edges: readonly number[], widthPx: number) => { lines: Way[]; dots?: Point[] }
> = {
  text: () => ({ lines: [] }),
  points: (points) => ({ lines: [], dots: points }),
  ellipse: (points) => ({ lines: [{ points: ellipseThrough(points), isClosed: true }] }),
  arrow(points, _edges, widthPx) {
    const [from, to] = points as [Point, Point];
    const lengthPx = Math.hypot(to.x - from.x, to.y - from.y);
    const headPx = Math.min(lengthPx / 2, HEAD_PX + 2 * widthPx);
    const back = Math.atan2(from.y - to.y, from.x - to.x);
    const [one, other] = [back + HEAD_ANGLE, back - HEAD_ANGLE].map((angle) => ({
      x: to.x + headPx * Math.cos(angle),
      y: to.y + headPx * Math.sin(angle),
    })) as [Point, Point];
    return {
      lines: [
        { points: [from, to], isClosed: false },
        { points: [one, to, other], isClosed: false },
      ],
    };
  },
  polygon: (points) => ({ lines: [{ points, isClosed: true }] }),
  box(points) {
    const [one, other] = points as [Point, Point];
    const corners = [one, { x: other.x, y: one.y }, other, { x: one.x, y: other.y }];
    return { lines: [{ points: corners, isClosed: true }] };
  },
  keypoints(points, edges) {
    const lines: Way[] = [];
    for (let k = 0; k + 1 < edges.length; k += 2) {
      const ends = [points[edges[k] as number], points[edges[k + 1] as number]] as Point[];
      lines.push({ points: ends, isClosed: false });
    }
    return { lines, dots: points };
  },
};

/** The outline of an ellipse, of which are given its middle and an end of each axis. */
function ellipseThrough(points: Point[]): Point[] {
  const [middle, one, other] = points as [Point, Point, Point];
  return Array.from({ length: ELLIPSE_CORNERS }, (_, k) => {
    const angle = (2 * Math.PI * k) / ELLIPSE_CORNERS;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return {
      x: middle.x + c * (one.x - middle.x) + s * (other.x - middle.x),
      y: middle.y + c * (one.y - middle.y) + s * (other.y - middle.y),
    };
  });
}

/** Above the mark; moved into the picture where it would stick out. */
function captionOf(
  { kind, text, color }: Mark,
  points: Point[],
  surface: Surface,
  fontPx: number,
  widthOf: (text: string) => number,
): Caption {
  const leftPx = Math.min(...points.map(({ x }) => x));
  const topPx = Math.min(...points.map(({ y }) => y)) - (kind === "text" ? 0 : GAP_PX);
  const x = clamp(leftPx, GAP_PX, surface.widthPx - widthOf(text) - GAP_PX);
  return { text, color, x, y: clamp(topPx, fontPx + GAP_PX, surface.heightPx - GAP_PX) };
}

/** The lower bound wins where there is no room. */
function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(value, highest));
}

/** How many marks of how many are drawn; null if all are. */
export function countCaption(
  layers: readonly { marks: readonly Mark[]; totalCount: number }[],
  { heightPx }: Surface,
): Caption | null {
  const shownCount = layers.reduce((sum, { marks }) => sum + marks.length, 0);
  const totalCount = layers.reduce((sum, layer) => sum + layer.totalCount, 0);
  if (totalCount <= shownCount) return null;
  return { text: `${shownCount} of ${totalCount}`, color: "#ffffff", x: GAP_PX, y: heightPx - BAR_PX };
}

/** Black or white, whichever stands out against a colour "#rrggbb". */
export function outlineOf(color: string): string {
  const channel = (at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  return 0.3 * channel(1) + 0.59 * channel(3) + 0.11 * channel(5) > 90 ? "#000000" : "#ffffff";
}
