/** The part "compare": before and after. */

import { setTexts, type TextTable } from "../../page/texts";
import { Compare, type Compared } from "../../view/compare";

/** `texts`: the page's own words, since the part has its own table. */
export default function make(texts: TextTable, compared: Compared): Compare {
  setTexts(texts);
  return new Compare(compared);
}
