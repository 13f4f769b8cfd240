import type { WebcamModel } from "../../model/webcam_model";

/** What panels use of the model: a part has a copy of each class, and sees no private fields of the page's. */
export type Panelled = Pick<WebcamModel, "rule" | "settings" | "leastEveryMs" | "setLeastEveryMs" | "adjust">;
