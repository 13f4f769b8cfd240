/** Take the picture that a video shows now. */

/** A VideoFrame needs no copy and no waiting; where a browser has none of a video element, an ImageBitmap is taken. */
export function grab(video: HTMLVideoElement): ImageBitmap | VideoFrame | Promise<ImageBitmap> {
  if (typeof VideoFrame !== "undefined") {
    try {
      return new VideoFrame(video);
    } catch {
      // Not from this element, or not yet.
    }
  }
  return createImageBitmap(video);
}
