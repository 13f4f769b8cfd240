/**
 * A source in this page: hears the kernel, keeps the camera as it is wanted, sends frames and beats, tells the views.
 *
 * The capture belongs to this model and not to a view: several views mirror one capture.
 */

import type { AnyModel } from "@anywidget/types";
import { listDevices, watchDevices } from "../capture/devices";
import type { Cancel } from "../clock";
import {
  type Action,
  buildBeat,
  buildCamera,
  buildCommand,
  buildFrame,
  type CameraReport,
  type Credit,
  type KernelMessage,
  type StateMessage,
} from "../contract";
import { Listeners } from "../listeners";
import { Pacer } from "../pacer";
import { Session } from "../session";
import { StallWatch } from "../stall";
import { CameraKeeper, type Hardware } from "./camera_keeper";
import { Heartbeat } from "./heartbeat";
import { Lane } from "./lane";
import { Overlays } from "./overlays";
import { type Page, type ResultWatcher, routeCredits } from "./page";
import { BROWSER_SCREEN, Painter } from "./painter";
import { readSettings, SETTING_TRAITS, type Settings, toCameraRequest } from "./settings";

export class SourceModel implements ResultWatcher {
  /** Told whenever a view should look again. */
  readonly changed = new Listeners();
  readonly session: Session;
  readonly painter: Painter;
  readonly overlays: Overlays;
  /** When the command was given that the kernel has not answered yet. */
  askedAtMs: number | null = null;
  readonly #page: Page;
  readonly #model: AnyModel;
  readonly #lane: Lane;
  readonly #keeper: CameraKeeper;
  readonly #pacer = new Pacer();
  readonly #stalls = new StallWatch();
  readonly #heartbeat: Heartbeat;
  readonly #unwatchDevices: () => void;
  #cancelCheck: Cancel = () => {};
  #toldCamera: CameraReport | null = null;
  #isDestroyed = false;

  constructor(model: AnyModel, page: Page, hardware?: Hardware) {
    this.#model = model;
    this.#page = page;
    this.session = new Session(page.client);
    this.#heartbeat = new Heartbeat(page.clock, () => this.#sendBeat());
    this.#keeper = new CameraKeeper(this.#pumpPorts(), () => this.#cameraChanged(), hardware);
    this.#lane = new Lane(model, page, {
      received: (message, picture) => this.#received(message, picture),
      linkChanged: () => this.#linkChanged(),
      views: () => this.session.views,
    });
    const screen = { ...BROWSER_SCREEN, visibility: page.visibility };
    this.painter = new Painter(screen, (seq) => this.#lane.notePainted(seq));
    this.painter.changed.add(() => this.changed.notify());
    this.overlays = new Overlays(screen, (overlay, seq, atMs) => this.#lane.noteOverlay(overlay, seq, atMs));
    for (const name of SETTING_TRAITS) model.on(`change:${name}`, this.#update);
    page.sources.set(this.#lane.widgetId, this);
    this.#unwatchDevices = watchDevices(this.#refreshDevices);
    this.#refreshDevices();
    this.#lane.hello();
  }

  get settings(): Settings {
    return readSettings(this.#model);
  }

  get camera(): CameraReport {
    return this.#keeper.capture.report;
  }

  /** The picture as it is captured, for previews; null while the camera is off. */
  get stream(): MediaStream | null {
    return this.#keeper.capture.stream;
  }

  /** Returns what takes the view away again. */
  addView(): () => void {
    this.#setViews(this.session.views + 1);
    return () => this.#setViews(this.session.views - 1);
  }

  /** A person pressed a button or chose a device. */
  command(action: Action, device?: string): void {
    if (action === "stop") this.session.stop();
    this.askedAtMs = this.#page.clock.now();
    this.#lane.send(buildCommand(this.#page.client, action, this.#page.nextCommandIndex(), device));
    this.#update();
  }

  acceptCredit(credit: Credit): void {
    this.#pacer.acceptCredit(credit, this.#page.clock.now());
    this.#keeper.creditCame();
  }

  resultCame(frameSeq: number): void {
    this.#stalls.resultCame(frameSeq, this.#page.clock.now(), this.#pacer.callMs);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#page.favicon.set(this, false);
    this.#cancelCheck();
    this.#heartbeat.set(false);
    this.#unwatchDevices();
    this.#keeper.keepClosed();
    this.painter.close();
    this.overlays.close();
    this.#lane.close();
    if (this.#page.sources.get(this.#lane.widgetId) === this) this.#page.sources.delete(this.#lane.widgetId);
    for (const name of SETTING_TRAITS) this.#model.off(`change:${name}`, this.#update);
  }

  #received(message: KernelMessage, picture: DataView | null): void {
    if (message.type === "state") this.#hear(message);
    else if (message.type === "credit") this.acceptCredit(message.credit);
    else {
      routeCredits(this.#page, message);
      if (message.type === "overlay") this.overlays.show(message, picture, this.#page.clock.now());
      else this.painter.show({ seq: message.seq, mime: message.mime, bytes: picture });
    }
  }

  #hear(state: StateMessage): void {
    const runBefore = this.session.state?.run;
    const nowMs = this.#page.clock.now();
    this.askedAtMs = null;
    // The kernel may have forgotten this page meanwhile.
    if (this.session.isSilent(nowMs)) this.#lane.hello();
    if (!this.session.hear(state, nowMs)) return;
    // The last result stays after Stop, but a new run begins with the preview.
    const isNewRun = runBefore !== undefined && runBefore !== state.run;
    if (isNewRun) this.painter.clear();
    if (isNewRun || !state.wanted) this.overlays.clear();
    this.#pacer.begin(state.run);
    this.#pacer.everyMs = state.stream_every_s * 1000;
    this.#update();
    this.acceptCredit(state.credit);
  }

  #linkChanged(): void {
    this.session.isGone = this.#lane.isGone;
    this.#update();
  }

  #setViews(views: number): void {
    this.session.setViews(views, this.#page.clock.now());
    this.#update();
    this.#sendBeat();
  }

  /** Do what the facts ask for now, and look again when time changes the answer. */
  #update = (): void => {
    if (this.#isDestroyed) return;
    const { clock } = this.#page;
    const { cameraRun, nextCheckAtMs } = this.session.decide(clock.now());
    if (cameraRun === null) this.#keeper.keepClosed();
    else this.#keeper.keepOpen(cameraRun, toCameraRequest(this.settings));
    this.#cancelCheck();
    this.#cancelCheck = nextCheckAtMs === null ? () => {} : clock.after(nextCheckAtMs - clock.now() + 1, this.#update);
    const { state, isOwner, views, isGone } = this.session;
    this.#heartbeat.set(state?.wanted === true && (isOwner || views > 0) && !isGone);
    this.#page.favicon.set(this, state?.wanted === true && !isGone);
    this.changed.notify();
  };

  #cameraChanged(): void {
    if (this.stream) this.#refreshDevices(); // Their names can be read from now on.
    if (this.session.isOwner && this.camera !== this.#toldCamera) {
      this.#toldCamera = this.camera;
      this.#lane.send(buildCamera(this.#page.client, this.#run, this.camera));
    }
    this.changed.notify();
  }

  #refreshDevices = (): void => {
    listDevices().then((devices) => this.#isDestroyed || this.#keeper.capture.setDevices(devices));
  };

  get #run(): number {
    return this.session.state?.run ?? 0;
  }

  #sendBeat(): void {
    const { views } = this.session;
    const facts = { run: this.#run, views, sent_through: this.#pacer.sentThrough, camera: this.camera };
    const sent_at_ms = this.#page.clock.now();
    this.#lane.send(buildBeat(this.#page.client, { ...facts, sent_at_ms }, this.#lane.ledger.take()));
  }

  /** Where the server holds results back, the page's next message lets them go: a beat, which is wanted anyway. */
  #releaseHeldResult(seq: number): void {
    const { clock } = this.#page;
    const delayMs = this.#stalls.frameSent(seq, clock.now(), this.#pacer.callMs, this.#pacer.everyMs);
    if (delayMs === null) return;
    clock.after(delayMs, () => {
      if (this.#stalls.isWaitingFor(seq) && this.stream) this.#sendBeat();
    });
  }

  #pumpPorts() {
    const { clock, visibility, client } = this.#page;
    return {
      clock,
      visibility,
      pacer: this.#pacer,
      mayCapture: () => this.session.decide(clock.now()).mayCapture,
      settings: () => this.settings,
      sizeSeen: (widthPx: number, heightPx: number) => this.#keeper.capture.setSize(widthPx, heightPx),
      send: (frame: Parameters<typeof buildFrame>[1], jpeg: ArrayBuffer) => {
        this.#lane.send(buildFrame(client, frame, this.#lane.ledger.take()), jpeg);
        this.#releaseHeldResult(frame.seq);
      },
    };
  }
}
