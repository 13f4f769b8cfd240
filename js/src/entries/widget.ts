/** What the host loads for widgets of pictures. */

import { DisplayModel } from "../model/display_model";
import { WebcamModel } from "../model/webcam_model";
import { getPage } from "../page/page";
import { showDisplay } from "../view/display_view";
import { showWebcam } from "../view/webcam_view";
import { defineWidget } from "./entry";

export default defineWidget((host) => {
  const page = getPage();
  if (host.get("_kind") === "webcam") {
    const model = new WebcamModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showWebcam(model, el, page.clock) };
  }
  const model = new DisplayModel(host, page);
  return { destroy: () => model.destroy(), show: (el) => showDisplay(model, el) };
});
