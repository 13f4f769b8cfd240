/** What the host loads for widgets of pictures. */

import { inKernel } from "../capture/in_kernel";
import { screenCapture } from "../capture/screen";
import { DisplayModel } from "../model/display_model";
import { WebcamModel } from "../model/webcam_model";
import { showDisplay } from "../view/display_view";
import { showWebcam } from "../view/webcam_view";
import { defineWidget, type Make } from "./entry";

const KINDS: Record<string, Make> = {
  webcam(host, page) {
    const model = new WebcamModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showWebcam(model, el, page.clock) };
  },
  screen(host, page) {
    const model = new WebcamModel(host, page, screenCapture());
    return { destroy: () => model.destroy(), show: (el) => showWebcam(model, el, page.clock) };
  },
  kernel_source(host, page) {
    const model = new WebcamModel(host, page, inKernel(host.get("_noun") ?? "source"));
    return { destroy: () => model.destroy(), show: (el) => showWebcam(model, el, page.clock) };
  },
  image_view(host, page) {
    const model = new DisplayModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showDisplay(model, el) };
  },
};

export default defineWidget(KINDS);
