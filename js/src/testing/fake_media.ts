/** Cameras for tests: streams and tracks that behave like the browser's, without one. */

export class FakeTrack extends EventTarget {
  readyState: "live" | "ended" = "live";
  kind = "video";

  constructor(
    readonly label = "Fake camera",
    readonly settings: MediaTrackSettings = { width: 640, height: 480, frameRate: 30, deviceId: "fake" },
  ) {
    super();
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  stop(): void {
    this.readyState = "ended"; // As in browsers, stopping fires no event.
  }

  unplug(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

export class FakeStream {
  constructor(readonly track = new FakeTrack()) {}

  getTracks(): FakeTrack[] {
    return [this.track];
  }

  getVideoTracks(): FakeTrack[] {
    return [this.track];
  }

  get asStream(): MediaStream {
    return this as unknown as MediaStream;
  }
}

/** Asks for the camera that a test answers when it likes: `grant()` is the person who clicks "Allow". */
export class FakePrompt {
  readonly asked: { constraints: MediaStreamConstraints; grant(stream?: FakeStream): void; refuse(e: Error): void }[] =
    [];

  getUserMedia = (constraints: MediaStreamConstraints): Promise<MediaStream> =>
    new Promise((resolve, reject) => {
      this.asked.push({ constraints, grant: (s = new FakeStream()) => resolve(s.asStream), refuse: reject });
    });

  /** The newest question. */
  get last() {
    const last = this.asked.at(-1);
    if (!last) throw new Error("nobody asked for a camera");
    return last;
  }
}

/** Let all promises that are settled have their effects. */
export async function settle(): Promise<void> {
  for (let k = 0; k < 20; k++) await Promise.resolve();
}

export function domException(name: string, fields: object = {}): Error {
  return Object.assign(new DOMException("from the browser", name), fields);
}
