import { PlayerModel } from "../model/player_model";
import { Page } from "../page/page";
import { FakeAudio } from "./fake_audio";
import { FakeClock } from "./fake_clock";
import { settle } from "./fake_media";
import { FakeModel } from "./fake_model";
import { FakeVisibility } from "./fake_screen";

export const PLAYER_TRAITS = { _kind: "audio_player", _widget_id: "player", label: "", volume: 1, muted: false };

/** A page with one player in it; the test plays the kernel, the loudspeaker and the person. */
export class PlayerPage {
  readonly clock = new FakeClock();
  readonly audio = new FakeAudio();
  readonly page = new Page(this.clock, new FakeVisibility());
  readonly kernel: FakeModel;
  readonly player: PlayerModel;
  #seq = 0;

  constructor(traits: Record<string, unknown> = {}) {
    this.kernel = new FakeModel({ ...PLAYER_TRAITS, ...traits });
    this.player = new PlayerModel(this.kernel.asModel, this.page, this.audio.makeContext);
  }

  /** The kernel sends a piece. */
  async sound(samples: readonly number[], fields: Record<string, unknown> = {}): Promise<void> {
    this.#seq += 1;
    const bytes = Int16Array.from(samples);
    const channels = (fields.channels ?? 1) as number;
    const size = { channels, sample_count: samples.length / channels, byte_length: bytes.byteLength };
    const head = { nbstream: 1, type: "sound", stream: 1, seq: this.#seq, sample_rate_hz: 8000, clipped_count: 0 };
    const cause = { captured_at_ms: null, frame_seq: null, credits: {} };
    this.kernel.say({ ...head, ...size, ...cause, ...fields }, [new DataView(bytes.buffer)]);
    await settle();
  }

  silence(stream: number): void {
    this.kernel.say({ nbstream: 1, type: "silence", stream });
  }

  /** Let so many seconds pass at the newest loudspeaker. */
  hear(seconds: number): void {
    this.audio.last.render(seconds * this.audio.last.sampleRate);
  }

  /** What the newest loudspeaker gave, as int16, from its first sound to its last. */
  heard(): number[] {
    const all = this.audio.last.heard.map((value) => Math.round(value * 32768));
    const first = all.findIndex((value) => value !== 0);
    return first < 0 ? [] : all.slice(first);
  }

  /** What was told of the playing: state and how far. */
  told(): unknown[] {
    return this.kernel.sentOf("played").map(({ state, played_through }) => [state, played_through]);
  }
}
