/** The friendly person at the desk, in units of the head's radius. */

import type { Face } from "./scene";

const SKIN = "#f0c8a0";
const HAIR = "#5b3a29";
const SHIRT = "#5e6fb5";
const INK = "#3a2a22";

export function drawFace(context: CanvasRenderingContext2D, face: Face): void {
  context.save();
  context.translate(face.seat.x, face.seat.y);
  context.scale(face.headRadiusPx, face.headRadiusPx);
  drawShoulders(context);
  context.restore();

  context.save();
  context.translate(face.center.x, face.center.y);
  context.rotate(face.tiltRad);
  context.scale(face.headRadiusPx, face.headRadiusPx);
  drawHead(context);
  drawEye(context, -0.36, face);
  drawEye(context, 0.36, face);
  drawMouth(context);
  context.restore();
}

/** Around (0, 0), the middle of the lower edge. */
function drawShoulders(context: CanvasRenderingContext2D): void {
  context.fillStyle = SHIRT;
  context.beginPath();
  context.moveTo(-1.35, 0);
  context.bezierCurveTo(-1.35, -0.85, -0.8, -1.05, 0, -1.05);
  context.bezierCurveTo(0.8, -1.05, 1.35, -0.85, 1.35, 0);
  context.fill();
  context.fillStyle = "#dfb48b";
  context.beginPath();
  context.ellipse(0, -1.1, 0.36, 0.42, 0, 0, 2 * Math.PI);
  context.fill();
}

/** Around (0, 0), the middle of the head. */
function drawHead(context: CanvasRenderingContext2D): void {
  fillEllipse(context, HAIR, 0, -0.2, 1.02, 1.02);
  fillEllipse(context, SKIN, -0.92, 0.12, 0.16, 0.22);
  fillEllipse(context, SKIN, 0.92, 0.12, 0.16, 0.22);
  fillEllipse(context, SKIN, 0, 0.08, 0.9, 1);
  context.fillStyle = HAIR;
  context.beginPath();
  context.moveTo(-0.9, -0.02);
  context.bezierCurveTo(-0.92, -1.25, 0.92, -1.25, 0.9, -0.02);
  context.bezierCurveTo(0.74, -0.5, 0.3, -0.66, -0.15, -0.62);
  context.bezierCurveTo(-0.55, -0.6, -0.8, -0.4, -0.9, -0.02);
  context.fill();
  fillEllipse(context, "rgba(232, 110, 90, 0.35)", -0.52, 0.42, 0.18, 0.12);
  fillEllipse(context, "rgba(232, 110, 90, 0.35)", 0.52, 0.42, 0.18, 0.12);
}

function drawEye(context: CanvasRenderingContext2D, x: number, face: Face): void {
  context.strokeStyle = INK;
  context.lineCap = "round";
  context.lineWidth = 0.06;
  context.beginPath();
  context.arc(x, 0.04, 0.3, 1.28 * Math.PI, 1.72 * Math.PI);
  context.stroke();
  if (face.eyeOpenness < 0.2) {
    context.beginPath();
    context.arc(x, 0, 0.15, 0.15 * Math.PI, 0.85 * Math.PI);
    context.stroke();
    return;
  }
  fillEllipse(context, "#fff", x, 0.05, 0.18, 0.2 * face.eyeOpenness);
  fillEllipse(context, INK, x + 0.07 * face.gaze, 0.06, 0.1, 0.12 * face.eyeOpenness);
  fillEllipse(context, "#fff", x + 0.07 * face.gaze + 0.03, 0.02, 0.03, 0.03 * face.eyeOpenness);
}

function drawMouth(context: CanvasRenderingContext2D): void {
  context.lineWidth = 0.07;
  context.beginPath();
  context.arc(0, 0.3, 0.36, 0.15 * Math.PI, 0.85 * Math.PI);
  context.stroke();
  context.strokeStyle = "#d39a70";
  context.beginPath();
  context.arc(0, 0.24, 0.08, 0.1 * Math.PI, 0.9 * Math.PI);
  context.stroke();
}

function fillEllipse(
  context: CanvasRenderingContext2D,
  color: string,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
): void {
  context.fillStyle = color;
  context.beginPath();
  context.ellipse(x, y, radiusX, radiusY, 0, 0, 2 * Math.PI);
  context.fill();
}
