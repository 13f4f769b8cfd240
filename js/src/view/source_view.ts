/** One view of a source, around what shows the capture itself: elements are made once and updated in place. */

import { title } from "../capture/kind";
import type { SourceModel } from "../model/source_model";
import type { Clock } from "../page/clock";
import { translated } from "../page/texts";
import { Controls } from "./parts/controls";
import { element, keepKeys, setText } from "./parts/dom";
import { failureSentence } from "./parts/words";

const TICK_MS = 200;
const LINE_PX = 20;

/** What is captured, as it is shown: the picture of a camera, the waveform of a microphone. */
export interface Stage {
  readonly root: HTMLElement;
  /** Buttons of its own, beside Start and Stop. */
  readonly buttons?: readonly HTMLElement[];
  /** What lies over it. */
  readonly over?: HTMLElement[];
  update(nowMs: number): void;
  close(): void;
}

/**
 * Whether the element has room in the page. In a closed Accordion, a hidden Tab or below `display: none` it has none; what
 * is scrolled away, or in a notebook or browser tab behind another one, has.
 */
function isLaidOut(element: Element): boolean {
  let one: Element | undefined = element;
  // A notebook behind another one in JupyterLab is like a browser tab in the background.
  while (one && !one.classList.contains("lm-DockPanel-widget")) {
    if (getComputedStyle(one).display === "none") return false;
    one = one.parentElement ?? (one.getRootNode() as Partial<ShadowRoot>).host;
  }
  return element.isConnected;
}

/** Show the source in `container`. Returns what takes the view away again. */
export function showSource(model: SourceModel, stage: Stage, container: HTMLElement, clock: Clock): () => void {
  const label = element("div", "nbstream-label");
  const controls = new Controls(model, stage.buttons);
  const errorText = element("span", "nbstream-error-text");
  const errorCount = element("span", "nbstream-error-count", { title: "How often it came" });
  // The count is outside of what is read out: it changes with each call.
  errorText.setAttribute("role", "alert");
  const error = element("div", "nbstream-error", { tabindex: "0" }, errorText, errorCount);
  const readable = { role: "log", "aria-live": "off", "aria-label": "Printed by the function", tabindex: "0" };
  const log = element("div", "nbstream-log", readable);
  const progress = element("progress", "nbstream-progress", { "aria-label": "Progress" });
  const frame = element("div", "nbstream-stage", {}, stage.root, ...(stage.over ?? []), progress, controls.note);
  const root = element("div", "nbstream-source", { role: "group" }, label, frame, controls.root, error, log);
  keepKeys(root);
  let cancelTick: (() => void) | null = null;

  function update(): void {
    const { rule, settings, askedAtMs } = model;
    const { state } = rule;
    setText(label, settings.label);
    label.hidden = settings.label === "";
    root.setAttribute("aria-label", settings.label || translated(title(model.kind)));
    stage.update(clock.now());
    controls.update(clock.now());
    error.hidden = !state?.error || failureSentence(model) !== "";
    const share = rule.isGone ? null : (state?.progress ?? null);
    progress.hidden = share === null;
    progress.value = share ?? 0;
    const text = state?.error?.text ?? "";
    setText(errorText, text);
    // A traceback is code; a sentence, such as the camera's, is none.
    error.classList.toggle("nbstream-traceback", text.includes("\n"));
    setText(errorCount, (state?.error?.count ?? 0) > 1 ? `×${state?.error?.count}` : "");
    showLog(state?.log ?? []);
    tickWhile(!rule.isGone && (state?.clock_running === true || askedAtMs !== null));
  }

  /** The newest line is in sight, unless the person has scrolled up to read. */
  function showLog(lines: readonly string[]): void {
    log.hidden = lines.length === 0;
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < LINE_PX;
    setText(log, lines.join("\n"));
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  /** The seconds move on between two messages of the kernel. */
  function tickWhile(isNeeded: boolean): void {
    if (isNeeded === (cancelTick !== null)) return;
    cancelTick?.();
    cancelTick = null;
    if (isNeeded) {
      cancelTick = clock.after(TICK_MS, () => {
        cancelTick = null;
        update();
      });
    }
  }

  const unsubscribe = model.changed.add(update);
  container.classList.add("nbstream-widget");
  container.append(root);
  const removeView = model.addView(() => isLaidOut(root));
  update();

  return () => {
    unsubscribe();
    tickWhile(false);
    stage.close();
    root.remove();
    removeView();
  };
}
