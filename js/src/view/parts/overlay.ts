/** The canvas over a picture on which annotations are drawn, one in each view. */

import type { Layer, Overlays } from "../../results/overlays";
import { element } from "./dom";
import { type Caption, countCaption, type Drawing, drawingOf, outlineOf, type Surface } from "./overlay_geometry";

const FONT_PX = 13;
/** What the edge around a line adds to its width. */
const EDGE_PX = 2;
const PLATE_PX = 3;

export class OverlayCanvas {
  readonly root: HTMLCanvasElement = element("canvas", "nbstream-overlay", {
    role: "img",
    "aria-label": "Annotations",
  });
  readonly #overlays: Overlays;
  readonly #detach: () => void;
  readonly #resized: ResizeObserver;
  #isCovered = true;
  #isMirrored = false;

  constructor(overlays: Overlays) {
    this.#overlays = overlays;
    this.#detach = overlays.attach(() => this.#draw());
    this.#resized = new ResizeObserver(() => this.#draw());
    this.#resized.observe(this.root);
    this.#draw();
  }

  /** `isCovered`: there is no picture to draw over. */
  update(isCovered: boolean, isMirrored: boolean): void {
    if (isCovered === this.#isCovered && isMirrored === this.#isMirrored) return;
    this.#isCovered = isCovered;
    this.#isMirrored = isMirrored;
    this.#draw();
  }

  close(): void {
    this.#detach();
    this.#resized.disconnect();
  }

  #draw(): void {
    const { layers } = this.#overlays;
    this.root.hidden = this.#isCovered || layers.length === 0;
    if (this.root.hidden) return;
    const context = this.root.getContext("2d");
    if (!context) return;
    const surface = { widthPx: this.root.clientWidth, heightPx: this.root.clientHeight, isMirrored: this.#isMirrored };
    fitTo(surface, this.root, context);
    for (const { mask } of layers) if (mask) drawMask(context, mask, surface);
    context.font = `600 ${FONT_PX}px system-ui, sans-serif`;
    const widthOf = (text: string) => context.measureText(text).width;
    const drawings = layers.map(({ marks }) => drawingOf(marks, surface, FONT_PX, widthOf));
    for (const drawing of drawings) drawShapes(context, drawing);
    for (const { captions } of drawings) for (const caption of captions) drawCaption(context, caption);
    const count = countCaption(layers, surface);
    if (count) drawCaption(context, count);
  }
}

/** One unit is a pixel of the page, whatever the screen has; the canvas is empty afterwards. */
function fitTo({ widthPx, heightPx }: Surface, canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): void {
  const scale = devicePixelRatio;
  const [width, height] = [Math.round(widthPx * scale), Math.round(heightPx * scale)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, widthPx, heightPx);
  context.lineJoin = "round";
}

function drawMask(
  context: CanvasRenderingContext2D,
  mask: NonNullable<Layer["mask"]>,
  { widthPx, heightPx, isMirrored }: Surface,
): void {
  context.save();
  if (isMirrored) {
    context.translate(widthPx, 0);
    context.scale(-1, 1);
  }
  context.drawImage(mask, 0, 0, widthPx, heightPx);
  context.restore();
}

function drawShapes(context: CanvasRenderingContext2D, { lines, dots }: Drawing): void {
  for (const { points, isClosed, color, widthPx } of lines) {
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
    if (isClosed) context.closePath();
    stroke(context, outlineOf(color), widthPx + EDGE_PX);
    stroke(context, color, widthPx);
  }
  for (const { x, y, color, radiusPx } of dots) {
    context.beginPath();
    context.arc(x, y, radiusPx, 0, 2 * Math.PI);
    stroke(context, outlineOf(color), EDGE_PX);
    context.fillStyle = color;
    context.fill();
  }
}

/** On a plate of the mark's colour: an outline around small letters eats them. */
function drawCaption(context: CanvasRenderingContext2D, { text, color, x, y }: Caption): void {
  const { width } = context.measureText(text);
  context.fillStyle = color;
  context.fillRect(x - PLATE_PX, y - FONT_PX, width + 2 * PLATE_PX, FONT_PX + PLATE_PX + 1);
  context.fillStyle = outlineOf(color);
  context.fillText(text, x, y);
}

function stroke(context: CanvasRenderingContext2D, color: string, widthPx: number): void {
  context.strokeStyle = color;
  context.lineWidth = widthPx;
  context.stroke();
}
