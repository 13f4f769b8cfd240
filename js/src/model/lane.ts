/**
 * One widget's way to its kernel and back: custom messages, checked on arrival, and the end of the line.
 *
 * The kernel can go without a word, so a message that cannot be sent counts as its end, too.
 */

import type { AnyModel } from "@anywidget/types";
import type { KernelLine } from "../page/last_words";
import { warnOnce } from "../page/log";
import type { Page } from "../page/page";
import type { PaintedLedger } from "../page/painted";
import { Parts } from "../page/parts";
import type { CollectorPageMessage } from "../protocol/collection";
import { buildBye, buildHello, buildPainted, buildVideo, type PageMessage } from "../protocol/from_page";
import { buildPartWanted, type PartWantedMessage, parsePart } from "../protocol/part";
import type { SoundPageMessage } from "../protocol/sound";
import type { FilePartMessage } from "../protocol/upload";

/** Checks a message; null when it is none. */
export type Parse<Message> = (content: unknown, buffers: readonly { byteLength: number }[]) => Message | null;

/** JupyterLab's, of which a notebook's session tells that it ends while its comms still work; other hosts have none. */
interface PanelManager {
  kernel?: KernelLine | null;
  context?: { sessionContext?: { disposed?: Signal } };
}

interface Signal {
  connect(slot: () => void): void;
  disconnect(slot: () => void): void;
}

export interface LaneEvents<Message> {
  parse: Parse<Message>;
  received(message: Message, bytes: DataView | null): void;
  /** The kernel has become reachable or unreachable. */
  linkChanged(): void;
  /** How many views `hello` shall tell; null: nothing shall be said. */
  views(): number | null;
}

export class Lane<Message> {
  readonly widgetId: string;
  readonly client: string;
  readonly ledger: PaintedLedger;
  readonly parts: Parts;
  isGone: boolean;
  /** The page was saved with its widgets, and nothing is behind them. */
  isSavedCopy: boolean;
  /** Messages that were no messages. */
  rubbishCount = 0;
  readonly #model: AnyModel;
  readonly #page: Page;
  readonly #events: LaneEvents<Message>;
  /** Of results that are not painted yet. */
  readonly #receivedAtMs = new Map<number, number>();
  readonly #panelClosed: Signal | undefined;
  #isClosed = false;

  constructor(model: AnyModel, page: Page, events: LaneEvents<Message>) {
    this.#model = model;
    this.#page = page;
    this.#events = events;
    this.widgetId = model.get("_widget_id");
    this.client = page.clientOf(model.widget_manager);
    this.ledger = page.ledgerOf(model.widget_manager);
    this.parts = new Parts((name) => this.send(buildPartWanted(this.client, name)), page.importPart);
    this.isSavedCopy = hasNoComm(model);
    this.isGone = this.isSavedCopy;
    model.on("msg:custom", this.#onMessage);
    model.on("comm:close", this.#onGone);
    model.on("comm_live_update", this.#onCommLive);
    this.#panelClosed = (model.widget_manager as PanelManager | undefined)?.context?.sessionContext?.disposed;
    this.#panelClosed?.connect(this.#onPanelClosed);
    addEventListener("pagehide", this.bye);
    addEventListener("pageshow", this.#onPageShow);
  }

  /** False if the kernel is gone. A buffer must be exact: the host sends all of the memory that a view is a part of. */
  send(
    message: PageMessage | PartWantedMessage | SoundPageMessage | CollectorPageMessage | FilePartMessage,
    buffer?: ArrayBuffer,
  ): boolean {
    if (this.#isClosed || this.isSavedCopy) return false;
    try {
      this.#model.send(message, undefined, buffer ? [buffer] : []);
    } catch {
      this.#setGone(true);
      return false;
    }
    this.#setGone(false);
    return true;
  }

  hello = (): void => {
    for (const client of this.#page.takeClosed(this.widgetId)) this.send(buildBye(client));
    const views = this.#events.views();
    if (views !== null) this.send(buildHello(this.client, views, this.#page.nextReportIndex()));
  };

  /** Note that a result is on the screen; other messages carry the word, or this widget's own. */
  notePainted(seq: number): void {
    const receivedAtMs = this.#receivedAtMs.get(seq) ?? this.#page.clock.now();
    for (const known of this.#receivedAtMs.keys()) if (known <= seq) this.#receivedAtMs.delete(known);
    this.#note(this.widgetId, seq, receivedAtMs);
  }

  /** The same of what is drawn over the picture. */
  noteOverlay(overlay: string, seq: number, receivedAtMs: number): void {
    this.#note(overlay, seq, receivedAtMs);
  }

  sayVideo(keyAfter: number | null): void {
    this.send(buildVideo(this.client, keyAfter));
  }

  #note(shown: string, seq: number, receivedAtMs: number): void {
    this.ledger.note(shown, seq, receivedAtMs, (painted) => this.send(buildPainted(this.client, painted)));
  }

  close(): void {
    this.bye();
    this.#isClosed = true;
    this.#model.off("msg:custom", this.#onMessage);
    this.#model.off("comm:close", this.#onGone);
    this.#model.off("comm_live_update", this.#onCommLive);
    this.#panelClosed?.disconnect(this.#onPanelClosed);
    removeEventListener("pagehide", this.bye);
    removeEventListener("pageshow", this.#onPageShow);
  }

  /** A notebook that was opened with its saved widgets has found its kernel. */
  #onCommLive = (): void => {
    this.isSavedCopy &&= hasNoComm(this.#model);
    this.hello();
  };

  #onMessage = (content: unknown, parts: Buffer[] = []): void => {
    const buffers = parts.map(asView);
    const part = parsePart(content, buffers);
    if (part) {
      this.#setGone(this.#isClosed);
      this.parts.take(part, buffers[0] as DataView);
      return;
    }
    const message = this.#events.parse(content, buffers);
    if (message) {
      this.#setGone(this.#isClosed);
      const { type, seq } = content as { type?: unknown; seq: number };
      if (type === "result") this.#receivedAtMs.set(seq, this.#page.clock.now());
      this.#events.received(message, buffers[0] ?? null);
    } else {
      this.rubbishCount += 1;
      warnOnce(
        "A message of the kernel was not understood and is ignored. Is the page older than the kernel? Reload it.",
      );
    }
  };

  /** The model drops messages in silence from here on, so nothing may be sent that seems to go through. */
  #onGone = (): void => {
    this.#isClosed = true;
    this.#setGone(true);
  };

  /** The last moment at which the kernel can be told: the views go later, when nothing can be sent any more. */
  #onPanelClosed = (): void => {
    const { kernel } = this.#model.widget_manager as PanelManager;
    this.bye();
    if (!this.isGone) this.#page.lastWords.say(kernel, this.widgetId, buildBye(this.client));
    this.#page.panelClosed(this.widgetId, this.client);
    this.#onGone();
  };

  /** This page has nothing to do with the widget any more. */
  bye = (): void => {
    if (!this.isGone) this.send(buildBye(this.client));
  };

  /** The page comes back from the browser's cache after its `pagehide`. */
  #onPageShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.hello();
  };

  #setGone(isGone: boolean): void {
    if (this.isGone === isGone) return;
    this.isGone = isGone;
    this.#events.linkChanged();
  }
}

/** JupyterLab gives views of memory, Google Colab arrays of bytes. */
type Buffer = DataView | Uint8Array;

function asView(part: Buffer): DataView {
  return part instanceof DataView ? part : new DataView(part.buffer, part.byteOffset, part.byteLength);
}

/** The host hands us no more of a model than its traits; the layout is a model of the same kernel, as a whole. */
function hasNoComm(model: AnyModel): boolean {
  return (model.get("layout") as { comm_live?: boolean } | undefined)?.comm_live === false;
}
