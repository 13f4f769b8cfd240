/** A person's own copies of what is shown: a file, and a window that stays above all others. */

import type { Crop } from "../../encode/region";

/** What is in sight of a camera's widget now. */
export interface Sight {
  element: HTMLVideoElement | HTMLCanvasElement;
  isMirrored: boolean;
  /** The part of it that is seen, as shares. */
  crop: Crop;
}

/** Save what is shown as a PNG file, as it is shown. */
export function download({ element, isMirrored, crop: [left, top, width, height] }: Sight, name: string): void {
  const canvas = document.createElement("canvas");
  const isVideo = element instanceof HTMLVideoElement;
  const [wholeWidth, wholeHeight] = isVideo
    ? [element.videoWidth, element.videoHeight]
    : [element.width, element.height];
  canvas.width = Math.round(wholeWidth * width);
  canvas.height = Math.round(wholeHeight * height);
  const context = canvas.getContext("2d");
  if (isMirrored) context?.setTransform(-1, 0, 0, 1, canvas.width, 0);
  context?.drawImage(element, -wholeWidth * left, -wholeHeight * top);
  canvas.toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

export const hasPictureInPicture = (): boolean => document.pictureInPictureEnabled === true;

/** Show it in the browser's own window above all others; a second time: no longer. */
export async function togglePictureInPicture({ element }: Sight): Promise<void> {
  if (document.pictureInPictureElement) {
    await document.exitPictureInPicture();
    return;
  }
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = element instanceof HTMLVideoElement ? element.srcObject : element.captureStream();
  await video.play();
  await video.requestPictureInPicture();
  video.addEventListener("leavepictureinpicture", () => {
    video.srcObject = null;
  });
}

export function toggleFullscreen(frame: HTMLElement): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void frame.requestFullscreen?.();
}
