// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Pacer } from "../pacing/pacer";
import type { Frame } from "../protocol/from_page";
import { FakeClock } from "../testing/fake_clock";
import { FakeEncoder } from "../testing/fake_encoder";
import { FakeStream, settle } from "../testing/fake_media";
import { FakeVisibility } from "../testing/fake_screen";
import { FakeVideos } from "../testing/fake_video";
import { credit } from "../testing/messages";
import { FramePump, type PictureSettings, type PumpPorts } from "./frame_pump";
import { bitRate, encoderBits } from "./video_chain";

let videos: FakeVideos;
let clock: FakeClock;
let pacer: Pacer;
let encoder: FakeEncoder;
let sent: { frame: Frame; jpeg: Record<string, unknown> }[];
let mayCapture: boolean;
let settings: PictureSettings;
let pump: FramePump;
let failures: unknown[];
let ports: PumpPorts;

beforeEach(async () => {
  videos = new FakeVideos();
  clock = new FakeClock();
  pacer = new Pacer();
  pacer.begin(1);
  pacer.acceptCredit(credit({ index: 1, may_send_through: 100, settled_through: 100 }), 0);
  encoder = new FakeEncoder();
  sent = [];
  mayCapture = true;
  settings = {
    crop: null,
    resolution: [640, 480],
    mirror: "pixels",
    color: "rgb",
    quality: 70,
    hold: "size",
    wire: "jpeg",
    videoCode: "what makes video",
  };
  failures = [];
  ports = {
    clock,
    failed: (error: unknown) => failures.push(error),
    visibility: new FakeVisibility(),
    pacer,
    mayCapture: () => mayCapture,
    settings: () => settings,
    sizeSeen: () => {},
    send: (frame: Frame, jpeg: ArrayBuffer) => sent.push({ frame, jpeg: JSON.parse(new TextDecoder().decode(jpeg)) }),
  };
  pump = new FramePump(new FakeStream().asStream, ports, async () => encoder);
  await settle();
});
afterEach(() => vi.unstubAllGlobals());

async function picture(): Promise<void> {
  videos.picture();
  await settle();
}

it("sends each picture as a numbered JPEG with its time, size and the wished quality", async () => {
  const capturedAtMs = clock.now();
  encoder.isManual = true;
  await picture();
  clock.advance(6);
  encoder.finishOne();
  await settle();
  const times = { captured_at_ms: capturedAtMs, sent_at_ms: capturedAtMs + 6 };
  expect(sent[0]?.frame).toMatchObject({ run: 1, seq: 1, width_px: 640, height_px: 480, ...times });
  const region = { left: 0, top: 0, width: 640, height: 480, widthPx: 640, heightPx: 480 };
  expect(sent[0]?.jpeg).toEqual({
    region,
    quality: 70,
    isMirrored: true,
    isGray: false,
    video: null,
    name: "picture 1",
  });
});

it("sends what the settings of the moment leave of the picture", async () => {
  settings = { ...settings, crop: [0.5, 0, 0.5, 1], resolution: [240, 160], color: "gray" };
  await picture();
  expect(sent[0]?.frame).toMatchObject({ width_px: 160, height_px: 240 });
  expect(sent[0]?.jpeg).toMatchObject({ region: { left: 320, top: 0, width: 320, height: 480 }, isGray: true });
});

it("tells the quality and the scale where they may change, and not where they are fixed", async () => {
  await picture();
  settings = { ...settings, quality: [40, 85] };
  await picture();
  expect(sent[0]?.frame).not.toHaveProperty("quality");
  expect(sent[1]?.frame).toMatchObject({ quality: 85, scale: 1 });
  expect(sent[1]?.jpeg).toMatchObject({ quality: 85 });
});

it("sends less where frames come late, in quality and in size", async () => {
  settings = { ...settings, quality: [40, 85], hold: "rate" };
  for (let seq = 1; seq < 80; seq++) {
    await picture();
    clock.advance(100);
    pacer.acceptCredit(
      credit({ index: seq + 1, may_send_through: 100, taken_through: seq, late_ms: 500 }),
      clock.now(),
    );
  }
  expect(sent.at(-1)?.frame).toMatchObject({ quality: 40, scale: 0.5, width_px: 320, height_px: 240 });
  expect(sent.at(-1)?.jpeg).toMatchObject({ quality: 40, region: { width: 640, widthPx: 320 } });
});

it("tells the kernel how long the ways are, once it knows", async () => {
  await picture();
  clock.advance(130);
  pacer.acceptCredit(
    credit({ index: 2, may_send_through: 100, taken_through: 1, late_ms: 40, held_ms: 5 }),
    clock.now(),
  );
  await picture();
  expect(sent.map(({ frame }) => frame.way_ms)).toEqual([undefined, 125]);
});

it("captures nothing while it may not", async () => {
  mayCapture = false;
  await picture();
  expect(pacer.sentThrough).toBe(0);
});

it("throws away what was encoded when it may no longer be sent", async () => {
  encoder.isManual = true;
  await picture();
  mayCapture = false;
  encoder.finishOne();
  await settle();
  expect(sent).toEqual([]);
});

it("throws away what belongs to an older run", async () => {
  encoder.isManual = true;
  await picture();
  pacer.begin(2);
  encoder.finishOne();
  await settle();
  expect(sent).toEqual([]);
});

it("goes on with the next picture when one could not be encoded", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const encode = vi.spyOn(encoder, "encode").mockRejectedValueOnce(new Error("no"));
  for (let k = 0; k < 3; k++) await picture();
  expect(sent.map(({ frame }) => frame.seq)).toEqual([2, 3]);
  expect(encode).toHaveBeenCalledTimes(3);
});

it("says nothing of an encoding that its own end broke off", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  warn.mockClear();
  let breakOff = (_: Error) => {};
  vi.spyOn(encoder, "encode").mockImplementationOnce(() => new Promise((_, reject) => (breakOff = reject)));
  await picture();
  pump.stop();
  breakOff(new Error("closed"));
  await settle();
  expect(warn).not.toHaveBeenCalled();
});

describe("a credit that comes between two pictures", () => {
  beforeEach(async () => {
    pacer.acceptCredit(credit({ index: 2, may_send_through: 0 }), 0);
    await picture();
    pacer.acceptCredit(credit({ index: 3, may_send_through: 9 }), 0);
  });

  it("uses the picture that is there, if it is young", async () => {
    clock.advance(15);
    pump.creditCame();
    pump.creditCame();
    await settle();
    expect(sent).toHaveLength(1);
  });

  it("waits for the next if it is old", async () => {
    clock.advance(18);
    pump.creditCame();
    await settle();
    expect(sent).toHaveLength(0);
  });
});

describe("when no picture can be encoded any more", () => {
  beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));

  async function seconds(count: number): Promise<void> {
    for (let k = 0; k < 10 * count; k++) {
      clock.advance(100);
      await picture();
    }
  }

  it("the camera is given up after 5 s of failures", async () => {
    const error = new Error("no");
    vi.spyOn(encoder, "encode").mockRejectedValue(error);
    await seconds(4.9);
    expect(failures).toEqual([]);
    await seconds(0.4);
    expect(failures[0]).toBe(error);
  });

  it("so it is where the browser gives no picture to encode", async () => {
    vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("InvalidStateError")));
    await seconds(6);
    expect(String(failures[0])).toContain("InvalidStateError");
  });

  it("so it is where the encoder never answers", async () => {
    vi.spyOn(encoder, "encode").mockImplementation(() => new Promise(() => {}));
    await seconds(9);
    expect(failures).toEqual([]);
    await seconds(2);
    expect(String(failures[0])).toContain("no answer for 5 s");
  });

  it("but not for one that works again", async () => {
    const encode = vi.spyOn(encoder, "encode").mockRejectedValue(new Error("no"));
    await seconds(4);
    encode.mockRestore();
    await seconds(1);
    vi.spyOn(encoder, "encode").mockRejectedValue(new Error("no"));
    await seconds(4);
    expect(failures).toEqual([]);
  });

  it("an encoding that never ends holds no place of the camera's next opening", async () => {
    const encode = vi.spyOn(encoder, "encode").mockImplementation(() => new Promise(() => {}));
    await picture();
    await picture();
    expect(encode).toHaveBeenCalledTimes(2);
    pump.stop();
    expect(pacer.tryClaim(clock.now())).not.toBeNull();
    expect(pacer.tryClaim(clock.now())).not.toBeNull();
  });
});

describe("as video", () => {
  const video = () => sent.map(({ frame: { seq, codec, after } }) => [seq, codec, after]);

  beforeEach(() => {
    settings = { ...settings, wire: "video" };
  });

  it("begins with a key frame, and each builds on the one before", async () => {
    for (let k = 0; k < 3; k++) await picture();
    expect(video()).toEqual([
      [1, "h264", 0],
      [2, "h264", 1],
      [3, "h264", 2],
    ]);
  });

  it("gives one key frame when the kernel wants one, and the next when that did not do", async () => {
    for (let k = 0; k < 3; k++) await picture();
    pacer.acceptCredit(credit({ index: 2, may_send_through: 100, settled_through: 100, key_after: 2 }), 0);
    for (let k = 0; k < 2; k++) await picture();
    pacer.acceptCredit(credit({ index: 3, may_send_through: 100, settled_through: 100, key_after: 5 }), 0);
    await picture();
    pacer.acceptCredit(credit({ index: 4, may_send_through: 100, settled_through: 100 }), 0);
    await picture();
    expect(video().map(([, , after]) => after)).toEqual([0, 1, 2, 0, 4, 0, 6]);
  });

  it("sends nothing that builds on what was not sent, and a key frame next", async () => {
    await picture();
    encoder.isManual = true;
    await picture();
    await picture();
    mayCapture = false;
    encoder.finishOne();
    await settle();
    mayCapture = true;
    encoder.finishOne();
    await settle();
    encoder.isManual = false;
    for (let k = 0; k < 2; k++) await picture();
    expect(video()).toEqual([
      [1, "h264", 0],
      [4, "h264", 0],
      [5, "h264", 4],
    ]);
  });

  it("begins each run with a key frame", async () => {
    await picture();
    pacer.begin(2);
    pacer.acceptCredit(credit({ index: 2, run: 2, may_send_through: 100, settled_through: 100 }), 0);
    await picture();
    expect(sent.map(({ frame: { run, seq, after } }) => [run, seq, after])).toEqual([
      [1, 1, 0],
      [2, 1, 0],
    ]);
  });

  it("is chosen by itself on a slow line, and not on a quick one", async () => {
    settings = { ...settings, wire: "auto" };
    await picture();
    await picture();
    // The "JPEG" of this test is small; so slow is the line for it.
    vi.spyOn(pacer.line, "msPerByte", "get").mockReturnValue(1);
    for (let k = 0; k < 2; k++) await picture();
    expect(video()).toEqual([
      [1, undefined, undefined],
      [2, undefined, undefined],
      [3, "h264", 0],
      [4, "h264", 3],
    ]);
  });

  it("has fewer bits on a slow line, down to those of the lowest quality", async () => {
    const asked = vi.spyOn(encoder, "encode");
    const msPerByte = vi.spyOn(pacer.line, "msPerByte", "get").mockReturnValue(0);
    await picture();
    msPerByte.mockReturnValue(1);
    await picture();
    settings = { ...settings, quality: [40, 70] };
    await picture();
    const bits = asked.mock.calls.map(([{ video }]) => video?.bitsPerS ?? 0);
    const most = bits[0] as number;
    expect(bits.map((one) => one / most)).toEqual([1, expect.closeTo(1 / 4, 3), expect.closeTo(1 / 4, 3)]);
  });

  it("is JPEG until what makes it has come", async () => {
    settings = { ...settings, videoCode: null };
    await picture();
    settings = { ...settings, videoCode: "what makes video" };
    await picture();
    expect(video()).toEqual([
      [1, undefined, undefined],
      [2, "h264", 0],
    ]);
  });

  it("is JPEG where the browser has no encoder for it", async () => {
    encoder.hasVideo = false;
    await picture();
    expect(video()).toEqual([[1, undefined, undefined]]);
  });

  it("takes more bits for a picture the fewer there are, and more for a better one", () => {
    const bytes = (perS: number) => encoderBits(bitRate(640 * 480, 70, 1000 / perS), 1000 / perS) / 30 / 8;
    expect(bytes(30)).toBeCloseTo(2880, -2);
    expect(bytes(10)).toBeCloseTo(3730, -2);
    expect(bytes(3.3)).toBeCloseTo(5270, -2);
    expect(bitRate(640 * 480, 85, 125) / bitRate(640 * 480, 70, 125)).toBeCloseTo(2);
  });
});

it("says so when there is no way to the camera's pictures, or to an encoder", async () => {
  const stream = new FakeStream();
  const broken = new Error("no video");
  vi.spyOn(document, "createElement").mockImplementationOnce(() => {
    throw broken;
  });
  new FramePump(stream.asStream, ports, async () => encoder);
  new FramePump(stream.asStream, ports, () => Promise.reject(new Error("no encoder")));
  await settle();
  expect(failures.map(String)).toEqual(["Error: no video", "Error: no encoder"]);
});

it("closes a picture that comes after its end", async () => {
  let isClosed = false;
  let give = (_: unknown) => {};
  vi.stubGlobal("createImageBitmap", () => new Promise((resolve) => (give = resolve)));
  await picture();
  pump.stop();
  give({ close: () => (isClosed = true) });
  await settle();
  expect(isClosed).toBe(true);
});

it("ends with its encoder, also when that comes late", async () => {
  pump.stop();
  await picture();
  expect([encoder.isClosed, sent]).toEqual([true, []]);
});
