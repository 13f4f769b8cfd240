/**
 * Has the host try again sooner where its connection to a kernel is broken and a camera or microphone is on.
 *
 * JupyterLab waits at random and longer after each attempt (a cut of 5 s lasts more than 10 s in three of ten cases), and
 * gives up after the seventh. A connection that stands again may be deaf: of several that came soon one after the other
 * the server may have given the kernel's words to one that has ended. So it counts as mended when the kernel is heard.
 * Other hosts show no connection, and are left alone.
 */

/** Before the first, the host's own attempt is on its way. Each takes the place of the one before, which had its time. */
const FIRST_WAIT_MS = 3_000;
/** After every other attempt the wait is doubled, up to this: a slow server needs longer, and the host tries as well. */
const LONGEST_WAIT_MS = 12_000;
/** The kernel speaks once a second, but a busy server takes its time until it passes that on. */
const DEAF_AFTER_MS = 8_000;
/** Two minutes: a server that is not back by then may be gone for good. */
const MAX_RETRIES = 12;
/** A page that stood still has not waited: what it waits for may stand right behind. */
const MOST_BETWEEN_LOOKS_MS = 1_500;

interface Connection {
  connectionStatus?: string;
  reconnect?(): Promise<void>;
}

class Broken {
  count = 0;
  /** Since when it stands again; null: it does not. */
  standsSinceMs: number | null = null;
  /** Since the break or the last attempt, and of that since it stands. */
  #waitedMs = 0;
  #deafMs = 0;
  #lookedAtMs: number;

  constructor(nowMs: number) {
    this.#lookedAtMs = nowMs;
  }

  look(nowMs: number, stands: boolean): void {
    const passedMs = Math.min(nowMs - this.#lookedAtMs, MOST_BETWEEN_LOOKS_MS);
    this.#lookedAtMs = nowMs;
    this.#waitedMs += passedMs;
    this.#deafMs = stands && this.standsSinceMs !== null ? this.#deafMs + passedMs : 0;
    this.standsSinceMs = stands ? (this.standsSinceMs ?? nowMs) : null;
  }

  get isDue(): boolean {
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** Math.floor(this.count / 2), LONGEST_WAIT_MS);
    if (this.count >= MAX_RETRIES || this.#waitedMs < waitMs) return false;
    return this.standsSinceMs === null || this.#deafMs >= DEAF_AFTER_MS;
  }

  noteAttempt(): void {
    this.count += 1;
    this.#waitedMs = 0;
    this.#deafMs = 0;
    this.standsSinceMs = null;
  }
}

export class Reconnects {
  readonly #broken = new WeakMap<Connection, Broken>();

  /**
   * Look at the connection behind a widget's manager; to be called again and again, by any number of widgets, while the
   * kernel should speak. `heardAtMs`: when it was heard last.
   */
  look(manager: object | undefined, nowMs: number, heardAtMs: number): void {
    const { kernel } = (manager ?? {}) as { kernel?: Connection | null };
    if (!kernel?.reconnect) return;
    const stands = kernel.connectionStatus === "connected";
    const known = this.#broken.get(kernel);
    if (stands && (!known || heardAtMs > (known.standsSinceMs ?? nowMs))) {
      this.#broken.delete(kernel);
      return;
    }
    const broken = known ?? new Broken(nowMs);
    this.#broken.set(kernel, broken);
    broken.look(nowMs, stands);
    if (!broken.isDue) return;
    broken.noteAttempt();
    tryAgain(kernel);
  }
}

/** A connection that was given up meanwhile throws, and one that fails again will be looked at again. */
function tryAgain(kernel: Connection): void {
  try {
    kernel.reconnect?.().catch(() => {});
  } catch {}
}
