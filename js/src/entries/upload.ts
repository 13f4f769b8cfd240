/** What the host loads for a file that a person drops or chooses; a notebook without one does not. */

import { UploadModel } from "../model/upload_model";
import { showUpload } from "../view/upload_view";
import { defineWidget } from "./entry";

export default defineWidget({
  upload(host, page) {
    const model = new UploadModel(host, page);
    return { destroy: () => model.destroy(), show: (el) => showUpload(model, el) };
  },
});
