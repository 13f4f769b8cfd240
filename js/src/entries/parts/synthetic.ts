/** The part "synthetic": the camera that is drawn. */

export { openSyntheticCamera as default } from "../../capture/synthetic";
