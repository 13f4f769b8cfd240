/**
 * Divides the picture into zones that do not touch. Each thing of the scene moves within its own zone, so nothing can
 * overlap or leave the picture, whatever the picture's size.
 */

/** Rectangle in pixels; x to the right, y down, (0, 0) the picture's top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly marker: Box;
  readonly qrCode: Box;
  readonly face: Box;
  readonly circle: Box;
  readonly square: Box;
  readonly triangle: Box;
  readonly counter: Box;
  readonly barcode: Box;
}

/** Height of the desk's rear edge, as a share of the picture above the barcode. */
const DESK_TOP = 0.72;

export function layoutFor(widthPx: number, heightPx: number): Layout {
  const barcodeHeightPx = Math.floor(heightPx / 12);
  const roomHeightPx = heightPx - barcodeHeightPx;
  const zone = (left: number, top: number, right: number, bottom: number): Box => ({
    x: left * widthPx,
    y: top * roomHeightPx,
    width: (right - left) * widthPx,
    height: (bottom - top) * roomHeightPx,
  });
  return {
    ...(widthPx > roomHeightPx ? wideWall(zone) : tallWall(zone)),
    circle: zone(0.02, 0.74, 0.23, 0.98),
    square: zone(0.25, 0.74, 0.43, 0.98),
    triangle: zone(0.45, 0.74, 0.64, 0.98),
    counter: zone(0.68, 0.78, 0.97, 0.95),
    barcode: { x: 0, y: roomHeightPx, width: widthPx, height: barcodeHeightPx },
  };
}

type Zone = (left: number, top: number, right: number, bottom: number) => Box;
type Wall = Pick<Layout, "marker" | "qrCode" | "face">;

function wideWall(zone: Zone): Wall {
  return {
    marker: zone(0.01, 0.02, 0.31, 0.7),
    face: zone(0.31, 0.02, 0.58, DESK_TOP),
    qrCode: zone(0.58, 0.02, 0.99, 0.7),
  };
}

function tallWall(zone: Zone): Wall {
  return {
    marker: zone(0.01, 0.01, 0.48, 0.36),
    qrCode: zone(0.5, 0.01, 0.99, 0.38),
    face: zone(0.1, 0.39, 0.9, DESK_TOP),
  };
}
