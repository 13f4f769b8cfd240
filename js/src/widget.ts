/** What the host loads for widgets of pictures. */

import { defineWidget } from "./entry";
import { DisplayModel } from "./model/display_model";
import { getPage } from "./model/page";
import { WebcamModel } from "./model/webcam_model";
import { showDisplay } from "./view/display_view";
import { showWebcam } from "./view/webcam_view";

export default defineWidget((host) => {
  const page = getPage();
  if (host.get("_kind") === "webcam") {
    const model = new WebcamModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showWebcam(model, el, page.clock) };
  }
  const model = new DisplayModel(host, page);
  return { destroy: () => model.destroy(), show: (el) => showDisplay(model, el) };
});
