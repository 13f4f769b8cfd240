/** The browser's audio, opened for one purpose: our processors in it, the page's time on it, and the click it may want. */

import { WORKLET_SOURCE } from "./worklets";

/** How long a context may take to begin to run before the browser is thought to want a click. */
const BLOCKED_AFTER_MS = 400;

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

/** When, in milliseconds since 1970 by the page's clock, the sample of this number went through the audio thread. */
export function renderedAtMs(context: AudioContext, frame: number): number {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp?.() ?? {};
  const atS = frame / context.sampleRate;
  // The stamp is of what is heard now, which was computed a moment before.
  const heardMs = performanceTime + (atS - contextTime) * 1000 - (context.outputLatency || 0) * 1000;
  const guessedMs = performance.now() + (atS - context.currentTime) * 1000;
  return performance.timeOrigin + (performanceTime > 0 ? heardMs : guessedMs);
}

/** Lets a context run as soon as the browser allows it; where it wants a click, any click in the page will do. */
export class Autoplay {
  isBlocked = false;
  readonly #context: AudioContext;
  readonly #changed: () => void;
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(context: AudioContext, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
    context.addEventListener("statechange", this.#look);
    this.#timer = setTimeout(this.#look, BLOCKED_AFTER_MS);
    for (const gesture of GESTURES) document.addEventListener(gesture, this.resume, true);
    this.resume();
  }

  resume = (): void => {
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {}); // Closed meanwhile.
  };

  close(): void {
    clearTimeout(this.#timer);
    this.#context.removeEventListener("statechange", this.#look);
    for (const gesture of GESTURES) document.removeEventListener(gesture, this.resume, true);
  }

  #look = (): void => {
    const isBlocked = this.#context.state === "suspended";
    if (isBlocked === this.isBlocked) return;
    this.isBlocked = isBlocked;
    this.#changed();
  };
}

const GESTURES = ["pointerdown", "keydown"] as const;
