import { describe, expect, it } from "vitest";
import truth from "../../../../tests/scene_corners.json";
import type { Box } from "./layout";
import { MARKER_ROWS, QR_CODE_ROWS } from "./patterns";
import { type Card, type Point, type Scene, sceneAt } from "./scene";

const SIZES_PX = [
  [320, 240],
  [640, 480],
  [1280, 720],
  [480, 640],
  [480, 480],
] as const;

/** Two hours in steps that fit none of the movements' periods. */
const TIMES_S = Array.from({ length: 20_000 }, (_, k) => k * 0.3617);

const THINGS = ["marker", "qrCode", "circle", "square", "triangle", "face", "counter", "barcode"] as const;

function boxesOf(scene: Scene): Box[] {
  return THINGS.map((name) => {
    const thing = scene[name];
    return "bounds" in thing ? thing.bounds : thing;
  });
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function leavesPicture(box: Box, scene: Scene): boolean {
  return box.x < 0 || box.y < 0 || box.x + box.width > scene.widthPx || box.y + box.height > scene.heightPx;
}

function isInside(point: Point, box: Box): boolean {
  const roundingPx = 1e-6;
  return (
    point.x >= box.x - roundingPx &&
    point.x <= box.x + box.width + roundingPx &&
    point.y >= box.y - roundingPx &&
    point.y <= box.y + box.height + roundingPx
  );
}

/** The farthest points of the head with hair and ears, however it is tilted. */
function headPoints({ center, headRadiusPx }: Scene["face"]): Point[] {
  const reachPx = 1.22 * headRadiusPx;
  return [
    { x: center.x - reachPx, y: center.y },
    { x: center.x + reachPx, y: center.y },
    { x: center.x, y: center.y - reachPx },
    { x: center.x, y: center.y + reachPx },
  ];
}

/** Twice the signed area: positive when the corners go clockwise in a picture whose y points down. */
function windingOf(corners: readonly Point[]): number {
  return corners.reduce((sum, a, k) => {
    const b = corners[(k + 1) % corners.length] as Point;
    return sum + a.x * b.y - b.x * a.y;
  }, 0);
}

function sidesPx(card: Card): number[] {
  return card.corners.map((a, k) => {
    const b = card.corners[(k + 1) % 4] as Point;
    return Math.hypot(b.x - a.x, b.y - a.y);
  });
}

describe.each(SIZES_PX)("the scene at %i x %i", (widthPx, heightPx) => {
  it("never lets one thing overlap another or leave the picture", () => {
    const wrong: string[] = [];
    for (const timeS of TIMES_S) {
      const scene = sceneAt(timeS, widthPx, heightPx);
      const boxes = boxesOf(scene);
      boxes.forEach((box, k) => {
        if (leavesPicture(box, scene)) wrong.push(`${timeS} s: ${THINGS[k]} leaves the picture`);
        for (let other = k + 1; other < boxes.length; other++) {
          if (overlap(box, boxes[other] as Box)) wrong.push(`${timeS} s: ${THINGS[k]} overlaps ${THINGS[other]}`);
        }
      });
    }
    expect(wrong).toEqual([]);
  });

  it("keeps every corner and the whole head inside the stated bounds", () => {
    const wrongAtS = TIMES_S.filter((timeS) => {
      const { marker, qrCode, square, triangle, face } = sceneAt(timeS, widthPx, heightPx);
      const cornersInside = [marker, qrCode, square, triangle].every((thing) =>
        thing.corners.every((corner) => isInside(corner, thing.bounds)),
      );
      return !cornersInside || !headPoints(face).every((point) => isInside(point, face.bounds));
    });
    expect(wrongAtS).toEqual([]);
  });

  it("prints the codes large enough to be detected after JPEG compression", () => {
    const { marker, qrCode } = sceneAt(5, widthPx, heightPx);
    expect((sidesPx(marker)[0] as number) / MARKER_ROWS.length).toBeGreaterThan(7);
    expect((sidesPx(qrCode)[0] as number) / QR_CODE_ROWS.length).toBeGreaterThan(3.5);
  });
});

describe("the scene", () => {
  it("gives the corners of marker and QR code clockwise from their own top left", () => {
    for (const timeS of TIMES_S.slice(0, 500)) {
      const { marker, qrCode } = sceneAt(timeS, 640, 480);
      for (const card of [marker, qrCode]) {
        const [topLeft, topRight, , bottomLeft] = card.corners;
        expect(windingOf(card.corners)).toBeGreaterThan(0);
        expect(topLeft.x).toBeLessThan(topRight.x);
        expect(topLeft.y).toBeLessThan(bottomLeft.y);
      }
    }
  });

  it("gives the corners of the codes without their white margin", () => {
    const { marker, qrCode } = sceneAt(5, 640, 480);
    for (const sidePx of sidesPx(marker)) expect(sidePx).toBeCloseTo((marker.cardSidePx * 6) / 8);
    for (const sidePx of sidesPx(qrCode)) expect(sidePx).toBeCloseTo((qrCode.cardSidePx * 21) / 29);
  });

  it("is the same for the same time, and moves with it", () => {
    expect(sceneAt(12.5, 640, 480)).toEqual(sceneAt(12.5, 640, 480));
    const [before, after] = [sceneAt(12.5, 640, 480), sceneAt(13.5, 640, 480)];
    for (const name of ["marker", "qrCode", "circle", "face"] as const) {
      expect(after[name].center).not.toEqual(before[name].center);
    }
    for (const name of ["square", "triangle"] as const) {
      expect(after[name].corners).not.toEqual(before[name].corners);
    }
  });

  it("moves slowly: no code goes farther than a hundredth of the picture between two frames", () => {
    for (let frameIndex = 0; frameIndex < 3000; frameIndex++) {
      const [now, next] = [sceneAt(frameIndex / 30, 640, 480), sceneAt((frameIndex + 1) / 30, 640, 480)];
      for (const name of ["marker", "qrCode"] as const) {
        const stepPx = Math.hypot(next[name].center.x - now[name].center.x, next[name].center.y - now[name].center.y);
        expect(stepPx).toBeLessThan(6.4);
      }
    }
  });

  it("has a face that blinks and is awake most of the time", () => {
    const openness = TIMES_S.map((timeS) => sceneAt(timeS, 640, 480).face.eyeOpenness);
    expect(Math.min(...openness)).toBeLessThan(0.05);
    expect(openness.filter((value) => value === 1).length / openness.length).toBeGreaterThan(0.9);
  });

  it("keeps the barcode in the lowest twelfth, where those who follow frames look for it", () => {
    expect(sceneAt(0, 640, 480).barcode).toEqual({ x: 0, y: 440, width: 640, height: 40 });
    expect(sceneAt(0, 320, 250).barcode).toEqual({ x: 0, y: 230, width: 320, height: 20 });
  });
});

/** Tests in Python know the scene by these. */
it.each(truth)("has the corners that scene_corners.json states at frame $frame_number", (expected) => {
  const scene = sceneAt(expected.frame_number / 30, expected.width_px, expected.height_px);
  for (const [card, corners] of [
    [scene.marker, expected.marker],
    [scene.qrCode, expected.qr_code],
  ] as const) {
    card.corners.forEach(({ x, y }, k) => {
      expect(x).toBeCloseTo(corners[k]?.[0] as number, 2);
      expect(y).toBeCloseTo(corners[k]?.[1] as number, 2);
    });
  }
});
