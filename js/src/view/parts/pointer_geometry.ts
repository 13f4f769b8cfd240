/** Where in the picture a person points: from places in the page to shares of the picture, and back. */

export interface Share {
  x: number;
  y: number;
}

/** The place that the picture has in the page, in CSS pixels, and whether it is shown mirrored. */
export interface Shown {
  left: number;
  top: number;
  width: number;
  height: number;
  isMirrored: boolean;
}

/** What of a box a picture of that shape covers: it is in the middle, as large as it can be. */
export function shownIn(
  box: { left: number; top: number; width: number; height: number },
  widthToHeight: number,
  isMirrored: boolean,
): Shown {
  const width = Math.min(box.width, box.height * widthToHeight);
  const height = Math.min(box.height, box.width / widthToHeight);
  const left = box.left + (box.width - width) / 2;
  const top = box.top + (box.height - height) / 2;
  return { left, top, width, height, isMirrored };
}

/** The share of the picture at a place in the page; beyond its edges it is less than 0 or more than 1. */
export function shareAt(clientX: number, clientY: number, shown: Shown): Share {
  const x = (clientX - shown.left) / shown.width;
  return { x: shown.isMirrored ? 1 - x : x, y: (clientY - shown.top) / shown.height };
}

export function isInside({ x, y }: Share): boolean {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

export function clamped({ x, y }: Share): Share {
  return { x: Math.min(Math.max(x, 0), 1), y: Math.min(Math.max(y, 0), 1) };
}

/** Corners of the upright rectangle between two points, x and y in turn. */
export function rectangle(one: Share, other: Share): number[] {
  const [left, right] = [Math.min(one.x, other.x), Math.max(one.x, other.x)];
  const [top, bottom] = [Math.min(one.y, other.y), Math.max(one.y, other.y)];
  return [left, top, right, top, right, bottom, left, bottom];
}

/** Whether a point lies in a zone: how often a ray to the right crosses its outline. */
export function contains(zone: readonly number[], { x, y }: Share): boolean {
  let isIn = false;
  for (let k = 0; k < zone.length; k += 2) {
    const [x1, y1] = [zone[k] as number, zone[k + 1] as number];
    const [x2, y2] = [zone[(k + 2) % zone.length] as number, zone[(k + 3) % zone.length] as number];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isIn = !isIn;
  }
  return isIn;
}

/** A zone moved by so much, and no further than the picture's edges. */
export function moved(zone: readonly number[], by: Share): number[] {
  const step = { x: 0, y: 0 };
  for (const [axis, first] of [
    ["x", 0],
    ["y", 1],
  ] as const) {
    const values = zone.filter((_, k) => k % 2 === first);
    step[axis] = Math.min(Math.max(by[axis], -Math.min(...values)), 1 - Math.max(...values));
  }
  return zone.map((one, k) => Math.min(Math.max(one + (k % 2 === 0 ? step.x : step.y), 0), 1));
}
