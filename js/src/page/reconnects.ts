/**
 * Has the host try again sooner where its connection to a kernel is broken and a camera or microphone is on.
 *
 * JupyterLab waits at random and longer after each attempt (a cut of 5 s lasts more than 10 s in three of ten cases), and
 * gives up after the seventh. A connection that stands again may be deaf: of several that came soon one after the other
 * the server may have given the kernel's words to one that has ended. So it counts as mended when the kernel is heard.
 * Other hosts show no connection, and are left alone.
 */

/** Before the first, the host's own attempt is on its way. Each takes the place of the one before, which had its time. */
const RETRY_EVERY_MS = 3_000;
/** A slow server needs longer: so many are that soon, the others take twice as long. */
const SOON_COUNT = 5;
/** The kernel speaks once a second, but a busy server takes its time until it passes that on. */
const DEAF_AFTER_MS = 8_000;
/** Two minutes: a server that is not back by then may be gone for good. */
const MAX_RETRIES = 22;

interface Connection {
  connectionStatus?: string;
  reconnect?(): Promise<void>;
}

interface Broken {
  nextAtMs: number;
  count: number;
  /** Since when it stands again; null: it does not. */
  standsSinceMs: number | null;
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
    const broken = known ?? { nextAtMs: nowMs + RETRY_EVERY_MS, count: 0, standsSinceMs: null };
    this.#broken.set(kernel, broken);
    broken.standsSinceMs = stands ? (broken.standsSinceMs ?? nowMs) : null;
    const isDeaf = broken.standsSinceMs !== null && nowMs >= broken.standsSinceMs + DEAF_AFTER_MS;
    if (nowMs < broken.nextAtMs || broken.count >= MAX_RETRIES || (stands && !isDeaf)) return;
    broken.count += 1;
    broken.nextAtMs = nowMs + (broken.count < SOON_COUNT ? RETRY_EVERY_MS : 2 * RETRY_EVERY_MS);
    broken.standsSinceMs = null;
    tryAgain(kernel);
  }
}

/** A connection that was given up meanwhile throws, and one that fails again will be looked at again. */
function tryAgain(kernel: Connection): void {
  try {
    kernel.reconnect?.().catch(() => {});
  } catch {}
}
