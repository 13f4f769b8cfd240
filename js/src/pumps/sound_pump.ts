/**
 * From the open microphone to blocks of numbered, timed samples.
 *
 * Lives as long as one open microphone. Between it and the main thread is the worklet's port, whose queue holds whatever
 * comes while the page is busy.
 */

import { SyntheticStream } from "../capture/microphone";
import type { Cancel, Clock } from "../page/clock";
import { BlockTimes } from "../sound/block_times";
import type { Block } from "../sound/chunker";
import { Autoplay, type Blocked, loadProcessors, type MakeContext } from "../sound/context";
import { COLLECTOR, type Collected, type CollectorOrder, VOICE } from "../sound/worklets";

/** The worklet answers within milliseconds; a page that is going away gets no answer. */
const REST_WITHIN_MS = 500;
/** So many samples are heard before the worklet is told, so that its queue stays bounded: ten times a second or so. */
const TOLD_AFTER = 4096;
/** Loading the worklet takes a moment; what takes so long does not come. */
const OPEN_WITHIN_MS = 10_000;

export interface SoundPumpPorts {
  clock: Clock;
  channels: number;
  makeContext: MakeContext;
  opened(rateHz: number): void;
  block(block: Block): void;
  failed(error: unknown): void;
  /** What the browser wants first. */
  blockedChanged(blocked: Blocked): void;
}

export class SoundPump {
  readonly #ports: SoundPumpPorts;
  readonly #stream: MediaStream;
  #context: AudioContext | null = null;
  #autoplay: Autoplay | null = null;
  #collector: AudioWorkletNode | null = null;
  #onRest: (() => void) | null = null;
  #cancelWait: Cancel = () => {};
  readonly #cancelOpening: Cancel;
  #isStopped = false;
  #heardCount = 0;

  constructor(stream: MediaStream, ports: SoundPumpPorts) {
    this.#stream = stream;
    this.#ports = ports;
    const tooLate = new Error(`the audio worklet has not answered for ${OPEN_WITHIN_MS / 1000} s`);
    this.#cancelOpening = ports.clock.after(OPEN_WITHIN_MS, () => this.#fail(tooLate));
    this.#open()
      .catch((error) => this.#fail(error))
      .finally(this.#cancelOpening);
  }

  /** `done` is called when all that was captured until now has come, unless the pump is stopped first. */
  finish(done: () => void): void {
    this.#onRest = done;
    if (!this.#collector) {
      this.#rest();
      return;
    }
    this.#collector.port.postMessage("finish");
    this.#cancelWait = this.#ports.clock.after(REST_WITHIN_MS, () => this.#rest());
  }

  stop(): void {
    this.#isStopped = true;
    this.#onRest = null;
    this.#cancelWait();
    this.#cancelOpening();
    this.#autoplay?.close();
    this.#collector?.disconnect();
    this.#context?.close().catch(() => {});
  }

  async #open(): Promise<void> {
    const { clock, makeContext, channels, opened, blockedChanged } = this.#ports;
    const rateHz = this.#stream.getTracks()[0]?.getSettings().sampleRate;
    // At the device's own rate nothing is resampled. Where the browser does not tell it, its own choice is that rate.
    const context = makeContext({ latencyHint: "interactive", ...(rateHz ? { sampleRate: rateHz } : {}) });
    this.#context = context;
    await loadProcessors(context);
    if (this.#isStopped) return;
    const format = { channelCount: channels, channelCountMode: "explicit" } as const;
    const collector = new AudioWorkletNode(context, COLLECTOR, { ...format, processorOptions: { channels } });
    const times = new BlockTimes(clock, context.sampleRate);
    collector.port.onmessage = ({ data }: MessageEvent<Collected>) => this.#collected(times, data);
    collector.onprocessorerror = () => this.#fail(new Error("the audio worklet has failed"));
    this.#collector = collector;
    opened(context.sampleRate);
    this.#source(context, channels).connect(collector);
    // A node that leads nowhere is not run; this one gives nothing out.
    collector.connect(context.destination);
    const autoplay = new Autoplay(context, () => blockedChanged(autoplay.blocked));
    this.#autoplay = autoplay;
  }

  #fail(error: unknown): void {
    if (!this.#isStopped) this.#ports.failed(error);
  }

  #source(context: AudioContext, channels: number): AudioNode {
    if (!(this.#stream instanceof SyntheticStream)) return context.createMediaStreamSource(this.#stream);
    const voice = new AudioWorkletNode(context, VOICE, { numberOfInputs: 0, outputChannelCount: [channels] });
    voice.onprocessorerror = () => this.#fail(new Error("the audio worklet has failed"));
    return voice;
  }

  #collected(times: BlockTimes, data: Collected): void {
    if (this.#isStopped) return;
    if (data === null) {
      this.#rest();
      return;
    }
    const count = data.samples.length / this.#ports.channels;
    this.#note(count);
    const inputLatencyMs = 1000 * ((this.#stream.getTracks()[0]?.getSettings() as { latency?: number })?.latency ?? 0);
    this.#ports.block({ ...data, capturedAtMs: times.capturedAtMs(data.frame, count) - inputLatencyMs });
  }

  #note(count: number): void {
    this.#heardCount += count;
    if (this.#heardCount < TOLD_AFTER) return;
    this.#collector?.port.postMessage(this.#heardCount satisfies CollectorOrder);
    this.#heardCount = 0;
  }

  #rest(): void {
    this.#cancelWait();
    const done = this.#onRest;
    this.#onRest = null;
    done?.();
  }
}
