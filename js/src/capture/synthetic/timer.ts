/**
 * A timer that also runs in hidden tabs, where browsers slow the page's own timers down to 1 Hz: a worker waits and
 * sends a message. The page asks for each wake-up, so a busy page finds one message waiting, not a queue of them.
 */

const WORKER_SOURCE = "onmessage = (event) => setTimeout(() => postMessage(null), event.data);";

export interface WakeTimer {
  /** Call `onWake` once after so many milliseconds. One wake-up can be under way at a time. */
  wakeAfter(delayMs: number): void;
  /** End the timer; `onWake` is not called any more. */
  close(): void;
}

export function openWakeTimer(onWake: () => void): WakeTimer {
  const worker = startWorker();
  let pageTimer: ReturnType<typeof setTimeout> | undefined;
  let workerWorks = worker !== null;
  let pendingDelayMs: number | null = null;
  let closed = false;

  const wake = () => {
    if (closed) return;
    pendingDelayMs = null;
    onWake();
  };
  const wakeByPage = (delayMs: number) => {
    pageTimer = setTimeout(wake, delayMs);
  };
  if (worker) {
    worker.onmessage = wake;
    // Some browsers report a worker that the page's security policy forbids only here, after the first request.
    worker.onerror = () => {
      workerWorks = false;
      if (pendingDelayMs !== null && !closed) wakeByPage(pendingDelayMs);
    };
  }
  return {
    wakeAfter(delayMs) {
      pendingDelayMs = delayMs;
      if (worker && workerWorks) worker.postMessage(delayMs);
      else wakeByPage(delayMs);
    },
    close() {
      closed = true;
      clearTimeout(pageTimer);
      worker?.terminate();
    },
  };
}

/** The worker, or null where it cannot be made: the page's own timer has to do then. */
function startWorker(): Worker | null {
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
  try {
    return new Worker(url);
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}
