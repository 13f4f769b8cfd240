/** One view of a camera. */

import type { WebcamModel } from "../model/webcam_model";
import type { Clock } from "../page/clock";
import { Picture } from "./picture";
import { showSource } from "./source_view";

/** Show the camera in `container`. Returns what takes the view away again. */
export function showWebcam(model: WebcamModel, container: HTMLElement, clock: Clock): () => void {
  return showSource(model, new Picture(model), container, clock);
}
