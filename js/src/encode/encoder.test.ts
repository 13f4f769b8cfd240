import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import videoPart from "../entries/parts/video";
import { settle } from "../testing/fake_media";
import { FakeWorker, fromText } from "../testing/fake_worker";
import { draw } from "./draw";
import { createEncoder, createWorkerEncoder } from "./encoder";
import type { Encoded, EncodeJob } from "./job";
import { encodeWorker, type WorkerAnswer } from "./worker";

interface FakePicture {
  name: string;
  isClosed: boolean;
  close(): void;
}

function picture(name: string): FakePicture {
  return {
    name,
    isClosed: false,
    close() {
      this.isClosed = true;
    },
  };
}

const asPicture = (fake: FakePicture) => fake as unknown as ImageBitmap;
const job = (fake: FakePicture, fields: Partial<EncodeJob> = {}): EncodeJob => ({
  picture: asPicture(fake),
  region: { left: 0, top: 0, width: 64, height: 48, widthPx: 64, heightPx: 48 },
  quality: 80,
  isMirrored: false,
  isGray: false,
  video: null,
  ...fields,
});

/** A canvas whose "JPEG" is a text that says what was drawn and how. */
class FakeCanvas {
  width = 0;
  height = 0;
  #drawn = "";
  #transform = "";
  readonly #context = {
    globalCompositeOperation: "source-over",
    setTransform: (...matrix: number[]) => {
      this.#transform = matrix.join(",");
    },
    drawImage: ({ name }: FakePicture, ...place: number[]) => {
      if (name === "broken") throw new Error("not a picture");
      if (this.#context.globalCompositeOperation !== "source-over") throw new Error("drawn without its colours");
      this.#drawn = `${name} at ${place.join(",")}`;
    },
    fillRect: (...place: number[]) => {
      this.#drawn += ` then ${this.#context.globalCompositeOperation} at ${place.join(",")}`;
    },
  };

  getContext() {
    return this.#context;
  }

  async convertToBlob({ type, quality }: { type: string; quality: number }): Promise<Blob> {
    return new Blob([`${this.#drawn} by ${this.#transform} as ${type} ${quality} ${this.width}x${this.height}`]);
  }
}

const textOf = ({ bytes }: Encoded) => new TextDecoder().decode(bytes);

/** The main thread's canvas: notes what is drawn. */
function stubMainThread(drawn: string[]): void {
  vi.stubGlobal("document", {
    createElement: () => ({
      getContext: () => ({
        setTransform: (...matrix: number[]) => drawn.push(matrix.join(",")),
        drawImage: ({ name }: FakePicture) => drawn.push(name),
        fillRect: () => drawn.push("gray"),
      }),
      toBlob: (done: (blob: Blob) => void, type: string, quality: number) => done(new Blob([`${type} ${quality}`])),
    }),
  });
}

beforeEach(() => vi.stubGlobal("OffscreenCanvas", FakeCanvas));
afterEach(() => vi.unstubAllGlobals());

describe("the encoding worker", () => {
  it("draws, encodes with the quality that was asked, and frees the picture", async () => {
    const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
    const taken = picture("one");
    expect(textOf(await encoder.encode(job(taken)))).toBe(
      "one at 0,0,64,48,0,0,64,48 by 1,0,0,1,0,0 as image/jpeg 0.8 64x48",
    );
    expect(taken.isClosed).toBe(true);
  });

  it("draws the part that was asked for, in the size that was asked for", async () => {
    const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
    const region = { left: 32, top: 12, width: 16, height: 24, widthPx: 8, heightPx: 12 };
    const drawn = await encoder.encode(job(picture("one"), { region, isMirrored: true }));
    expect(textOf(drawn)).toBe("one at 32,12,16,24,0,0,8,12 by -1,0,0,1,8,0 as image/jpeg 0.8 8x12");
  });

  it("mirrors the pixels left to right, and not those of the next picture", async () => {
    const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
    const mirrored = encoder.encode(job(picture("one"), { isMirrored: true }));
    const plain = encoder.encode(job(picture("two")));
    expect(textOf(await mirrored)).toContain("by -1,0,0,1,64,0");
    expect(textOf(await plain)).toContain("by 1,0,0,1,0,0");
  });

  it("takes the colours away, and not those of the next picture", async () => {
    const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
    const gray = encoder.encode(job(picture("one"), { isGray: true }));
    const coloured = encoder.encode(job(picture("two")));
    expect(textOf(await gray)).toContain("one at 0,0,64,48,0,0,64,48 then saturation at 0,0,64,48 by");
    expect(textOf(await coloured)).toContain("two at 0,0,64,48,0,0,64,48 by");
  });

  it("answers in the order of the questions, broken pictures too", async () => {
    const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
    const broken = picture("broken");
    const asked = ["one", "two"].map((name) => encoder.encode(job(picture(name))));
    const failed = encoder.encode(job(broken));
    const last = encoder.encode(job(picture("three")));
    await expect(failed).rejects.toThrow("not a picture");
    expect(broken.isClosed).toBe(true);
    expect((await Promise.all([...asked, last])).map((bytes) => textOf(bytes).split(" ")[0])).toEqual([
      "one",
      "two",
      "three",
    ]);
  });

  it("ends with the encoder, and so do the questions that are open", async () => {
    const worker = new FakeWorker().start();
    const encoder = await createWorkerEncoder(() => worker.asWorker);
    const open = encoder.encode(job(picture("one")));
    encoder.close();
    await expect(open).rejects.toThrow("closed");
    expect(worker.isTerminated).toBe(true);
  });

  it("closes the pictures that it has before it is ended", async () => {
    const worker = new FakeWorker().start();
    const encoder = await createWorkerEncoder(() => worker.asWorker);
    const pictures = [picture("one"), picture("two")];
    for (const one of pictures) encoder.encode(job(one)).catch(() => {});
    worker.isTerminated = false;
    encoder.close();
    expect(worker.isTerminated).toBe(false);
    await vi.waitFor(() => expect(worker.isTerminated).toBe(true));
    expect(pictures.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });

  it("is ended all the same when it does not answer", async () => {
    const worker = new FakeWorker().start();
    const encoder = await createWorkerEncoder(() => worker.asWorker);
    vi.useFakeTimers();
    worker.isDeaf = true;
    encoder.encode(job(picture("one"))).catch(() => {});
    encoder.close();
    vi.advanceTimersByTime(1000);
    expect(worker.isTerminated).toBe(true);
    vi.useRealTimers();
  });

  it("closes what is asked of it too late, and what cannot be handed over", async () => {
    const worker = new FakeWorker().start();
    const encoder = await createWorkerEncoder(() => worker.asWorker);
    const [late, refused] = [picture("late"), picture("refused")];
    vi.spyOn(worker, "postMessage").mockImplementationOnce(() => {
      throw new Error("could not be cloned");
    });
    await expect(encoder.encode(job(refused))).rejects.toThrow("could not be cloned");
    expect(textOf(await encoder.encode(job(picture("next"))))).toMatch(/^next/);
    encoder.close();
    await expect(encoder.encode(job(late))).rejects.toThrow("closed");
    expect([late.isClosed, refused.isClosed]).toEqual([true, true]);
  });

  it("that dies leaves the work to the main thread", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const worker = new FakeWorker().start();
    const encoder = await createWorkerEncoder(() => worker.asWorker);
    const open = encoder.encode(job(picture("one")));
    stubMainThread([]);
    worker.onerror?.();
    await expect(open).rejects.toThrow("died");
    expect(textOf(await encoder.encode(job(picture("two"))))).toBe("image/jpeg 0.8");
    expect(worker.isTerminated).toBe(true);
  });

  it("uses nothing from around it, for only its text reaches the worker", () => {
    const rebuilt = new Function(`return (${encodeWorker})`)();
    const answers: WorkerAnswer[] = [];
    const scope = { onmessage: null, postMessage: (answer: WorkerAnswer) => answers.push(answer) };
    rebuilt(scope, draw, fromText);
    expect(answers).toEqual([{}]);
  });
});

const CODE = videoPart.encoderCode;

/** What the browser's encoder was asked, and how it behaves. */
const made = {
  configs: [] as string[],
  asked: [] as boolean[],
  gives: "as asked" as "as asked" | "no key" | "nothing",
  /** Those that it says it has; and of them those that fail when they are used. */
  codecs: ["avc1.42E034", "vp8"],
  failing: [] as string[],
};

class FakeVideoEncoder {
  state = "unconfigured";
  readonly #output: (chunk: EncodedVideoChunk) => void;
  #frame: Uint8Array | null = null;
  #type = "key";
  #codec = "";

  constructor({ output }: { output: (chunk: EncodedVideoChunk) => void }) {
    this.#output = output;
  }

  static async isConfigSupported({ codec, width }: VideoEncoderConfig) {
    const isEven = width % 2 === 0 || codec === "vp8";
    return { supported: made.codecs.includes(codec) && width < 1000 && isEven };
  }

  configure({ codec, width, height, bitrate }: VideoEncoderConfig): void {
    this.state = "configured";
    this.#codec = codec;
    made.configs.push(`${width}x${height} ${bitrate}`);
  }

  encode(_: unknown, { keyFrame }: { keyFrame: boolean }): void {
    if (made.failing.includes(this.#codec)) throw new Error("broken");
    made.asked.push(keyFrame);
    this.#type = keyFrame && made.gives !== "no key" ? "key" : "delta";
    this.#frame = made.gives === "nothing" ? null : new TextEncoder().encode(this.#type);
  }

  async flush(): Promise<void> {
    const frame = this.#frame;
    if (!frame) return;
    const copyTo = (to: ArrayBuffer) => new Uint8Array(to).set(frame);
    this.#output({ type: this.#type, byteLength: frame.length, copyTo } as unknown as EncodedVideoChunk);
  }

  close(): void {
    this.state = "closed";
  }
}

describe("video", () => {
  const region = (widthPx: number) => ({ left: 0, top: 0, width: 64, height: 48, widthPx, heightPx: 48 });
  let taken: string[];
  let encode: (seq: number, isKey?: boolean, bitsPerS?: number, widthPx?: number) => Promise<Encoded>;

  beforeEach(async () => {
    Object.assign(made, { configs: [], asked: [], gives: "as asked", codecs: ["avc1.42E034", "vp8"], failing: [] });
    taken = [];
    vi.stubGlobal("VideoEncoder", FakeVideoEncoder);
    vi.stubGlobal(
      "VideoFrame",
      class FakeVideoFrame {
        constructor(source: { name?: string }) {
          taken.push(source.name ?? "canvas");
        }
        close() {}
      },
    );
    const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
    encode = (seq, isKey = false, bitsPerS = 1000, widthPx = 64) =>
      encoder.encode(job(picture("one"), { region: region(widthPx), video: { code: CODE, seq, isKey, bitsPerS } }));
  });

  it("begins with a key frame, and each names the one that it builds on", async () => {
    const frames = [await encode(1, true), await encode(2), await encode(4), await encode(5, true)];
    expect(frames.map((one) => [textOf(one), one.after])).toEqual([
      ["key", 0],
      ["delta", 1],
      ["delta", 2],
      ["key", 0],
    ]);
  });

  it("takes the camera's own frame where nothing is done to it, and closes it", async () => {
    const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
    const size = { displayWidth: 64, displayHeight: 48, visibleRect: { width: 64, height: 48 } };
    const frames = Array.from({ length: 4 }, (_, k) => ({ ...picture(`frame ${k}`), ...size }));
    const changes = [{}, { isMirrored: true }, { isGray: true }, { region: region(32) }];
    for (const [k, change] of changes.entries()) {
      const video = { code: CODE, seq: k + 1, isKey: true, bitsPerS: 1000 };
      await encoder.encode(job(frames[k] as FakePicture, { region: region(64), video, ...change }));
    }
    expect(taken).toEqual(["frame 0", "canvas", "canvas", "canvas"]);
    expect(frames.map(({ isClosed }) => isClosed)).toEqual([true, true, true, true]);
  });

  it("is set up anew for other bits without, and for another size with a key frame", async () => {
    await encode(1, true);
    expect([(await encode(2)).after, (await encode(3, false, 500)).after]).toEqual([1, 2]);
    expect((await encode(4, false, 500, 32)).after).toBe(0);
    expect(made.configs).toEqual(["64x48 1000", "64x48 500", "32x48 500"]);
  });

  it("is H.264, the quickest; VP8 where that is not there, cannot be of that size, or fails at first", async () => {
    expect((await encode(1, true)).codec).toBe("h264");
    const odd = await encode(2, false, 1000, 33);
    expect([odd.codec, odd.after]).toEqual(["vp8", 0]);
    expect([(await encode(3)).codec, (await encode(4)).after]).toEqual(["h264", 3]);
    for (const change of [{ codecs: ["vp8"] }, { failing: ["avc1.42E034"] }]) {
      Object.assign(made, change);
      const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
      const video = { code: CODE, seq: 1, isKey: true, bitsPerS: 1000 };
      const { codec, after } = await encoder.encode(job(picture("one"), { region: region(64), video }));
      expect([codec, after]).toEqual(["vp8", 0]);
    }
  });

  it("is JPEG where the browser has none, or not for that size", async () => {
    expect((await encode(1, true, 1000, 2000)).after).toBeNull();
    expect((await encode(2)).after).toBe(0);
    made.failing = made.codecs;
    await expect(encode(3)).rejects.toThrow("broken");
    vi.stubGlobal("VideoEncoder", undefined);
    const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
    const jpeg = await encoder.encode(
      job(picture("one"), { video: { code: CODE, seq: 1, isKey: true, bitsPerS: 1000 } }),
    );
    expect([jpeg.after, textOf(jpeg)]).toEqual([null, expect.stringContaining("image/jpeg")]);
  });

  it("is JPEG where no text may become code", async () => {
    const encoder = await createWorkerEncoder(() => new FakeWorker().start().asWorker);
    const video = { code: "no code at all", seq: 1, isKey: true, bitsPerS: 1000 };
    const jpeg = await encoder.encode(job(picture("one"), { video }));
    expect([jpeg.after, textOf(jpeg)]).toEqual([null, expect.stringContaining("image/jpeg")]);
  });

  it("begins anew with another encoder when no key frame comes", async () => {
    await encode(1, true);
    made.gives = "no key";
    await expect(encode(2, true)).rejects.toThrow("no key frame");
    made.gives = "as asked";
    expect((await encode(3)).after).toBe(0);
  });

  it("goes on when the encoder leaves a picture out", async () => {
    await encode(1, true);
    made.gives = "nothing";
    await expect(encode(2)).rejects.toThrow("left the picture out");
    made.gives = "as asked";
    expect((await encode(3)).after).toBe(1);
  });
});

describe("a worker that is refused", () => {
  it("is reported and ended", async () => {
    const worker = new FakeWorker();
    const making = createWorkerEncoder(() => worker.asWorker);
    worker.onerror?.();
    await expect(making).rejects.toThrow("refused");
    expect(worker.isTerminated).toBe(true);
  });

  it("leaves the work to the main thread", async () => {
    const drawn: string[] = [];
    vi.stubGlobal("Worker", undefined);
    stubMainThread(drawn);
    const encoder = await createEncoder();
    const taken = picture("one");
    const jpeg = await encoder.encode(job(taken, { isMirrored: true, isGray: true }));
    await settle();
    expect([textOf(jpeg), drawn, taken.isClosed]).toEqual(["image/jpeg 0.8", ["-1,0,0,1,64,0", "one", "gray"], true]);
    encoder.close();
  });
});
