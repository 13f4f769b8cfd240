/**
 * What the synthetic camera sees, and exactly where: a pure function of time and picture size, so that tests and
 * lessons can compare what they detect with the truth.
 *
 * Coordinates are those of a canvas: (0, 0) is the outer corner of the first pixel, whose middle is (0.5, 0.5).
 * OpenCV counts from the middle of the first pixel: take 0.5 off before comparing.
 */

import { type Box, layoutFor } from "./layout";
import { MARKER_QUIET_CELLS, MARKER_ROWS, QR_CODE_QUIET_CELLS, QR_CODE_ROWS } from "./patterns";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Clockwise from the top left corner of the thing itself, which is not always the uppermost in the picture. */
export type Corners = readonly [Point, Point, Point, Point];

/** A square card with a printed code. `bounds` of this and all other things: the upright box that it stays inside. */
export interface Card {
  readonly center: Point;
  readonly angleRad: number;
  /** Side of the whole card, with the white margin around the code. */
  readonly cardSidePx: number;
  /** Corners of the code, without the white margin. */
  readonly corners: Corners;
  readonly bounds: Box;
}

export interface Circle {
  readonly center: Point;
  readonly radiusPx: number;
  readonly bounds: Box;
}

/** A square or an equilateral triangle, by its corners. */
export interface Polygon {
  readonly corners: readonly Point[];
  readonly bounds: Box;
}

export interface Face {
  /** Middle of the head. */
  readonly center: Point;
  readonly headRadiusPx: number;
  readonly tiltRad: number;
  /** Middle of the shoulders' lower edge, at the desk. */
  readonly seat: Point;
  /** 0: eyes closed, 1: open. */
  readonly eyeOpenness: number;
  /** Where the eyes look, -1 (left) to 1 (right). */
  readonly gaze: number;
  readonly bounds: Box;
}

export interface Scene {
  readonly widthPx: number;
  readonly heightPx: number;
  /** ArUco marker 7 of DICT_4X4_50. */
  readonly marker: Card;
  /** QR code of the text "nbstream". */
  readonly qrCode: Card;
  readonly circle: Circle;
  readonly square: Polygon;
  readonly triangle: Polygon;
  readonly face: Face;
  /** Where the frame's number stands as text, and as a barcode. */
  readonly counter: Box;
  readonly barcode: Box;
}

/** The scene `timeS` seconds after the camera was opened, in a picture of that size in pixels. */
export function sceneAt(timeS: number, widthPx: number, heightPx: number): Scene {
  const zones = layoutFor(widthPx, heightPx);
  return {
    widthPx,
    heightPx,
    marker: cardAt(timeS, zones.marker, MARKER_ROWS.length, MARKER_QUIET_CELLS, 0.14, 0.76),
    qrCode: cardAt(timeS + 20, zones.qrCode, QR_CODE_ROWS.length, QR_CODE_QUIET_CELLS, 0.06, 0.86),
    circle: circleAt(timeS, zones.circle),
    square: polygonAt(timeS, zones.square, 4, (-3 / 4) * Math.PI),
    triangle: polygonAt(timeS + 3, zones.triangle, 3, (-1 / 2) * Math.PI),
    face: faceAt(timeS, zones.face),
    counter: zones.counter,
    barcode: zones.barcode,
  };
}

function cardAt(
  timeS: number,
  zone: Box,
  codeCells: number,
  quietCells: number,
  maxAngleRad: number,
  shareOfZone: number,
): Card {
  const cardSidePx = shareOfZone * Math.min(zone.width, zone.height);
  const codeSidePx = (cardSidePx * codeCells) / (codeCells + 2 * quietCells);
  const angleRad = maxAngleRad * wave(timeS, 9, 4.3);
  const reachPx = (cardSidePx / 2) * (Math.cos(maxAngleRad) + Math.sin(maxAngleRad));
  const center = wander(timeS, zone, reachPx, reachPx);
  return {
    center,
    angleRad,
    cardSidePx,
    corners: squareCorners(center, codeSidePx, angleRad),
    bounds: boundsOf(squareCorners(center, cardSidePx, angleRad)),
  };
}

function circleAt(timeS: number, zone: Box): Circle {
  const radiusPx = 0.3 * Math.min(zone.width, zone.height);
  const center = wander(timeS, zone, radiusPx, radiusPx);
  return { center, radiusPx, bounds: boxAround(center, radiusPx, radiusPx) };
}

function polygonAt(timeS: number, zone: Box, cornerCount: number, firstCornerRad: number): Polygon {
  const radiusPx = 0.4 * Math.min(zone.width, zone.height);
  const center = wander(timeS, zone, radiusPx, radiusPx);
  const turnRad = firstCornerRad + 0.5 * wave(timeS, 5, 3.1);
  const corners = Array.from({ length: cornerCount }, (_, k) =>
    polar(center, radiusPx, turnRad + (2 * Math.PI * k) / cornerCount),
  );
  return { corners, bounds: boundsOf(corners) };
}

function faceAt(timeS: number, zone: Box): Face {
  const headRadiusPx = Math.min(zone.width / 3.3, zone.height / 3.8);
  const bottomPx = zone.y + zone.height;
  const shouldersPx = 1.35 * headRadiusPx;
  const sway = wave(timeS, 6, 2.6);
  const seat = {
    x: zone.x + zone.width / 2 + sway * Math.min(zone.width / 2 - shouldersPx, headRadiusPx / 2),
    y: bottomPx,
  };
  const center = {
    x: seat.x + 0.12 * headRadiusPx * sway,
    y: bottomPx - (2.2 + 0.1 * wave(timeS, 2.9, 1.9)) * headRadiusPx,
  };
  const topPx = center.y - 1.3 * headRadiusPx;
  return {
    center,
    headRadiusPx,
    tiltRad: 0.1 * wave(timeS, 4.7, 3.3),
    seat,
    eyeOpenness: eyeOpennessAt(timeS),
    gaze: wave(timeS, 7.3, 3.7),
    bounds: { x: seat.x - shouldersPx, y: topPx, width: 2 * shouldersPx, height: bottomPx - topPx },
  };
}

function eyeOpennessAt(timeS: number): number {
  const blinkS = 0.24;
  const sinceBlinkS = timeS % 3.4;
  return sinceBlinkS < blinkS ? 1 - Math.sin((Math.PI * sinceBlinkS) / blinkS) : 1;
}

/** Between -1 and 1; two periods, so that the movement does not look mechanical. */
function wave(timeS: number, slowPeriodS: number, fastPeriodS: number): number {
  return 0.75 * Math.sin((2 * Math.PI * timeS) / slowPeriodS) + 0.25 * Math.sin((2 * Math.PI * timeS) / fastPeriodS);
}

/** Where the middle of a thing is that reaches so far to each side and never leaves its zone. */
function wander(timeS: number, zone: Box, reachXPx: number, reachYPx: number): Point {
  return {
    x: zone.x + zone.width / 2 + (zone.width / 2 - reachXPx) * wave(timeS, 11, 5.3),
    y: zone.y + zone.height / 2 + (zone.height / 2 - reachYPx) * wave(timeS + 2, 8, 3.7),
  };
}

function squareCorners(center: Point, sidePx: number, angleRad: number): Corners {
  const corner = (k: number) => polar(center, sidePx / Math.SQRT2, angleRad + (Math.PI / 4) * (2 * k - 3));
  return [corner(0), corner(1), corner(2), corner(3)];
}

function polar(center: Point, radiusPx: number, angleRad: number): Point {
  return { x: center.x + radiusPx * Math.cos(angleRad), y: center.y + radiusPx * Math.sin(angleRad) };
}

function boxAround(center: Point, halfWidthPx: number, halfHeightPx: number): Box {
  return { x: center.x - halfWidthPx, y: center.y - halfHeightPx, width: 2 * halfWidthPx, height: 2 * halfHeightPx };
}

function boundsOf(corners: readonly Point[]): Box {
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
