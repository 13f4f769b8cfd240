/**
 * What every source in a page does: hears the kernel, keeps its device as it is wanted, sends commands and beats, tells
 * the views.
 *
 * The capture belongs to this model and not to a view: several views mirror one capture.
 */

import type { AnyModel } from "@anywidget/types";
import {
  type DeviceWish,
  listDevices,
  rememberDevice,
  rememberedDevice,
  watchDevices,
  wishOf,
} from "../capture/devices";
import type { MediaKind } from "../capture/kind";
import { CaptureRule } from "../pacing/capture_rule";
import type { Cancel } from "../page/clock";
import { Heartbeat } from "../page/heartbeat";
import { Listeners } from "../page/listeners";
import type { Page } from "../page/page";
import type { Parts } from "../page/parts";
import {
  type Action,
  buildBeat,
  buildCamera,
  buildCommand,
  type CaptureReport,
  type CommandDetails,
  type Device,
} from "../protocol/from_page";
import type { SourceState } from "../protocol/to_page";
import type { Keeper, Pump } from "../pumps/keeper";
import { Lane, type Parse } from "./lane";

/** The part of the settings that every source has. */
export interface SourceSettings {
  label: string;
  device: string;
}

export interface SourceOptions<Message> {
  kind: MediaKind;
  parse: Parse<Message>;
  /** Whose change may ask for something else of the device. */
  traits: readonly string[];
}

export abstract class SourceModel<Message = unknown, Request = unknown, P extends Pump = Pump> {
  /** Told whenever a view should look again. */
  readonly changed = new Listeners();
  readonly rule: CaptureRule;
  readonly kind: MediaKind;
  /** When the command was given that the kernel has not answered yet. */
  askedAtMs: number | null = null;
  protected readonly page: Page;
  protected readonly model: AnyModel;
  protected readonly lane: Lane<Message>;
  // biome-ignore lint/suspicious/noExplicitAny: the size is the subclass's own business
  protected abstract readonly keeper: Keeper<Request, any, P>;
  readonly #traits: readonly string[];
  readonly #heartbeat: Heartbeat;
  readonly #views = new Set<{ isShown(): boolean }>();
  #unwatchDevices: () => void = () => {};
  #cancelCheck: Cancel = () => {};
  #toldCamera: CaptureReport | null = null;
  /** What a person chose in this page: other pages have other devices. */
  #choice: Device | null = null;
  /** What was chosen in this browser before the widget was made. */
  readonly #remembered: Device | null;
  #isDestroyed = false;

  constructor(model: AnyModel, page: Page, { kind, parse, traits }: SourceOptions<Message>) {
    this.model = model;
    this.page = page;
    this.kind = kind;
    this.#traits = [...traits, "controls"];
    this.#remembered = kind.deviceKind === null ? null : rememberedDevice(kind);
    if (kind.gesture) kind.gesture.changed = () => this.changed.notify();
    this.rule = new CaptureRule(page.clientOf(model.widget_manager));
    this.#heartbeat = new Heartbeat(page.clock, () => this.#beat());
    this.lane = new Lane(model, page, {
      parse,
      received: (message, bytes) => this.received(message, bytes),
      linkChanged: () => this.#linkChanged(),
      views: () => this.rule.views,
    });
    this.rule.isGone = this.lane.isGone;
  }

  abstract get settings(): SourceSettings;

  /** What the device is asked for; another one opens it anew. */
  protected abstract request(): Request;

  protected abstract received(message: Message, bytes: DataView | null): void;

  /** Highest seq of this run that was sent or given up. */
  protected abstract sentThrough(): number;

  /** The capture as it is. */
  get camera(): CaptureReport {
    return this.keeper.capture.report;
  }

  /** The page was saved with this widget, and no kernel is behind it. */
  get isSavedCopy(): boolean {
    return this.lane.isSavedCopy;
  }

  /** What few use, from the kernel. */
  get parts(): Parts {
    return this.lane.parts;
  }

  /** How quick the function is; null: not known, or not told of this kind of source. */
  get pace(): { fps: number; callMs: number } | null {
    return null;
  }

  /** What is captured, for previews; null while the device is off. */
  get stream(): MediaStream | null {
    return this.keeper.capture.stream;
  }

  /** `isShown` tells whether the view has room in the page, in sight or scrolled away. Returns what takes it away. */
  addView(isShown: () => boolean = () => true): () => void {
    const view = { isShown };
    this.#views.add(view);
    this.#viewsChanged();
    return () => {
      this.#views.delete(view);
      this.#viewsChanged();
    };
  }

  /**
   * Which device this page shall use: what was chosen here, until the code wishes for another one; where neither was, what
   * was chosen in this browser before.
   */
  get wish(): DeviceWish {
    if (this.#choice) return wishOf({ device: this.#choice.id, deviceLabel: this.#choice.label });
    const device: string = this.model.get("device") ?? "";
    const chosen: Device | null = this.model.get("_chosen_device") ?? null;
    const isOpen = device === "" && chosen?.id === undefined && !this.model.get("facing_mode");
    if (isOpen && this.#remembered) return wishOf({ device: this.#remembered.id, deviceLabel: this.#remembered.label });
    return wishOf({ device, ...(chosen?.id === device ? { deviceLabel: chosen.label } : {}) });
  }

  /** A person chose a device of the list. */
  choose(id: string): void {
    this.#choice = this.camera.devices.find((device) => device.id === id) ?? { id, label: "" };
    rememberDevice(this.kind, this.#choice);
    // What is wrong with the one before says nothing of this one.
    if (this.camera.state === "failed") this.keeper.capture.close();
    this.command("choose_device", { device: this.#choice });
  }

  /** Whether the code wants this control to be seen. */
  shows(control: string): boolean {
    const shown: readonly string[] | null = this.model.get("controls") ?? null;
    return shown === null || shown.includes(control);
  }

  /** A person pressed a button or chose a device. */
  command(action: Action, more: CommandDetails = {}): void {
    if (action === "stop") this.rule.stop();
    const atMs = this.page.clock.now();
    this.askedAtMs = atMs;
    this.lane.send(buildCommand(this.lane.client, action, this.page.nextCommandIndex(), { ...more, atMs }));
    this.update();
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.page.favicon.set(this, false);
    this.#cancelCheck();
    this.#heartbeat.set(false);
    this.#unwatchDevices();
    this.keeper.close();
    this.lane.close();
    this.model.off("change:device", this.#deviceChanged);
    for (const name of this.#traits) this.model.off(`change:${name}`, this.update);
  }

  /** The last thing that a subclass's constructor does. */
  protected begin(): void {
    this.model.on("change:device", this.#deviceChanged);
    for (const name of this.#traits) this.model.on(`change:${name}`, this.update);
    this.#unwatchDevices = watchDevices(this.#refreshDevices);
    this.#refreshDevices();
    this.lane.hello();
  }

  /** Take the kernel's state; false if it is older than what is known. `update` follows, when the subclass is ready. */
  protected hear(state: SourceState): boolean {
    const nowMs = this.page.clock.now();
    this.askedAtMs = null;
    // The kernel may have forgotten this page meanwhile.
    if (this.rule.isSilent(nowMs)) this.lane.hello();
    return this.rule.hear(state, nowMs);
  }

  /** Do what the facts ask for now, and look again when time changes the answer. */
  protected update = (): void => {
    if (this.#isDestroyed) return;
    const { clock } = this.page;
    const nowMs = clock.now();
    this.rule.setSeen(this.#isSeen(), nowMs);
    const { cameraRun, nextCheckAtMs } = this.rule.decide(nowMs);
    if (cameraRun === null) this.keeper.keepClosed(this.rule.whyOff(nowMs));
    else this.keeper.keepOpen(cameraRun, this.request());
    this.#cancelCheck();
    this.#cancelCheck = nextCheckAtMs === null ? () => {} : clock.after(nextCheckAtMs - clock.now() + 1, this.update);
    const { state, isOwner, views, isGone } = this.rule;
    this.#heartbeat.set(state?.wanted === true && (isOwner || views > 0) && !isGone);
    this.page.favicon.set(this, state?.wanted === true && !isGone && !this.kind.isInKernel);
    this.changed.notify();
  };

  protected captureChanged(): void {
    if (this.stream) this.#refreshDevices(); // Their names can be read from now on.
    if (this.rule.isOwner && this.camera !== this.#toldCamera) {
      this.#toldCamera = this.camera;
      this.lane.send(buildCamera(this.lane.client, this.#run, this.camera, this.page.nextReportIndex()));
    }
    this.changed.notify();
  }

  protected sendBeat(): void {
    const { views } = this.rule;
    const facts = { run: this.#run, views, sent_through: this.sentThrough(), camera: this.camera };
    const when = { sent_at_ms: this.page.clock.now(), report_index: this.page.nextReportIndex() };
    this.lane.send(buildBeat(this.lane.client, { ...facts, ...when }, this.lane.ledger.take()));
  }

  #beat(): void {
    this.page.reconnects.look(this.model.widget_manager, this.page.clock.now(), this.rule.heardAtMs);
    this.keeper.capture.check();
    this.update();
    this.sendBeat();
  }

  get #run(): number {
    return this.rule.state?.run ?? 0;
  }

  #refreshDevices = (): void => {
    listDevices(this.kind).then((devices) => this.#isDestroyed || this.keeper.capture.setDevices(devices));
  };

  /** Of a choice in another page the code's own wish is told apart by `_chosen_device`. */
  #deviceChanged = (): void => {
    if (this.model.get("_chosen_device")?.id !== this.model.get("device")) this.#choice = null;
  };

  #linkChanged(): void {
    this.rule.isGone = this.lane.isGone;
    this.update();
  }

  #isSeen(): boolean {
    if (this.model.get("run_hidden") || this.#views.size === 0) return true;
    return [...this.#views].some(({ isShown }) => isShown());
  }

  #viewsChanged(): void {
    this.rule.setViews(this.#views.size, this.page.clock.now());
    this.update();
    this.sendBeat();
  }
}
