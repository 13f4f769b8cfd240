/** The part "panels": what the bar over a picture opens. */

import { setTexts, type TextTable } from "../../page/texts";
import type { Panelled } from "../../view/bar/panelled";
import { Panels } from "../../view/bar/panels";

/** `texts`: the page's own words, since the part has its own table. */
export default function make(texts: TextTable, model: Panelled, close: () => void): Panels {
  setTexts(texts);
  return new Panels(model, close);
}
