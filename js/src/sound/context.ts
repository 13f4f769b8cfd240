/** The browser's audio, opened for one purpose: our processors in it, how late it is heard, and the click it may want. */

import { WORKLET_SOURCE } from "./worklets";

/** How long a context may take to begin to run before the browser is thought to want a click. */
const BLOCKED_AFTER_MS = 400;

/** A click that did not help within this is not what is wanted. */
const IN_VAIN_AFTER_MS = 2000;
const ASKED_AFTER_S = 2;
const ASKED_EVERY_S = 1;

/** What a test puts in place of the browser's. */
export type MakeContext = (options: AudioContextOptions) => AudioContext;

export const makeContext: MakeContext = (options) => new AudioContext(options);

/** Put our processors into a context. Rejects where the page's security policy forbids it. */
export async function loadProcessors(context: AudioContext): Promise<void> {
  const url = URL.createObjectURL(new Blob([WORKLET_SOURCE], { type: "text/javascript" }));
  try {
    await context.audioWorklet.addModule(url);
  } catch (error) {
    throw new Error(
      `The browser did not start the audio worklet (${error}). A content security policy that forbids blob: scripts ` +
        "does that: ask who runs this server to allow blob: in worker-src and script-src",
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * How long sound takes to the loudspeaker.
 *
 * The output is asked once a second at most, and not in its first seconds; Firefox's is not asked at all: it may stand
 * still then for up to minutes, and the page with it.
 */
export class OutputLatency {
  readonly #context: AudioContext;
  readonly #mayAsk = !navigator.userAgent.includes("Firefox/");
  #latencyS = 0;
  #askedAtS = 0;

  constructor(context: AudioContext) {
    this.#context = context;
  }

  /** 0 where it is not known. */
  get latencyS(): number {
    const { currentTime } = this.#context;
    if (this.#mayAsk && currentTime >= ASKED_AFTER_S && currentTime - this.#askedAtS >= ASKED_EVERY_S) {
      this.#askedAtS = currentTime;
      this.#latencyS = this.#context.outputLatency || 0;
    }
    return this.#latencyS;
  }
}

/** What the browser's audio waits for: nothing, a click, or, as clicks are in vain, something to play sound on. */
export type Blocked = "" | "click" | "output";

/** Lets a context run as soon as the browser allows it; where it wants a click, any click in the page will do. */
export class Autoplay {
  blocked: Blocked = "";
  readonly #context: AudioContext;
  readonly #changed: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(context: AudioContext, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
    context.addEventListener("statechange", this.#look);
    this.#timer = setTimeout(this.#look, BLOCKED_AFTER_MS);
    for (const gesture of GESTURES) document.addEventListener(gesture, this.clicked, true);
    this.resume();
  }

  resume = (): void => {
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {}); // Closed meanwhile.
  };

  /** A person has clicked, or pressed a key. */
  clicked = (): void => {
    this.resume();
    if (this.blocked !== "click") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#become(this.#isSuspended ? "output" : ""), IN_VAIN_AFTER_MS);
  };

  close(): void {
    clearTimeout(this.#timer);
    this.#become("");
    this.#context.removeEventListener("statechange", this.#look);
    for (const gesture of GESTURES) document.removeEventListener(gesture, this.clicked, true);
  }

  get #isSuspended(): boolean {
    return this.#context.state === "suspended";
  }

  #look = (): void => this.#become(this.#isSuspended ? this.blocked || "click" : "");

  #become(blocked: Blocked): void {
    if (blocked === this.blocked) return;
    this.blocked = blocked;
    this.#changed();
  }
}

const GESTURES = ["pointerdown", "keydown"] as const;
