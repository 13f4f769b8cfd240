/** Which part of the camera's picture is sent, and how large it becomes. */

/** Left, top, width and height as shares, 0..1, of the camera's picture before any mirroring. */
export type Crop = readonly [left: number, top: number, width: number, height: number];

/** The part in pixels of the camera's picture, and the size of the picture that is made of it. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
  widthPx: number;
  heightPx: number;
}

/**
 * The part that `crop` names (null: all), made to fit into `limit` pixels with its shape kept; never enlarged.
 *
 * The limit turns with the picture: an upright phone's 480 x 640 fits where 640 x 480 is asked for. `scale` (up to 1)
 * makes it smaller still.
 */
export function regionOf(
  [cameraWidthPx, cameraHeightPx]: readonly [number, number],
  crop: Crop | null,
  limit: readonly [number, number],
  scale = 1,
): Region {
  const [left, top, width, height] = crop ?? [0, 0, 1, 1];
  const part = {
    left: Math.round(left * cameraWidthPx),
    top: Math.round(top * cameraHeightPx),
    width: Math.max(1, Math.round(width * cameraWidthPx)),
    height: Math.max(1, Math.round(height * cameraHeightPx)),
  };
  const longer = Math.max(...limit) / Math.max(part.width, part.height);
  const shorter = Math.min(...limit) / Math.min(part.width, part.height);
  const factor = Math.min(1, longer, shorter) * scale;
  return {
    ...part,
    widthPx: Math.max(1, Math.round(part.width * factor)),
    heightPx: Math.max(1, Math.round(part.height * factor)),
  };
}
