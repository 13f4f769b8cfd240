/** The browser's part in this folder's tests: a worker that waits, and a canvas whose stream notes what it is given. */

import { vi } from "vitest";

export class FakeWorker {
  private static made: FakeWorker[] = [];

  onmessage: (() => void) | null = null;
  onerror: (() => void) | null = null;
  terminated = false;
  readonly requestedDelaysMs: number[] = [];

  constructor() {
    FakeWorker.made.push(this);
  }

  static install(): void {
    FakeWorker.made = [];
    vi.stubGlobal("Worker", FakeWorker);
  }

  /** As a page's security policy does. */
  static forbid(): void {
    vi.stubGlobal("Worker", function forbidden() {
      throw new DOMException("Refused to create a worker", "SecurityError");
    });
  }

  static newest(): FakeWorker {
    const worker = FakeWorker.made.at(-1);
    if (!worker) throw new Error("no worker was made");
    return worker;
  }

  postMessage(delayMs: number): void {
    this.requestedDelaysMs.push(delayMs);
  }

  terminate(): void {
    this.terminated = true;
  }

  wake(): void {
    this.onmessage?.();
  }

  fail(): void {
    this.onerror?.();
  }
}

export class FakeTrack {
  readyState: MediaStreamTrackState = "live";
  /** Text on the canvas (the frame's number) at each frame that was taken. */
  readonly takenTexts: string[] = [];

  constructor(private readonly canvas: FakeCanvas) {}

  requestFrame(): void {
    this.takenTexts.push(this.canvas.text);
  }

  stop(): void {
    this.readyState = "ended";
  }
}

export class FakeCanvas {
  width = 0;
  height = 0;
  text = "";
  readonly track = new FakeTrack(this);

  getContext(): unknown {
    const known: Record<string, unknown> = {
      fillText: (text: string) => {
        this.text = text;
      },
      createLinearGradient: () => ({ addColorStop() {} }),
      createRadialGradient: () => ({ addColorStop() {} }),
    };
    return new Proxy(known, { get: (context, name: string) => context[name] ?? (() => undefined), set: () => true });
  }

  captureStream(): unknown {
    return { getVideoTracks: () => [this.track] };
  }
}
