/** The room behind everything: a wall in soft light, and a desk. */

import { layoutFor } from "./layout";

export function drawRoom(context: CanvasRenderingContext2D, widthPx: number, heightPx: number): void {
  const { face, barcode } = layoutFor(widthPx, heightPx);
  const deskTopPx = Math.round(face.y + face.height);
  const wall = context.createLinearGradient(0, 0, widthPx * 0.4, deskTopPx);
  wall.addColorStop(0, "#f3e9d8");
  wall.addColorStop(1, "#bcd0cf");
  context.fillStyle = wall;
  context.fillRect(0, 0, widthPx, deskTopPx);

  const lamp = context.createRadialGradient(widthPx / 2, 0, 0, widthPx / 2, 0, deskTopPx);
  lamp.addColorStop(0, "rgba(255, 246, 220, 0.8)");
  lamp.addColorStop(1, "rgba(255, 246, 220, 0)");
  context.fillStyle = lamp;
  context.fillRect(0, 0, widthPx, deskTopPx);

  const desk = context.createLinearGradient(0, deskTopPx, 0, barcode.y);
  desk.addColorStop(0, "#d9b48a");
  desk.addColorStop(1, "#bd9166");
  context.fillStyle = desk;
  context.fillRect(0, deskTopPx, widthPx, heightPx - deskTopPx);
  context.fillStyle = "#a67a50";
  context.fillRect(0, deskTopPx, widthPx, Math.max(1, Math.round(heightPx / 160)));
}
