/** An audio player in this page: plays what comes once, however many views it has, and tells the kernel how far it is. */

import type { AnyModel } from "@anywidget/types";
import { Heartbeat } from "../page/heartbeat";
import { Listeners } from "../page/listeners";
import { warnOnce } from "../page/log";
import { type Page, routeCredits } from "../page/page";
import {
  buildPlayed,
  type Played,
  parsePlayerMessage,
  type SilenceMessage,
  type SoundMessage,
} from "../protocol/sound";
import { type Blocked, type MakeContext, makeContext as makeBrowserContext } from "../sound/context";
import { Scope } from "../sound/scope";
import { type Piece, Speaker } from "../sound/speaker";
import type { QueueNews } from "../sound/worklets";
import { Lane } from "./lane";

const TRAITS = ["label", "volume", "muted"] as const;
/** A number further ahead of the one before is none: no such many pieces, or silences, are lost while a page plays. */
const MAX_SEQ_AHEAD = 1e6;
const MAX_STREAM_AHEAD = 1e4;

export class PlayerModel {
  /** Told whenever a view should look again. */
  readonly changed = new Listeners();
  /** What is heard now, for the views. */
  readonly scope = new Scope();
  isPlaying = false;
  /** A sentence; "" while nothing is wrong. */
  problem = "";
  /** Values beyond full scale that the kernel has cut. */
  clippedCount = 0;
  readonly #model: AnyModel;
  readonly #page: Page;
  readonly #lane: Lane<SoundMessage | SilenceMessage>;
  readonly #makeContext: MakeContext;
  readonly #heartbeat: Heartbeat;
  #speaker: Speaker | null = null;
  /** Of another rate than what plays: they wait for its end. */
  #later: { rateHz: number; piece: Piece }[] = [];
  #views = 0;
  #stream = 1;
  /** The kernel may have counted on for days until this page has said hello. */
  #knowsStream = false;
  #knowsSeq = false;
  #takenSeq = 0;
  #playedSeq = 0;
  /** Nothing up to here is still to be played: it was, or it was silenced. */
  #doneSeq = 0;

  constructor(model: AnyModel, page: Page, makeContext: MakeContext = makeBrowserContext) {
    this.#model = model;
    this.#page = page;
    this.#makeContext = makeContext;
    this.#heartbeat = new Heartbeat(page.clock, () => this.#tell());
    this.#lane = new Lane(model, page, {
      parse: parsePlayerMessage,
      received: (message, bytes) => this.#received(message, bytes),
      linkChanged: () => this.changed.notify(),
      // A page that shows no view plays nothing, so it says nothing.
      views: () => this.#views || null,
    });
    for (const name of TRAITS) model.on(`change:${name}`, this.#traitChanged);
  }

  get label(): string {
    return this.#model.get("label") ?? "";
  }

  /** 0..1 */
  get volume(): number {
    return this.#model.get("volume") ?? 1;
  }

  get muted(): boolean {
    return this.#model.get("muted") ?? false;
  }

  get blocked(): Blocked {
    return this.#speaker?.blocked ?? "";
  }

  /** A person moved the slider or pressed the button. */
  set(trait: "volume" | "muted", value: number | boolean): void {
    this.#model.set(trait, value);
    this.#model.save_changes();
  }

  /** A person allowed the sound. */
  unblock(): void {
    this.#speaker?.unblock();
  }

  /** Returns what takes the view away again. */
  addView(): () => void {
    this.#views += 1;
    if (this.#views === 1) {
      this.#knowsStream = false;
      this.#knowsSeq = false;
      this.#lane.hello();
    }
    return () => {
      this.#views -= 1;
      if (this.#views > 0) return;
      this.#lane.bye();
      this.#dropAll();
      // The kernel sends again, with its old number, what was not played.
      this.#takenSeq = this.#playedSeq;
    };
  }

  destroy(): void {
    for (const name of TRAITS) this.#model.off(`change:${name}`, this.#traitChanged);
    this.#dropAll();
    this.#lane.close();
  }

  #received(message: SoundMessage | SilenceMessage, bytes: DataView | null): void {
    if (message.stream < this.#stream || this.#isFarAhead(message)) return;
    this.#knowsStream = true;
    if (message.stream > this.#stream) this.#silence(message.stream);
    if (message.type === "sound" && bytes) this.#take(message, bytes);
  }

  #isFarAhead(message: SoundMessage | SilenceMessage): boolean {
    if (this.#knowsStream && message.stream > this.#stream + MAX_STREAM_AHEAD) return true;
    return message.type === "sound" && this.#knowsSeq && message.seq > this.#takenSeq + MAX_SEQ_AHEAD;
  }

  #silence(stream: number): void {
    this.#stream = stream;
    this.#later = [];
    this.#speaker?.silence();
    this.#doneSeq = this.#takenSeq;
    if (this.isPlaying) this.#ended();
  }

  #take(message: SoundMessage, bytes: DataView): void {
    routeCredits(this.#page, message);
    if (message.seq <= this.#takenSeq || this.#views === 0) return;
    this.#takenSeq = message.seq;
    this.#knowsSeq = true;
    this.clippedCount += message.clipped_count;
    const { seq, channels, sample_rate_hz: rateHz } = message;
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    this.#later.push({ rateHz, piece: { seq, channels, samples } });
    this.#playReady();
    this.changed.notify();
  }

  /** Hand over what has the speaker's rate; another rate has to wait until all before it is played. */
  #playReady(): void {
    for (let next = this.#later[0]; next; next = this.#later[0]) {
      const speaker = this.#speakerFor(next.rateHz);
      if (!speaker) return;
      this.#later.shift();
      this.#begin();
      speaker.play(next.piece);
    }
  }

  /** Null: the one that is there still plays at another rate, or there is none for this rate. */
  #speakerFor(rateHz: number): Speaker | null {
    if (this.#speaker?.rateHz === rateHz) return this.#speaker;
    if (this.#speaker && this.isPlaying) return null;
    this.#speaker?.close();
    this.#speaker = null;
    try {
      this.#speaker = this.#makeSpeaker(rateHz);
    } catch (error) {
      this.#fail(`This browser cannot play ${rateHz} samples per second (${error}). Return sound of 48000 or 44100.`);
    }
    return this.#speaker;
  }

  #makeSpeaker(rateHz: number): Speaker {
    const speaker = new Speaker(rateHz, this.#page.clock, this.#makeContext, {
      news: (news) => this.#heard(news),
      blockedChanged: () => this.#blockedChanged(),
      failed: (error) => this.#fail(String(error)),
    });
    this.problem = "";
    speaker.setGain(this.#gain);
    return speaker;
  }

  #begin(): void {
    if (this.isPlaying) return;
    this.isPlaying = true;
    this.#heartbeat.set(true);
  }

  #heard(news: QueueNews): void {
    if ("lowest" in news) this.scope.add(news.lowest, news.highest);
    if ("played" in news) {
      this.#playedSeq = news.played;
      this.#doneSeq = Math.max(this.#doneSeq, news.played);
    }
    if ("started" in news) this.#tell();
    if ("ended" in news) this.#ended();
  }

  #ended(): void {
    // What was sent meanwhile is on its way to the worklet.
    if (!this.isPlaying || this.#doneSeq < this.#takenSeq - this.#later.length) return;
    this.isPlaying = false;
    this.#playReady();
    if (this.isPlaying) return;
    this.#heartbeat.set(false);
    this.#tell();
    this.changed.notify();
  }

  #blockedChanged(): void {
    this.#tell();
    this.changed.notify();
  }

  /** What cannot be played must not be waited for. */
  #fail(problem: string): void {
    this.problem = problem;
    warnOnce(problem);
    this.#dropAll();
    this.#playedSeq = this.#takenSeq;
    this.#doneSeq = this.#takenSeq;
    this.#tell();
    this.changed.notify();
  }

  #dropAll(): void {
    this.#later = [];
    this.#speaker?.close();
    this.#speaker = null;
    this.isPlaying = false;
    this.#heartbeat.set(false);
  }

  #tell(): void {
    const state: Played["state"] = this.isPlaying ? (this.blocked ? "blocked" : "playing") : "ended";
    const latency_ms = this.#speaker?.latencyMs ?? 0;
    const played = { stream: this.#stream, played_through: this.#playedSeq, state, latency_ms };
    this.#lane.send(buildPlayed(this.#lane.client, played));
  }

  get #gain(): number {
    return this.muted ? 0 : this.volume;
  }

  #traitChanged = (): void => {
    this.#speaker?.setGain(this.#gain);
    this.changed.notify();
  };
}
