/** The orange bar along the bottom edge of the picture: how much of the time limit is left. */

import type { SourceState } from "../../protocol/to_page";
import { element, setText } from "./dom";

/** As long as the fill's transition in widget.css, and as the time between two updates. */
const TRANSITION_S = 0.2;

export class TimeBar {
  readonly root: HTMLDivElement;
  readonly #fill = element("div", "nbstream-timebar-fill");
  readonly #text = element("span", "nbstream-timebar-text");

  constructor() {
    this.root = element(
      "div",
      "nbstream-timebar",
      { role: "timer", "aria-label": "Time left" },
      this.#fill,
      this.#text,
    );
    this.root.hidden = true;
  }

  update(state: SourceState | null, heardAtMs: number, nowMs: number): void {
    const leftS = secondsLeft(state, heardAtMs, nowMs);
    this.root.hidden = leftS === null;
    if (leftS === null || !state?.time_limit_s) return;
    // The fill glides to where it is told, so it is told where it will have to be by then; or it would always be late.
    const aheadS = state.clock_running ? TRANSITION_S : 0;
    const share = Math.max(0, leftS - aheadS) / state.time_limit_s;
    this.#fill.style.transform = `scaleX(${Math.min(1, share).toFixed(4)})`;
    setText(this.#text, `${Math.ceil(leftS)} s`);
  }
}

/** The kernel says what is left; in between the page counts on. Null: there is no limit, or nothing runs. */
export function secondsLeft(state: SourceState | null, heardAtMs: number, nowMs: number): number | null {
  if (!state || state.time_limit_s === null || state.remaining_s === null) return null;
  if (state.status !== "live" && state.status !== "paused") return null;
  const goneS = state.clock_running ? (nowMs - heardAtMs) / 1000 : 0;
  return Math.max(0, state.remaining_s - goneS);
}
