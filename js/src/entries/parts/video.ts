/** The part "video": what makes video of a camera's pictures, and shows results that come as video. */

import { makeVideo } from "../../encode/video";
import type { VideoPart } from "../../results/results";
import { makeDecoder } from "../../results/video";

/** The encoder goes to the worker as text, which has to bring all that it uses. */
export default { makeDecoder, encoderCode: `export default ${makeVideo}` } satisfies VideoPart;
