/** Draws scenes. What never changes (room, printed cards) is drawn once; a frame copies it and adds what moves. */

import { BARCODE_CELL_COUNT, barcodeCells } from "./barcode";
import { drawFace } from "./face";
import type { Box } from "./layout";
import { MARKER_QUIET_CELLS, MARKER_ROWS, QR_CODE_QUIET_CELLS, QR_CODE_ROWS } from "./patterns";
import { drawRoom } from "./room";
import { type Card, type Point, type Scene, sceneAt } from "./scene";

export interface Painter {
  /** Draw the whole picture: the scene, and the frame's number as text and barcode. */
  draw(scene: Scene, frameIndex: number): void;
}

/** A painter for scenes of the canvas' size. */
export function createPainter(canvas: HTMLCanvasElement): Painter {
  const context = contextOf(canvas);
  const { width, height } = canvas;
  const first = sceneAt(0, width, height);
  const room = prerender(width, height, (onto) => drawRoom(onto, width, height));
  const marker = prerenderCard(MARKER_ROWS, MARKER_QUIET_CELLS, first.marker.cardSidePx);
  const qrCode = prerenderCard(QR_CODE_ROWS, QR_CODE_QUIET_CELLS, first.qrCode.cardSidePx);
  return {
    draw(scene, frameIndex) {
      context.drawImage(room, 0, 0);
      drawFace(context, scene.face);
      drawCard(context, scene.marker, marker);
      drawCard(context, scene.qrCode, qrCode);
      drawShapes(context, scene);
      drawCounter(context, scene.counter, frameIndex);
      drawBarcode(context, scene.barcode, frameIndex);
    },
  };
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context)
    throw new Error(
      "[nbstream] The browser gave no 2D canvas for the synthetic camera. Close other tabs and press Start again.",
    );
  return context;
}

function prerender(
  widthPx: number,
  heightPx: number,
  draw: (onto: CanvasRenderingContext2D) => void,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = widthPx;
  canvas.height = heightPx;
  draw(contextOf(canvas));
  return canvas;
}

function prerenderCard(rows: readonly string[], quietCells: number, cardSidePx: number): HTMLCanvasElement {
  const cellCount = rows.length + 2 * quietCells;
  // Whole pixels per cell and about the size on the picture: edges stay sharp when the card is turned.
  const cellPx = Math.ceil(cardSidePx / cellCount);
  return prerender(cellCount * cellPx, cellCount * cellPx, (onto) => {
    onto.fillStyle = "#fff";
    onto.fillRect(0, 0, cellCount * cellPx, cellCount * cellPx);
    onto.fillStyle = "#111";
    rows.forEach((row, y) => {
      for (let x = 0; x < row.length; x++) {
        if (row[x] === "#") onto.fillRect((x + quietCells) * cellPx, (y + quietCells) * cellPx, cellPx, cellPx);
      }
    });
  });
}

function drawCard(context: CanvasRenderingContext2D, card: Card, image: HTMLCanvasElement): void {
  context.save();
  context.translate(card.center.x, card.center.y);
  context.rotate(card.angleRad);
  context.drawImage(image, -card.cardSidePx / 2, -card.cardSidePx / 2, card.cardSidePx, card.cardSidePx);
  context.restore();
}

function drawShapes(context: CanvasRenderingContext2D, { circle, square, triangle }: Scene): void {
  context.fillStyle = "#e23d3d";
  context.beginPath();
  context.arc(circle.center.x, circle.center.y, circle.radiusPx, 0, 2 * Math.PI);
  context.fill();
  fillPolygon(context, square.corners, "#2fa84f");
  fillPolygon(context, triangle.corners, "#2f6fe0");
}

function fillPolygon(context: CanvasRenderingContext2D, corners: readonly Point[], color: string): void {
  context.fillStyle = color;
  context.beginPath();
  for (const { x, y } of corners) context.lineTo(x, y);
  context.fill();
}

function drawCounter(context: CanvasRenderingContext2D, box: Box, frameIndex: number): void {
  context.fillStyle = "#26323d";
  context.fillRect(box.x, box.y, box.width, box.height);
  context.fillStyle = "#f4f1e8";
  context.font = `600 ${Math.round(Math.min(box.height * 0.5, box.width / 7.5))}px ui-monospace, monospace`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(`frame ${frameIndex}`, box.x + box.width / 2, box.y + box.height / 2, box.width * 0.92);
}

function drawBarcode(context: CanvasRenderingContext2D, box: Box, frameIndex: number): void {
  const edgePx = (cell: number) => Math.round(box.x + (cell * box.width) / BARCODE_CELL_COUNT);
  barcodeCells(frameIndex).forEach((bit, cell) => {
    context.fillStyle = bit ? "#ebebeb" : "#141414";
    context.fillRect(edgePx(cell), box.y, edgePx(cell + 1) - edgePx(cell), box.height);
  });
}
