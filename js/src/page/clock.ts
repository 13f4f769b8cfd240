/**
 * Time as the rest of the code sees it: now, and later.
 *
 * The page's clock runs its timers in a worker, because timers of the main thread are held to 1 Hz in a hidden tab
 * while those of a worker go on as asked.
 */

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970 by this page's clock, with fractions. */
  now(): number;
  /** Call back once, after so many milliseconds. */
  after(delayMs: number, callback: () => void): Cancel;
}

export function pageNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Runs in the worker. Its text is taken from the function, so it may use nothing from around it. */
function timerWorker(scope: { onmessage: unknown; postMessage(id: number): void }): void {
  scope.onmessage = (event: MessageEvent<{ id: number; delayMs: number }>) => {
    const { id, delayMs } = event.data;
    setTimeout(() => scope.postMessage(id), delayMs);
  };
}

/** `parts`: functions that the body is handed, as text like the body itself. */
export function startWorker<Parts extends unknown[]>(
  body: (scope: never, ...parts: Parts) => void,
  ...parts: Parts
): Worker {
  const url = URL.createObjectURL(new Blob([`(${body})(self,${parts})`], { type: "text/javascript" }));
  try {
    return new Worker(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A clock with the worker's timers; with the main thread's own where workers are forbidden. */
export function createPageClock(makeWorker: () => Worker = () => startWorker(timerWorker)): Clock {
  const waiting = new Map<number, () => void>();
  let lastId = 0;
  let worker: Worker | null = null;

  function fire(id: number): void {
    const callback = waiting.get(id);
    waiting.delete(id);
    callback?.();
  }

  function arm(id: number, delayMs: number): void {
    if (worker) worker.postMessage({ id, delayMs });
    else setTimeout(() => fire(id), delayMs);
  }

  try {
    worker = makeWorker();
    worker.onmessage = (event: MessageEvent<number>) => fire(event.data);
    // A content security policy refuses the worker only after it was made: what waits moves to the main thread.
    worker.onerror = () => {
      worker = null;
      for (const id of waiting.keys()) arm(id, 0);
    };
  } catch {
    worker = null;
  }

  return {
    now: pageNow,
    after(delayMs, callback) {
      const id = ++lastId;
      waiting.set(id, callback);
      arm(id, Math.max(0, delayMs));
      return () => waiting.delete(id);
    },
  };
}
