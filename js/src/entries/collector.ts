/** What the host loads for a collector; a notebook without one does not. */

import { CollectorModel } from "../model/collector_model";
import { showCollector } from "../view/collector_view";
import { defineWidget } from "./entry";

export default defineWidget({
  collector(host, page) {
    const model = new CollectorModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showCollector(model, el) };
  },
});
