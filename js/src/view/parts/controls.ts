/** The row below the picture: buttons, the list of devices, and the status. Always there, at the same place. */

import type { SourceModel } from "../../model/source_model";
import { DeviceList } from "./device_list";
import { button, element, focused, say, setText } from "./dom";
import { paceText, shownStatus, statusNote, statusWord } from "./words";

export class Controls {
  readonly root: HTMLDivElement;
  readonly #model: SourceModel;
  readonly #start: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #takeOver: HTMLButtonElement;
  readonly #capture: HTMLButtonElement;
  readonly #devices: DeviceList;
  /** How quick it is; no live region, for it changes each second. */
  readonly #pace = element("span", "nbstream-pace", { title: "Results in a second, and how long a call takes" });
  readonly #status = element("span", "nbstream-status", { role: "status", "aria-live": "polite" });
  /** Lies over the picture: a sentence that comes and goes moves nothing. */
  readonly note = element("div", "nbstream-note", { "aria-live": "polite" });

  /** `own`: buttons that sources of this kind have besides. */
  constructor(model: SourceModel, own: readonly HTMLElement[] = []) {
    this.#model = model;
    const { noun } = model.kind;
    this.#start = button("nbstream-start", "Start", "Start the stream", () => this.#pressStart());
    this.#stop = button("nbstream-stop", "Stop", `Stop the stream and turn the ${noun} off`, () =>
      model.command("stop"),
    );
    this.#takeOver = button("nbstream-takeover", "Take over", `Use the ${noun} of this page instead`, () =>
      model.command("take_over"),
    );
    this.#capture = button("nbstream-capture", "Capture", "Call the function with the next picture (Space)", () =>
      model.command("capture"),
    );
    this.#devices = new DeviceList(model.kind, (id) => model.choose(id));
    const buttons = [this.#start, this.#stop, this.#capture, ...own, this.#takeOver, this.#devices.root];
    this.root = element("div", "nbstream-controls", {}, ...buttons, this.#status, this.#pace);
  }

  update(nowMs: number): void {
    const { rule, camera, wish, kind } = this.#model;
    const { state, isGone } = rule;
    const canResume = state?.can_resume ?? false;
    const isRunning = state !== null && !["idle", "failed"].includes(state.status);
    const isAwaited = kind.gesture?.isAwaited ?? false;
    say(this.#start, isAwaited ? "Share" : canResume ? "Resume" : "Start");
    const mayStart = !isGone && (isAwaited || !(isRunning && !canResume && state.status !== "paused"));
    const mayStop = !isGone && (isRunning || state?.wanted || this.#model.askedAtMs !== null);
    this.#enable(mayStart, mayStop);
    const waiting = state?.captures_waiting ?? null;
    this.#capture.hidden = waiting === null;
    this.#capture.disabled = isGone || state?.status !== "live";
    say(this.#capture, waiting ? `Capture (${waiting})` : "Capture");
    this.#takeOver.hidden = isGone || !rule.isGuest;
    // A choice here would be one for the other page, which has other cameras.
    this.#devices.root.hidden = rule.isGuest || kind.deviceKind === null || !this.#model.shows("devices");
    this.#start.hidden = !this.#model.shows("start");
    this.#stop.hidden = this.#start.hidden;
    this.#devices.update(camera.devices, wish, camera.label);
    this.#status.dataset.status = shownStatus(this.#model, nowMs);
    say(this.#status, statusWord(this.#model, nowMs));
    setText(this.#pace, this.#status.dataset.status === "live" ? paceText(this.#model.pace) : "");
    this.#status.title = this.#status.textContent ?? "";
    say(this.note, statusNote(this.#model, nowMs));
    this.note.dataset.status = this.#status.dataset.status;
    // What has to be scrolled must be reached by keys.
    this.note.tabIndex = this.note.scrollHeight > this.note.clientHeight ? 0 : -1;
  }

  /** A button that is disabled loses the focus: the other one takes it, so that keys go on where they were. */
  #enable(mayStart: boolean, mayStop: boolean): void {
    const had = focused(this.root);
    this.#start.disabled = !mayStart;
    this.#stop.disabled = !mayStop;
    if (had === this.#start && !mayStart && mayStop) this.#stop.focus({ preventScroll: true });
    if (had === this.#stop && !mayStop && mayStart) this.#start.focus({ preventScroll: true });
  }

  #pressStart(): void {
    const { rule, kind } = this.#model;
    if (kind.gesture?.isAwaited) kind.gesture.click();
    else this.#model.command(rule.state?.can_resume ? "resume" : "start");
  }
}
