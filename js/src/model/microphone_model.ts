/** A microphone in this page: sound goes up in chunks while the kernel keeps it, and each is kept until it has it. */

import type { AnyModel } from "@anywidget/types";
import { MICROPHONE } from "../capture/kind";
import { MICROPHONE_CAPTURE, type MicrophoneRequest, SyntheticStream } from "../capture/microphone";
import { warnOnce } from "../page/log";
import type { Page } from "../page/page";
import {
  buildChunk,
  type MicrophoneReport,
  type MicrophoneState,
  parseMicrophoneMessage,
  type Receipt,
  type ReceiptMessage,
  type SampleType,
  type SoundSize,
} from "../protocol/sound";
import { Keeper } from "../pumps/keeper";
import { SoundPump, type SoundPumpPorts } from "../pumps/sound_pump";
import { TrackPump, trackProcessor } from "../pumps/track_pump";
import { type Block, Chunker } from "../sound/chunker";
import { type Blocked, type MakeContext, makeContext } from "../sound/context";
import { Outbox, type Parcel } from "../sound/outbox";
import { extremes, Scope } from "../sound/scope";
import { SourceModel, type SourceSettings } from "./source_model";

const TRAITS = [
  "label",
  "device",
  "channels",
  "dtype",
  "echo_cancellation",
  "noise_suppression",
  "auto_gain_control",
  "constraints",
  "run_hidden",
] as const;

/** What a test puts in place of the browser's microphone and audio. */
export interface SoundHardware {
  open: (typeof MICROPHONE_CAPTURE)["open"];
  makeContext: MakeContext;
}

const BROWSER: SoundHardware = { open: MICROPHONE_CAPTURE.open, makeContext };

export class MicrophoneModel extends SourceModel<
  MicrophoneState | ReceiptMessage,
  MicrophoneRequest,
  SoundPump | TrackPump
> {
  /** What is heard now, for the views. */
  readonly scope = new Scope();
  /** Samples beyond full scale in this run. */
  clippedCount = 0;
  /** What the browser wants before it gives sound. */
  blocked: Blocked = "";
  /** Whether a person holds the button Hold to talk, as the kernel has it; null: there is none. */
  isHeld: boolean | null = null;
  /** Whether the person of this page wants silence sent in place of what is heard. */
  isMuted = false;
  /** What was said before is silence, however late it comes. */
  #mutedUntilMs = 0;
  protected readonly keeper: Keeper<MicrophoneRequest, SoundSize, SoundPump | TrackPump>;
  readonly #chunker = new Chunker((cut, pcm) => {
    this.clippedCount += cut.clipped_count;
    this.#outbox.add(cut, pcm, this.page.clock.now());
  });
  readonly #outbox = new Outbox((parcel, pcm, keptFrom) => this.#send(parcel, pcm, keptFrom));
  #run = 0;

  constructor(model: AnyModel, page: Page, { open, makeContext }: SoundHardware = BROWSER) {
    super(model, page, { kind: MICROPHONE, parse: parseMicrophoneMessage, traits: TRAITS });
    this.keeper = new Keeper(
      { ...MICROPHONE_CAPTURE, open },
      this.lane.parts,
      (stream) => this.#makePump(stream, makeContext),
      () => this.captureChanged(),
    );
    this.begin();
  }

  get settings(): SourceSettings {
    return { label: this.model.get("label") ?? "", device: this.model.get("device") ?? "" };
  }

  override get camera(): MicrophoneReport {
    return this.keeper.capture.report;
  }

  toggleMute(): void {
    this.isMuted = !this.isMuted;
    if (!this.isMuted) this.#mutedUntilMs = this.page.clock.now();
    this.changed.notify();
  }

  /** How many chunks the kernel has not said that it stored. */
  get keptCount(): number {
    return this.#outbox.keptCount;
  }

  override destroy(): void {
    super.destroy();
    this.scope.clear();
  }

  protected request(): MicrophoneRequest {
    const get = (name: string) => this.model.get(name);
    return {
      ...this.wish,
      channels: get("channels") ?? 1,
      echoCancellation: get("echo_cancellation") ?? false,
      noiseSuppression: get("noise_suppression") ?? false,
      autoGainControl: get("auto_gain_control") ?? false,
      constraints: get("constraints") ?? null,
    };
  }

  protected sentThrough(): number {
    return this.#outbox.sentThrough;
  }

  protected received(message: MicrophoneState | ReceiptMessage): void {
    if (message.type === "state") {
      if (!this.hear(message)) return;
      this.#chunker.everyS = message.stream_every_s;
      this.isHeld = message.is_held;
      if (message.run !== this.#run) this.#begin(message.run);
      this.update();
    }
    this.#accept(message.receipt);
  }

  protected override captureChanged(): void {
    const { state } = this.camera;
    if (state === "failed" || (state === "off" && this.rule.isOver)) this.#chunker.finish();
    else if (state === "off") this.#chunker.flush();
    super.captureChanged();
  }

  #begin(run: number): void {
    this.#run = run;
    this.clippedCount = 0;
    this.scope.clear();
    this.#outbox.begin(run);
    this.#chunker.begin();
  }

  #accept(receipt: Receipt): void {
    if (!this.#outbox.accept(receipt, this.page.clock.now())) return;
    // The last sound of a run is still on its way from the audio thread when the kernel keeps no more.
    const isEnding = this.stream !== null && this.rule.isOver;
    if (!isEnding) this.#chunker.setOpen(receipt.open);
  }

  #makePump(stream: MediaStream, makeContext: MakeContext): SoundPump | TrackPump {
    const { channels } = this.request();
    const ports: SoundPumpPorts = {
      clock: this.page.clock,
      channels,
      makeContext,
      opened: (rateHz) => {
        this.#chunker.deviceOpened(rateHz, channels);
        this.keeper.capture.setSize({ sample_rate_hz: rateHz, channels });
      },
      block: (block) => this.#feed(block),
      failed: (error) => this.keeper.capture.fail(error),
      blockedChanged: (blocked) => {
        this.blocked = blocked;
        this.changed.notify();
      },
    };
    const Processor = stream instanceof SyntheticStream ? undefined : trackProcessor();
    try {
      if (Processor) return new TrackPump(stream, Processor, ports);
    } catch (error) {
      warnOnce(`The microphone's track gives no sound (${error}). It is taken from the browser's audio.`);
    }
    return new SoundPump(stream, ports);
  }

  #feed(block: Block): void {
    // Silence and no gap: for the function the time goes on.
    if (this.isMuted || block.capturedAtMs < this.#mutedUntilMs) block.samples.fill(0);
    this.#chunker.dtype = (this.model.get("dtype") ?? "int16") as SampleType;
    this.scope.add(...extremes(block.samples));
    this.#chunker.feed(block);
  }

  #send(parcel: Parcel, pcm: ArrayBuffer, keptFrom: number): void {
    const chunk = { ...parcel, sent_at_ms: this.page.clock.now(), ...(keptFrom > 1 ? { kept_from: keptFrom } : {}) };
    this.lane.send(buildChunk(this.lane.client, chunk, this.lane.ledger.take()), pcm);
  }
}
