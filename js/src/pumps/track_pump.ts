/**
 * From the open microphone to blocks of numbered, timed samples, where the browser hands over a track's sound as it is.
 *
 * Nothing lies between the device and the queue: no audio thread that a busy machine lets wait, no rate but the device's,
 * and no loudspeaker that has to be open. The queue holds what comes while the page is busy.
 */

import type { Cancel } from "../page/clock";
import type { SoundPumpPorts } from "./sound_pump";

/** As much as the page keeps of what it has sent: a minute of blocks of 10 ms. */
const QUEUED_BLOCKS = 6000;
const REST_WITHIN_MS = 500;

export interface TrackSound {
  readonly timestamp: number;
  readonly sampleRate: number;
  readonly numberOfFrames: number;
  readonly numberOfChannels: number;
  copyTo(destination: Float32Array, options: { planeIndex: number; format: "f32-planar" }): void;
  close(): void;
}

type MakeProcessor = new (init: {
  track: MediaStreamTrack;
  maxBufferSize: number;
}) => { readable: ReadableStream<TrackSound> };

/** Undefined where the browser cannot do it; the types know of it in no browser. */
export function trackProcessor(): MakeProcessor | undefined {
  return (globalThis as { MediaStreamTrackProcessor?: MakeProcessor }).MediaStreamTrackProcessor;
}

export class TrackPump {
  readonly #ports: SoundPumpPorts;
  readonly #reader: ReadableStreamDefaultReader<TrackSound>;
  #frame = 0;
  /** From the sound's own stamps to the page's clock: the least that one took to come. */
  #offsetMs = Number.POSITIVE_INFINITY;
  #finishAtMs = Number.POSITIVE_INFINITY;
  #onRest: (() => void) | null = null;
  #cancelWait: Cancel = () => {};
  #isStopped = false;

  constructor(stream: MediaStream, Processor: MakeProcessor, ports: SoundPumpPorts) {
    this.#ports = ports;
    const track = stream.getTracks()[0] as MediaStreamTrack; // We asked for one, so there is one.
    this.#reader = new Processor({ track, maxBufferSize: QUEUED_BLOCKS }).readable.getReader();
    this.#read().catch((error) => this.#isStopped || ports.failed(error));
  }

  /** `done` is called when all that was captured until now has come, unless the pump is stopped first. */
  finish(done: () => void): void {
    this.#onRest = done;
    this.#finishAtMs = this.#ports.clock.now();
    this.#cancelWait = this.#ports.clock.after(REST_WITHIN_MS, () => this.#rest());
  }

  stop(): void {
    this.#isStopped = true;
    this.#onRest = null;
    this.#cancelWait();
    this.#reader.cancel().catch(() => {});
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      try {
        if (!this.#isStopped) this.#take(value);
      } finally {
        value.close();
      }
    }
  }

  #take(sound: TrackSound): void {
    const { clock, channels, opened, block } = this.#ports;
    const { sampleRate, numberOfFrames, timestamp } = sound;
    if (this.#frame === 0) opened(sampleRate);
    const endMs = timestamp / 1000 + (numberOfFrames * 1000) / sampleRate;
    this.#offsetMs = Math.min(this.#offsetMs, clock.now() - endMs);
    const capturedAtMs = timestamp / 1000 + this.#offsetMs;
    block({ frame: this.#frame, samples: interleave(planesOf(sound), channels), capturedAtMs });
    this.#frame += numberOfFrames;
    if (endMs + this.#offsetMs >= this.#finishAtMs) this.#rest();
  }

  #rest(): void {
    this.#cancelWait();
    const done = this.#onRest;
    this.#onRest = null;
    done?.();
  }
}

function planesOf(sound: TrackSound): Float32Array[] {
  return Array.from({ length: sound.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(sound.numberOfFrames);
    sound.copyTo(plane, { planeIndex, format: "f32-planar" });
    return plane;
  });
}

/** One channel is the mean of all; of several the first ones are taken, and the last one is repeated where some are missing. */
export function interleave(planes: readonly Float32Array[], channels: number): Float32Array {
  const length = planes[0]?.length ?? 0;
  const samples = new Float32Array(length * channels);
  for (let k = 0; k < length; k++) {
    if (channels === 1) samples[k] = planes.reduce((sum, plane) => sum + (plane[k] as number), 0) / planes.length;
    else for (let c = 0; c < channels; c++) samples[k * channels + c] = (planes[c] ?? planes.at(-1))?.[k] as number;
  }
  return samples;
}
