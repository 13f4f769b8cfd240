import { vi } from "vitest";
import { voiceSample } from "../sound/voice";
import { defineProcessors, type WorkletScope } from "../sound/worklets";

export const QUANTUM = 128;

type Processor = { process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean };
type Listener = ((event: { data: unknown }) => void) | null;

/** One end of a channel; what is posted arrives at once, or when a busy page gets to it. */
class FakePort {
  onmessage: Listener = null;
  other: FakePort | null = null;
  isBusy = false;
  #queue: unknown[] = [];

  postMessage(data: unknown): void {
    this.other?.arrive(data);
  }

  arrive(data: unknown): void {
    this.#queue.push(data);
    if (!this.isBusy) this.deliver();
  }

  deliver(): void {
    this.isBusy = false;
    for (const data of this.#queue.splice(0)) this.onmessage?.({ data });
  }
}

/** A node that has one output, and hears what is connected to it. */
class FakeNode {
  readonly inputs: FakeNode[] = [];
  connectedTo: FakeNode | null = null;
  onprocessorerror: (() => void) | null = null;
  gain = { value: 1, setTargetAtTime: (value: number) => (this.gain.value = value) };

  constructor(readonly render: (input: Float32Array[]) => Float32Array[] = (input) => input) {}

  connect(node: FakeNode): void {
    node.inputs.push(this);
    this.connectedTo = node;
  }

  disconnect(): void {
    const others = this.connectedTo?.inputs ?? [];
    if (others.includes(this)) others.splice(others.indexOf(this), 1);
  }

  pull(): Float32Array[] {
    return this.render(this.inputs.flatMap((input) => input.pull()));
  }
}

/** A context that renders when the test says so, with the real processors in it. */
export class FakeContext extends EventTarget {
  state: AudioContextState = "running";
  currentFrame = 0;
  /** What a microphone gives next: one number per sample. */
  next: (frame: number) => number = () => 0;
  /** All that went to the loudspeaker, left channel. */
  readonly heard: number[] = [];
  readonly destination = new FakeNode();
  readonly ports: FakePort[] = [];
  /** The worklets' ends in the page, in the order of their making. */
  readonly nodes: FakeNode[] = [];
  baseLatency = 0.01;
  outputLatency = 0.02;
  /** The browser wants a click before it lets the context run. */
  wantsClick = false;
  refusesWorklet = false;
  /** The worklet is never loaded. */
  isDeaf = false;
  readonly sampleRate: number;
  readonly #processors = new Map<string, new (options: object) => Processor>();
  #newestPort: FakePort | null = null;

  constructor(options: AudioContextOptions = {}) {
    super();
    this.sampleRate = options.sampleRate ?? 48_000;
  }

  get currentTime(): number {
    return this.currentFrame / this.sampleRate;
  }

  readonly audioWorklet = {
    addModule: async (): Promise<void> => {
      if (this.isDeaf) await new Promise(() => {});
      if (this.refusesWorklet) throw new DOMException("no", "AbortError");
      const context = this;
      const scope = {
        get currentFrame() {
          return context.currentFrame;
        },
        sampleRate: this.sampleRate,
        AudioWorkletProcessor: class {
          readonly port = context.#newestPort;
        },
        registerProcessor: (name: string, processor: unknown) =>
          this.#processors.set(name, processor as new (options: object) => Processor),
      };
      defineProcessors(scope as unknown as WorkletScope, voiceSample);
    },
  };

  makeWorkletNode(name: string, options: AudioWorkletNodeOptions): object {
    const [port, inside] = [new FakePort(), new FakePort()];
    port.other = inside;
    inside.other = port;
    this.ports.push(port);
    this.#newestPort = inside;
    const Made = this.#processors.get(name);
    if (!Made) throw new Error(`no processor ${name}`);
    const processor = new Made({ processorOptions: {}, ...options });
    const channels = options.outputChannelCount?.[0] ?? 1;
    const node = new FakeNode((input) => {
      const output = Array.from({ length: channels }, () => new Float32Array(QUANTUM));
      processor.process([input], [output]);
      return output;
    });
    const made = Object.assign(node, { port });
    this.nodes.push(made);
    return made;
  }

  createMediaStreamSource(): FakeNode {
    return new FakeNode(() => [Float32Array.from({ length: QUANTUM }, (_, k) => this.next(this.currentFrame + k))]);
  }

  createGain(): FakeNode {
    const node: FakeNode = new FakeNode((input) => input.map((one) => one.map((value) => value * node.gain.value)));
    return node;
  }

  async resume(): Promise<void> {
    if (!this.wantsClick) this.#become("running");
  }

  async suspend(): Promise<void> {
    this.#become("suspended");
  }

  async close(): Promise<void> {
    this.#become("closed");
  }

  /** Let so many samples pass, in whole quanta. */
  render(samples: number): void {
    for (let done = 0; done < samples && this.state === "running"; done += QUANTUM) {
      const [left = new Float32Array(QUANTUM)] = this.destination.pull();
      this.heard.push(...left);
      this.currentFrame += QUANTUM;
    }
  }

  #become(state: AudioContextState): void {
    if (this.state === state || this.state === "closed") return;
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

/** The page's audio for a test: each context that is asked for, in order. */
export class FakeAudio {
  readonly contexts: FakeContext[] = [];
  /** Done to each context before anybody sees it. */
  prepare: (context: FakeContext) => void = () => {};

  constructor() {
    vi.stubGlobal(
      "AudioWorkletNode",
      class {
        constructor(context: FakeContext, name: string, options: AudioWorkletNodeOptions) {
          // biome-ignore lint/correctness/noConstructorReturn: the fake context makes the node
          return context.makeWorkletNode(name, options);
        }
      },
    );
  }

  makeContext = (options: AudioContextOptions): AudioContext => {
    const context = new FakeContext(options);
    this.prepare(context);
    this.contexts.push(context);
    return context as unknown as AudioContext;
  };

  get last(): FakeContext {
    const last = this.contexts.at(-1);
    if (!last) throw new Error("nobody asked for audio");
    return last;
  }
}
