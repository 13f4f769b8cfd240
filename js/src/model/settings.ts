/** The slow configuration: traits, which only the kernel writes. */

import type { AnyModel } from "@anywidget/types";
import type { CameraRequest } from "../capture/camera";
import type { PictureSettings } from "../pumps/frame_pump";

export interface Settings extends CameraRequest, Omit<PictureSettings, "videoCode"> {
  label: string;
}

export const SETTING_TRAITS = [
  "label",
  "device",
  "resolution",
  "facing_mode",
  "crop",
  "mirror",
  "color",
  "quality",
  "hold",
  "constraints",
  "run_hidden",
  "_wire",
] as const;

export function readSettings(model: AnyModel): Settings {
  return {
    label: model.get("label") ?? "",
    device: model.get("device") ?? "",
    resolution: model.get("resolution") ?? [640, 480],
    facingMode: model.get("facing_mode") ?? null,
    crop: model.get("crop") ?? null,
    mirror: model.get("mirror") ?? false,
    color: model.get("color") ?? "rgb",
    quality: model.get("quality") ?? 70,
    hold: model.get("hold") ?? "size",
    constraints: model.get("constraints") ?? null,
    wire: model.get("_wire") ?? "jpeg",
  };
}

/** The part that a change of needs the camera opened anew. */
export function toCameraRequest({ device, resolution, facingMode, constraints }: Settings): CameraRequest {
  return { device, resolution, facingMode, constraints };
}
