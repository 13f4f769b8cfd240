/**
 * What all widgets of one browser document share.
 *
 * It lives on `globalThis`, since the host loads this module anew for each widget. Its shape is the same in every copy of
 * the module; a release that changes the shape changes the symbol.
 */

import type { Credit, ResultMessage } from "../protocol/to_page";
import { type Clock, createPageClock } from "./clock";
import { FaviconHold } from "./favicon";
import { LastWords } from "./last_words";
import type { Listeners } from "./listeners";
import { PaintedLedger } from "./painted";
import { importCode } from "./parts";
import { Reconnects } from "./reconnects";
import { documentVisibility, type Visibility } from "./visibility";

/** What a source in this page is told by results of displays. */
export interface ResultWatcher {
  acceptCredit(credit: Credit): void;
  /** The result of one of its frames is here. */
  resultCame(frameSeq: number): void;
}

/** What others see of a camera in this page. */
export interface Sighted {
  /** Null while the camera is off. */
  readonly stream: MediaStream | null;
  readonly settings: { crop: readonly [number, number, number, number] | null; mirror: false | "preview" | "pixels" };
  readonly changed: Listeners;
}

/** Of widgets whose panel was closed; more than one closes by hand. */
const MAX_CLOSED = 256;

/** JupyterLab's, of one notebook's panel; other hosts' have no context. */
interface PanelManager {
  context?: object;
}

export class Page {
  /** The name of this page, but for panels. */
  readonly client: string = createClientId();
  /** By widget_id: who takes the credits that ride on other widgets' results. */
  readonly sources = new Map<string, ResultWatcher & Partial<Sighted>>();
  readonly favicon = new FaviconHold();
  readonly reconnects = new Reconnects();
  readonly lastWords: LastWords;
  readonly #panels = new WeakMap<object, string>();
  #closed: { widgetId: string; client: string }[] = [];
  #ledgers = new WeakMap<object, PaintedLedger>();
  #commandIndex = 0;
  #reportIndex = 0;

  constructor(
    readonly clock: Clock,
    readonly visibility: Visibility,
    readonly importPart = importCode,
  ) {
    this.lastWords = new LastWords(clock);
  }

  /** A panel is a page of its own: opened again it is another one, which does not go on with what was on in the first. */
  clientOf(manager: object | undefined): string {
    const panel = (manager as PanelManager | undefined)?.context;
    if (!panel) return this.client;
    const client = this.#panels.get(panel) ?? createClientId();
    this.#panels.set(panel, client);
    return client;
  }

  /** Note that the panel of that name has been closed, with the widget in it. */
  panelClosed(widgetId: string, client: string): void {
    this.#closed = [...this.#closed, { widgetId, client }].slice(-MAX_CLOSED);
  }

  /** Under which names the widget was in panels that are closed; each is told once. */
  takeClosed(widgetId: string): string[] {
    const mine = this.#closed.filter((one) => one.widgetId === widgetId);
    this.#closed = this.#closed.filter((one) => one.widgetId !== widgetId);
    return mine.map(({ client }) => client);
  }

  nextCommandIndex(): number {
    this.#commandIndex += 1;
    return this.#commandIndex;
  }

  /** Of what this page says of itself: the kernel may hear it in another order than it was said. */
  nextReportIndex(): number {
    this.#reportIndex += 1;
    return this.#reportIndex;
  }

  /**
   * One ledger for the widgets of one kernel: two notebooks in a page have two, known by their widget managers.
   *
   * What has no `has_model` is no manager of models in the plural: marimo gives each model an object of its own, and its
   * page has one kernel.
   */
  ledgerOf(manager: object | undefined): PaintedLedger {
    const key = manager && "has_model" in manager ? manager : this;
    const ledger = this.#ledgers.get(key) ?? new PaintedLedger(this.clock);
    this.#ledgers.set(key, ledger);
    return ledger;
  }
}

/** Hand over the credits that rode on a result, and the news that it came. */
export function routeCredits(page: Page, { credits, frame_seq }: Pick<ResultMessage, "credits" | "frame_seq">): void {
  for (const [widgetId, credit] of Object.entries(credits)) {
    const source = page.sources.get(widgetId);
    if (frame_seq !== null) source?.resultCame(frame_seq);
    source?.acceptCredit(credit);
  }
}

const KEY = Symbol.for("nbstream.page.4");

export function getPage(): Page {
  const shared = globalThis as { [KEY]?: Page };
  shared[KEY] ??= new Page(createPageClock(), documentVisibility);
  return shared[KEY];
}

/** `crypto.randomUUID` is missing on pages that are neither https nor localhost; there a view still shows results. */
function createClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
