/** What the host loads: one module for all kinds of widgets. */

import type { AnyModel, AnyWidget, InitializeProps, RenderProps } from "@anywidget/types";
import { DisplayModel } from "./model/display_model";
import { getPage } from "./model/page";
import { WebcamModel } from "./model/webcam_model";
import { showDisplay } from "./view/display_view";
import { showWebcam } from "./view/webcam_view";

type Model = WebcamModel | DisplayModel;

/** The host hands over another proxy of the same model at each call, so ours is kept by the widget's own id. */
const models = new Map<string, Model>();

function createModel(model: AnyModel): Model {
  const page = getPage();
  return model.get("_kind") === "webcam" ? new WebcamModel(model, page) : new DisplayModel(model, page);
}

function initialize({ model }: InitializeProps): () => void {
  // Must return at once: a host that waits 2 s here loses every message of the kernel for good.
  const id: string = model.get("_widget_id");
  const made = createModel(model);
  models.set(id, made);
  return () => {
    made.destroy();
    models.delete(id);
  };
}

function render({ model, el }: RenderProps): (() => void) | undefined {
  const shown = models.get(model.get("_widget_id"));
  if (shown instanceof WebcamModel) return showWebcam(shown, el, getPage().clock);
  return shown && showDisplay(shown, el);
}

const widget: AnyWidget = { initialize, render };
export default widget;
