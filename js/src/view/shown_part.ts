/** Of a video only what the function gets is in sight. */

import type { Crop } from "../encode/region";

/** The video is larger than its place, and moved; who mirrors it does so around the middle of what is in sight. */
export function showPart({ style }: HTMLVideoElement, [left, top, width, height]: Crop): void {
  style.width = `${100 / width}%`;
  style.height = `${100 / height}%`;
  style.left = `${(-100 * left) / width}%`;
  style.top = `${(-100 * top) / height}%`;
  style.transformOrigin = `${100 * (left + width / 2)}% 50%`;
}
