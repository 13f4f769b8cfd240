/** The browser's part in this folder's tests: a canvas whose stream notes what it is given. */

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
