import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settle } from "../testing/fake_media";
import { bytesOf } from "../testing/fake_screen";
import { makeDecoder, type VideoResults } from "./video";

interface Callbacks {
  output(picture: VideoFrame): void;
  error(error: Error): void;
}

/** The browser's decoder: gives each picture when the test says so, or at once. */
class FakeVideoDecoder {
  static all: FakeVideoDecoder[] = [];
  static isAble = true;
  static isHanging = false;
  state = "unconfigured";
  readonly given: [type: string, seq: number][] = [];
  readonly callbacks: Callbacks;

  constructor(callbacks: Callbacks) {
    this.callbacks = callbacks;
    FakeVideoDecoder.all.push(this);
  }

  static async isConfigSupported() {
    return { supported: FakeVideoDecoder.isAble };
  }

  configure(): void {
    this.state = "configured";
  }

  decode({ type, timestamp }: { type: string; timestamp: number }): void {
    if (this.state !== "configured") throw new Error("not configured");
    this.given.push([type, timestamp]);
    if (!FakeVideoDecoder.isHanging) this.callbacks.output({ timestamp } as VideoFrame);
  }

  fail(): void {
    this.state = "closed";
    this.callbacks.error(new Error("broken"));
  }

  close(): void {
    if (this.state === "closed") throw new Error("closed twice");
    this.state = "closed";
  }
}

let shown: number[];
let leftOut: number[];
let asked: (number | null)[];
let results: VideoResults;

const message = (seq: number, mime: "video/h264" | "image/jpeg") => {
  const head = { nbstream: 1 as const, type: "result" as const, seq, mime, byte_length: 1 };
  return { ...head, captured_at_ms: null, frame_seq: null, credits: {} };
};
const video = (seq: number, after: number) => results.took({ ...message(seq, "video/h264"), after }, bytesOf("x"));
const newest = () => FakeVideoDecoder.all.at(-1) as FakeVideoDecoder;

beforeEach(async () => {
  Object.assign(FakeVideoDecoder, { all: [], isAble: true, isHanging: false });
  vi.stubGlobal("VideoDecoder", FakeVideoDecoder);
  vi.stubGlobal(
    "EncodedVideoChunk",
    class {
      constructor(fields: object) {
        Object.assign(this, fields);
      }
    },
  );
  [shown, leftOut, asked] = [[], [], []];
  results = makeDecoder({
    show: (seq) => shown.push(seq),
    leftOut: (seq) => leftOut.push(seq),
    askForKey: (seq) => asked.push(seq),
  });
  await settle();
});
afterEach(() => vi.unstubAllGlobals());

it("says that the page shows video once it is known, and then shows each result", () => {
  expect(asked).toEqual([0]);
  expect([video(1, 0), video(2, 1), video(5, 2)]).toEqual([true, true, true]);
  expect(newest().given).toEqual([
    ["key", 1],
    ["delta", 2],
    ["delta", 5],
  ]);
  expect([shown, leftOut, asked]).toEqual([[1, 2, 5], [], [0]]);
});

it("says nothing to the kernel where the browser cannot, and so to the person", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  FakeVideoDecoder.isAble = false;
  asked = [];
  makeDecoder({ show() {}, leftOut() {}, askForKey: (seq) => asked.push(seq) });
  vi.stubGlobal("VideoDecoder", undefined);
  makeDecoder({ show() {}, leftOut() {}, askForKey: (seq) => asked.push(seq) });
  await settle();
  expect(asked).toEqual([]);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining("Results travel as JPEG"));
});

it("leaves JPEGs to others, and between them the video goes on", () => {
  video(1, 0);
  expect(results.took(message(2, "image/jpeg"), bytesOf("x"))).toBe(false);
  video(3, 1);
  expect(shown).toEqual([1, 3]);
});

it("says again after 5 s of JPEGs that it shows video, in case the word was lost", () => {
  const now = vi.spyOn(performance, "now");
  now.mockReturnValue(performance.timeOrigin + 1e7);
  results.took(message(1, "image/jpeg"), bytesOf("x"));
  results.took(message(2, "image/jpeg"), bytesOf("x"));
  expect(asked).toEqual([0, 0]);
  now.mockRestore();
});

describe("what cannot be shown is left out, and a key frame is asked for", () => {
  it("when one is missing, until the key frame comes", () => {
    video(1, 0);
    video(3, 2);
    video(4, 3);
    expect([leftOut, asked]).toEqual([
      [3, 4],
      [0, 3, 4],
    ]);
    video(5, 0);
    video(6, 5);
    expect(shown).toEqual([1, 5, 6]);
  });

  it("when there was no key frame at all", () => {
    video(7, 6);
    expect([shown, leftOut, asked]).toEqual([[], [7], [0, 7]]);
  });

  it("when the decoder says that a frame is broken", () => {
    FakeVideoDecoder.isHanging = true;
    video(1, 0);
    video(2, 1);
    newest().fail();
    expect(leftOut).toEqual([1, 2]);
    video(3, 2);
    expect([leftOut, asked.at(-1)]).toEqual([[1, 2, 3], 3]);
  });

  it("when the decoder hangs: no more than 16 wait for it", () => {
    FakeVideoDecoder.isHanging = true;
    for (let seq = 1; seq <= 17; seq++) video(seq, seq - 1);
    expect(leftOut).toHaveLength(17);
    expect([newest().state, asked.at(-1)]).toEqual(["closed", 17]);
  });
});

it("gives up after three key frames that could not be shown, and says so once", () => {
  FakeVideoDecoder.isHanging = true;
  for (const seq of [1, 3, 5]) {
    video(seq, 0);
    newest().fail();
    video(seq + 1, seq);
  }
  expect(asked).toEqual([0, 2, 4, null]);
  video(7, 6);
  expect([asked.at(-1), asked.length]).toEqual([null, 4]);
  results.took(message(8, "image/jpeg"), bytesOf("x"));
  expect(asked).toHaveLength(4);
});

it("ends its decoder with each key frame, and with the widget", () => {
  video(1, 0);
  video(2, 0);
  results.close();
  results.close();
  expect(FakeVideoDecoder.all.map(({ state }) => state)).toEqual(["closed", "closed"]);
});
