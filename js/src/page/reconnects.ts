/**
 * Has the host try again sooner where its connection to a kernel is broken and a camera or microphone is on.
 *
 * JupyterLab waits at random and longer after each attempt (a cut of 5 s lasts more than 10 s in three of ten cases), and
 * gives up after the seventh. Other hosts show no connection, and are left alone.
 */

/** Before the first, the host's own attempt is on its way. Each takes the place of the one before, which had its time. */
const RETRY_EVERY_MS = 3_000;
/** Two minutes: a server that is not back by then may be gone for good. */
const MAX_RETRIES = 40;

interface Connection {
  connectionStatus?: string;
  reconnect?(): Promise<void>;
}

export class Reconnects {
  /** Of each connection that is broken: when it is the next one's time, and how many there were. */
  readonly #broken = new WeakMap<Connection, { nextAtMs: number; count: number }>();

  /** Look at the connection behind a widget's manager; to be called again and again, by any number of widgets. */
  look(manager: object | undefined, nowMs: number): void {
    const { kernel } = (manager ?? {}) as { kernel?: Connection | null };
    if (!kernel?.reconnect) return;
    if (kernel.connectionStatus === "connected") {
      this.#broken.delete(kernel);
      return;
    }
    const { nextAtMs, count } = this.#broken.get(kernel) ?? { nextAtMs: nowMs + RETRY_EVERY_MS, count: 0 };
    const isDue = nowMs >= nextAtMs && count < MAX_RETRIES;
    if (isDue) tryAgain(kernel);
    this.#broken.set(kernel, isDue ? { nextAtMs: nowMs + RETRY_EVERY_MS, count: count + 1 } : { nextAtMs, count });
  }
}

/** A connection that was given up meanwhile throws, and one that fails again will be looked at again. */
function tryAgain(kernel: Connection): void {
  try {
    kernel.reconnect?.().catch(() => {});
  } catch {}
}
