import { type MicrophoneRequest, SyntheticStream } from "../capture/microphone";
import { MicrophoneModel } from "../model/microphone_model";
import { Page } from "../page/page";
import type { MicrophoneState, Receipt } from "../protocol/sound";
import { voiceSample } from "../sound/voice";
import { FakeAudio, QUANTUM } from "./fake_audio";
import { FakeClock } from "./fake_clock";
import { FakePrompt, FakeStream, FakeTrack, settle } from "./fake_media";
import { FakeModel } from "./fake_model";
import { FakeVisibility } from "./fake_screen";
import { state } from "./messages";

export const RATE_HZ = 8000;
export const MICROPHONE_TRAITS = {
  _kind: "microphone",
  _widget_id: "mic",
  label: "",
  device: "",
  channels: 1,
  dtype: "int16",
  echo_cancellation: false,
  noise_suppression: false,
  auto_gain_control: false,
  constraints: null,
};

/** A page with one microphone in it; the test plays the kernel, the microphone, the audio clock and the person. */
export class MicrophonePage {
  readonly clock = new FakeClock();
  readonly audio = new FakeAudio();
  readonly page = new Page(this.clock, new FakeVisibility());
  readonly kernel: FakeModel;
  readonly prompt = new FakePrompt();
  readonly asked: MicrophoneRequest[] = [];
  readonly source: MicrophoneModel;
  #index = 0;

  constructor(traits: Record<string, unknown> = {}) {
    this.kernel = new FakeModel({ ...MICROPHONE_TRAITS, ...traits });
    this.source = new MicrophoneModel(this.kernel.asModel, this.page, {
      open: (request) => {
        this.asked.push(request);
        return this.prompt.getUserMedia({ audio: true });
      },
      makeContext: this.audio.makeContext,
    });
  }

  /** The kernel sends a state, newer than the one before, with this page as the owner. */
  say(fields: Partial<MicrophoneState> = {}, receipt: Partial<Receipt> = {}): void {
    this.#index += 1;
    const { credit: _credit, ...rest } = state({ index: this.#index, owner: this.page.client, ...fields });
    this.kernel.say({ is_held: null, ...rest, receipt: this.#receipt({ run: rest.run, ...receipt }) });
  }

  /** A receipt alone. */
  receive(fields: Partial<Receipt>): void {
    this.#index += 1;
    this.kernel.say({ nbstream: 1, type: "receipt", receipt: this.#receipt(fields) });
  }

  async grant(stream = new FakeStream(microphoneTrack())): Promise<FakeStream> {
    this.prompt.last.grant(stream);
    await settle();
    if (this.audio.contexts.length > 0) this.audio.last.next = (frame) => (frame % 30_000) / 32768;
    return stream;
  }

  async goLive({ run = 1, open = true, isSynthetic = false } = {}): Promise<FakeStream> {
    this.say({ run }, { open });
    return this.grant(isSynthetic ? ({ asStream: new SyntheticStream() } as unknown as FakeStream) : undefined);
  }

  /** Let so many seconds of sound pass. */
  hear(seconds: number): void {
    const { sampleRate } = this.audio.last;
    for (let done = 0; done < seconds * sampleRate; done += QUANTUM) {
      this.clock.advance((1000 * QUANTUM) / sampleRate);
      this.audio.last.render(QUANTUM);
    }
  }

  /** The page's end of the line to the audio thread. */
  get port() {
    return this.audio.last.ports[0] as FakeAudio["contexts"][number]["ports"][number];
  }

  chunks(): Record<string, unknown>[] {
    return this.kernel.sentOf("chunk");
  }

  /** All samples of all chunks, in order. */
  heard(): number[] {
    const chunks = this.kernel.sent.filter(({ content }) => content.type === "chunk");
    return chunks.flatMap(({ buffers }) => [...new Int16Array(buffers[0] as ArrayBuffer)]);
  }

  /** As many samples of the synthetic voice, from where these ones begin. */
  voice(like: number[]): number[] {
    const rateHz = this.audio.last.sampleRate;
    const start = like.slice(0, 20).join();
    const all = Array.from({ length: like.length + rateHz }, (_, k) => voiceSample(k, rateHz));
    const from = all.findIndex((_, k) => all.slice(k, k + 20).join() === start);
    return all.slice(from, from + like.length);
  }

  #receipt(fields: Partial<Receipt>): Receipt {
    return { index: this.#index, run: 1, open: true, received_through: 0, missing_through: 0, ...fields };
  }
}

function microphoneTrack(): FakeTrack {
  return new FakeTrack("Fake microphone", { sampleRate: RATE_HZ, deviceId: "fake" });
}
