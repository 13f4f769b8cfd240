/** What the host loads for a record button; a notebook without one does not. */

import { RecordModel } from "../model/record_model";
import { showRecord } from "../view/record_view";
import { defineWidget } from "./entry";

export default defineWidget({
  record(host, page) {
    const model = new RecordModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showRecord(model, el, page.clock) };
  },
});
