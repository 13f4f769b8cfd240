/** A source that the kernel captures for: nothing is opened in a page. */

import type { PictureSize } from "../protocol/from_page";
import type { CameraRequest } from "./camera";
import type { CaptureKind } from "./capture";

export function inKernel(noun: string): CaptureKind<CameraRequest, PictureSize> {
  return {
    noun,
    gives: "picture",
    deviceKind: null,
    options: "",
    isInKernel: true,
    icon: ["M4 5h16v14H4z", "M10 9l5 3-5 3z"],
    open: () => Promise.reject(new Error("the kernel captures")),
    noSize: { width_px: null, height_px: null },
    sizeOf: () => ({ width_px: null, height_px: null }),
  };
}
