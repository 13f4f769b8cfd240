/** A camera, or another source of pictures, in this page: frames go up as the pacer lets them, and results of its own are painted in the preview's place. */

import type { AnyModel } from "@anywidget/types";
import { CAMERA_CAPTURE, type CameraRequest } from "../capture/camera";
import type { CaptureKind } from "../capture/capture";
import type { Encoder } from "../encode/job";
import { Pacer } from "../pacing/pacer";
import { Rate } from "../pacing/rate";
import { StallWatch } from "../pacing/stall";
import type { Page, ResultWatcher } from "../page/page";
import { type Adjustment, buildFrame, type CameraReport, type PictureSize } from "../protocol/from_page";
import { type Credit, type KernelMessage, parseKernelMessage, type StateMessage } from "../protocol/to_page";
import { FramePump, type PumpPorts } from "../pumps/frame_pump";
import { Keeper } from "../pumps/keeper";
import { Results } from "../results/results";
import { Pointing } from "./pointing";
import { readSettings, SETTING_TRAITS, type Settings, toCameraRequest } from "./settings";
import { SourceModel } from "./source_model";

/** Which pictures are captured, and what a test puts in place of the browser's encoder. */
export interface Hardware extends CaptureKind<CameraRequest, PictureSize> {
  makeEncoder?: () => Promise<Encoder>;
}

export class WebcamModel extends SourceModel<KernelMessage, CameraRequest, FramePump> implements ResultWatcher {
  readonly results: Results;
  readonly pointing: Pointing;
  protected readonly keeper: Keeper<CameraRequest, PictureSize, FramePump>;
  readonly #pacer = new Pacer();
  readonly #stalls = new StallWatch();
  readonly #rate = new Rate();
  /** How this page's person wants the preview; null: as the code says. */
  #mirrors: boolean | null = null;
  #leastEveryMs = 0;

  constructor(model: AnyModel, page: Page, hardware: Hardware = CAMERA_CAPTURE) {
    super(model, page, { kind: hardware, parse: parseKernelMessage, traits: SETTING_TRAITS });
    this.keeper = new Keeper(
      hardware,
      this.lane.parts,
      (stream) => new FramePump(stream, this.#pumpPorts(), hardware.makeEncoder),
      () => this.captureChanged(),
    );
    this.results = new Results(page, this.lane, () => this.changed.notify());
    const notify = () => this.changed.notify();
    this.pointing = new Pointing(model, page, (message) => this.lane.send(message), notify);
    page.sources.set(this.lane.widgetId, this);
    this.begin();
  }

  get settings(): Settings {
    const settings = readSettings(this.model);
    return this.mayMirror && this.#mirrors !== null
      ? { ...settings, mirror: this.#mirrors ? "preview" : false }
      : settings;
  }

  /** Whether a person may mirror the preview: where functions get it mirrored, that is the code's. */
  get mayMirror(): boolean {
    return this.model.get("mirror") !== "pixels";
  }

  /** A person wants the preview the other way round, in this page. */
  toggleMirror(): void {
    this.#mirrors = this.settings.mirror === false;
    this.changed.notify();
  }

  /** The least time between two pictures that a person wants; 0: as the code says. */
  get leastEveryMs(): number {
    return this.#leastEveryMs;
  }

  setLeastEveryMs(everyMs: number): void {
    this.#leastEveryMs = everyMs;
    this.#setPace();
  }

  /** A person wants another size or quality. */
  adjust(adjustment: Adjustment): void {
    this.command("adjust", { adjustment });
  }

  /** Calls of the function in a second, and how long one takes; null: not known yet. */
  override get pace(): { fps: number; callMs: number } | null {
    const { callMs } = this.#pacer;
    const fps = this.#rate.perSecond(this.page.clock.now(), callMs);
    return fps === null || callMs === null ? null : { fps, callMs };
  }

  override get camera(): CameraReport {
    return this.keeper.capture.report;
  }

  acceptCredit(credit: Credit): void {
    this.#pacer.acceptCredit(credit, this.page.clock.now());
    this.#rate.note(credit.ended_through, this.page.clock.now());
    this.keeper.pump?.creditCame();
  }

  resultCame(frameSeq: number): void {
    this.#stalls.resultCame(frameSeq, this.page.clock.now(), this.#pacer.callMs);
  }

  override destroy(): void {
    super.destroy();
    this.results.close();
    this.pointing.close();
    if (this.page.sources.get(this.lane.widgetId) === this) this.page.sources.delete(this.lane.widgetId);
  }

  protected request(): CameraRequest {
    return { ...toCameraRequest(this.settings), ...this.wish };
  }

  protected sentThrough(): number {
    return this.#pacer.sentThrough;
  }

  protected received(message: KernelMessage, picture: DataView | null): void {
    if (message.type === "state") this.#takeState(message);
    else if (message.type === "credit") this.acceptCredit(message.credit);
    else this.results.show(message, picture);
  }

  #takeState(state: StateMessage): void {
    const runBefore = this.rule.state?.run;
    if (!this.hear(state)) return;
    // The last result stays after Stop, but a new run begins with the preview.
    const isNewRun = runBefore !== undefined && runBefore !== state.run;
    if (isNewRun) this.results.painter.clear();
    if (isNewRun || !state.wanted) this.results.overlays.clear();
    if (this.settings.wire !== "jpeg") this.results.mayBeVideo(this.parts);
    this.#pacer.begin(state.run);
    this.#setPace();
    this.update();
    this.acceptCredit(state.credit);
  }

  #setPace(): void {
    this.#pacer.everyMs = Math.max(this.#leastEveryMs, (this.rule.state?.stream_every_s ?? 0) * 1000);
  }

  /** Where the server holds results back, the page's next message lets them go: a beat, which is wanted anyway. */
  #releaseHeldResult(seq: number): void {
    const { clock } = this.page;
    const delayMs = this.#stalls.frameSent(seq, clock.now(), this.#pacer.callMs, this.#pacer.everyMs);
    if (delayMs === null) return;
    clock.after(delayMs, () => {
      if (this.#stalls.isWaitingFor(seq) && this.stream) this.sendBeat();
    });
  }

  #pumpPorts(): PumpPorts {
    const { clock, visibility } = this.page;
    const { client } = this.lane;
    return {
      clock,
      visibility,
      pacer: this.#pacer,
      mayCapture: () => this.rule.decide(clock.now()).mayCapture,
      settings: () => ({ ...this.settings, videoCode: this.results.encoderCode }),
      sizeSeen: (width_px, height_px) => this.keeper.capture.setSize({ width_px, height_px }),
      send: (frame, jpeg) => {
        this.lane.send(buildFrame(client, frame, this.lane.ledger.take()), jpeg);
        this.#releaseHeldResult(frame.seq);
      },
      failed: (error) => this.keeper.capture.fail(error),
    };
  }
}
