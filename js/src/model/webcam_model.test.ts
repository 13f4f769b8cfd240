// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeStream, settle } from "../testing/fake_media";
import { bytesOf, FakeCanvas } from "../testing/fake_screen";
import { FakeVideos } from "../testing/fake_video";
import { credit, overlay } from "../testing/messages";
import { SourcePage } from "../testing/source_page";

let videos: FakeVideos;
let at: SourcePage;
let removeView: () => void;

beforeEach(async () => {
  videos = new FakeVideos();
  at = new SourcePage();
  removeView = at.source.addView();
  await settle();
});
afterEach(() => vi.unstubAllGlobals());

async function goLive(): Promise<FakeStream> {
  at.say({ status: "live" });
  return at.grant();
}

describe("a source in a page", () => {
  it("says hello, and tells of its view at once", () => {
    expect(at.kernel.sent.map(({ content }) => [content.type, content.views])).toEqual([
      ["hello", 0],
      ["beat", 1],
    ]);
  });

  it("opens the camera when it is wanted here, and reports each step", async () => {
    at.sentTypes();
    await goLive();
    expect(at.kernel.sentOf("camera").map(({ run, camera }) => [run, (camera as { state: string }).state])).toEqual([
      [1, "asking"],
      [1, "on"],
    ]);
    expect(at.source.stream).not.toBeNull();
  });

  it("sends a frame as soon as the camera has a picture, its JPEG as one exact buffer", async () => {
    await goLive();
    videos.picture();
    await settle();
    const { content, buffers } = at.kernel.sent.at(-1) ?? {};
    expect(content).toMatchObject({ type: "frame", client: at.page.client, run: 1, seq: 1, width_px: 640 });
    expect(buffers?.map((buffer) => [buffer instanceof ArrayBuffer, buffer.byteLength])).toEqual([
      [true, content?.byte_length],
    ]);
  });

  it("takes credits from messages and from results of other widgets", async () => {
    await goLive();
    at.say({ stream_every_s: 0, credit: credit({ may_send_through: 0 }) });
    at.kernel.say({ nbstream: 1, type: "credit", credit: credit({ index: 100, may_send_through: 1 }) });
    videos.picture();
    await settle();
    at.page.sources.get("cam")?.acceptCredit(credit({ index: 101, may_send_through: 2 }));
    at.clock.advance(33);
    videos.picture();
    await settle();
    expect(at.kernel.sentOf("frame").map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it("carries what was painted on its frames and beats", async () => {
    await goLive();
    at.page.ledgerOf(at.kernel.widget_manager).note("view", 7, 0, () => {});
    videos.picture();
    await settle();
    expect(at.kernel.sentOf("frame")[0]).toMatchObject({ painted: { view: { seq: 7 } } });
  });
});

describe("beats", () => {
  it("come once a second while the capture is wanted", async () => {
    await goLive();
    at.sentTypes();
    at.clock.advance(3000);
    expect(at.sentTypes()).toEqual(["beat", "beat", "beat"]);
    at.say({ wanted: false, status: "idle" });
    at.sentTypes();
    at.clock.advance(3000);
    expect(at.sentTypes()).toEqual([]);
  });

  it("tell what was sent and how the camera is", async () => {
    await goLive();
    videos.picture();
    await settle();
    at.clock.advance(1000);
    expect(at.kernel.sentOf("beat").at(-1)).toMatchObject({
      run: 1,
      views: 1,
      sent_through: 1,
      camera: { state: "on", label: "Fake camera", width_px: 640, height_px: 480 },
    });
  });

  it("come from a page that only watches, too", () => {
    at.say({ owner: "other" });
    at.sentTypes();
    at.clock.advance(1000);
    expect(at.sentTypes()).toEqual(["beat"]);
  });
});

describe("Stop", () => {
  it("turns the camera off at once and says so", async () => {
    const stream = await goLive();
    at.sentTypes();
    at.source.command("stop");
    expect(stream.track.readyState).toBe("ended");
    expect(at.sentTypes()).toEqual(["command", "camera"]);
  });

  it("during the permission prompt stops the camera that is granted late", async () => {
    at.say({ status: "asking" });
    at.source.command("stop");
    const late = await at.grant();
    expect(late.track.readyState).toBe("ended");
    expect(at.source.camera.state).toBe("off");
  });

  it("and Start again asks anew, and frames begin with 1", async () => {
    await goLive();
    videos.picture();
    at.source.command("stop");
    at.say({ wanted: false, status: "idle" });
    at.say({ run: 2, status: "asking" });
    await at.grant();
    at.kernel.sent.length = 0;
    videos.picture();
    await settle();
    expect(at.kernel.sentOf("frame")).toMatchObject([{ run: 2, seq: 1 }]);
  });
});

describe("the camera goes off", () => {
  it("within a second of the last view, and the kernel gets to know", async () => {
    const stream = await goLive();
    removeView();
    expect(at.kernel.sent.at(-1)?.content).toMatchObject({ type: "beat", views: 0 });
    at.clock.advance(790);
    expect(stream.track.readyState).toBe("live");
    at.clock.advance(20);
    expect(stream.track.readyState).toBe("ended");
    expect(at.kernel.sentOf("camera").at(-1)).toMatchObject({ camera: { state: "off" } });
  });

  it("not when the cell is run again and shows another view at once", async () => {
    const stream = await goLive();
    removeView();
    at.clock.advance(500);
    at.source.addView();
    at.clock.advance(5000);
    expect(stream.track.readyState).toBe("live");
  });

  it("when the kernel was silent for 10 s, which the kernel is told as no end of the stream", async () => {
    const stream = await goLive();
    at.clock.advance(10_010);
    expect(stream.track.readyState).toBe("ended");
    expect(at.kernel.sentOf("camera").at(-1)).toMatchObject({ camera: { state: "off", reason: "silent" } });
  });

  it("until the kernel speaks again, which is answered with hello", async () => {
    await goLive();
    at.clock.advance(30_000);
    at.sentTypes();
    at.say();
    expect(at.sentTypes()).toContain("hello");
    expect(at.source.camera.state).toBe("off");
    at.say();
    expect(at.sentTypes()).not.toContain("hello");
    at.clock.advance(2100);
    expect(at.source.camera.state).toBe("asking");
  });

  it("when sending throws, and no beat is tried any more", async () => {
    const stream = await goLive();
    at.kernel.isCut = true;
    at.clock.advance(1000);
    expect(stream.track.readyState).toBe("ended");
    expect(at.source.rule.isGone).toBe(true);
    at.kernel.isCut = false;
    at.sentTypes();
    at.clock.advance(5000);
    expect(at.sentTypes()).toEqual([]);
  });

  it("when another page takes over", async () => {
    const stream = await goLive();
    at.say({ run: 2, owner: "other" });
    expect(stream.track.readyState).toBe("ended");
  });

  it("when the widget is destroyed, and nothing stays behind", async () => {
    const stream = await goLive();
    at.source.destroy();
    expect(stream.track.readyState).toBe("ended");
    expect(at.kernel.sent.at(-1)?.content.type).toBe("bye");
    expect([at.clock.armed, at.kernel.listening, at.page.sources.size]).toEqual([0, 0, 0]);
    expect(at.visibility.watching).toBe(0);
  });
});

describe("a camera that fails", () => {
  beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));

  it("is reported with its reason, and not asked for again in this run", async () => {
    at.say({ status: "asking" });
    await at.refuse(new DOMException("no", "NotAllowedError"));
    expect(at.kernel.sentOf("camera").at(-1)).toMatchObject({ camera: { state: "failed", reason: "denied" } });
    at.say({ status: "asking" });
    expect(at.prompt.asked).toHaveLength(1);
    at.say({ wanted: false, status: "failed" });
    expect(at.source.camera.state).toBe("failed");
    at.say({ run: 2, status: "asking" });
    expect(at.prompt.asked).toHaveLength(2);
  });
});

describe("a change of settings", () => {
  it("of the device opens the camera anew within the run", async () => {
    const stream = await goLive();
    at.kernel.change("device", "other");
    expect(stream.track.readyState).toBe("ended");
    expect(at.prompt.last.constraints.video).toMatchObject({ device: "other" });
    await at.grant();
    expect(at.source.camera.state).toBe("on");
  });

  it("of the quality does not", async () => {
    await goLive();
    at.kernel.change("quality", 30);
    expect(at.prompt.asked).toHaveLength(1);
    videos.picture();
    await settle();
    const jpeg = at.kernel.sent.at(-1)?.buffers[0];
    expect(new TextDecoder().decode(jpeg)).toContain('"quality":30');
  });

  it("to mirrored pixels mirrors what is sent", async () => {
    await goLive();
    at.kernel.change("mirror", "pixels");
    videos.picture();
    await settle();
    expect(new TextDecoder().decode(at.kernel.sent.at(-1)?.buffers[0])).toContain('"isMirrored":true');
  });
});

describe("results", () => {
  const result = (seq: number) => ({
    nbstream: 1,
    type: "result",
    seq,
    mime: "image/jpeg",
    byte_length: 1,
    captured_at_ms: null,
    frame_seq: null,
    credits: {},
  });

  beforeEach(() => {
    vi.stubGlobal("createImageBitmap", async () => ({ width: 4, height: 3, close() {} }));
    vi.stubGlobal("requestAnimationFrame", (callback: () => void) => callback());
    at.source.results.painter.attach(new FakeCanvas().asCanvas);
  });

  it("are painted, and a new run begins without the old one", async () => {
    at.say({ shows_result: true });
    at.kernel.say(result(1), [bytesOf("x")]);
    await settle();
    expect(at.source.results.painter.hasPicture).toBe(true);
    at.say({ wanted: false, status: "idle" });
    expect(at.source.results.painter.hasPicture).toBe(true);
    at.say({ run: 2 });
    expect(at.source.results.painter.hasPicture).toBe(false);
  });

  it("are reported by a message of their own when nothing carries the word", async () => {
    at.kernel.say(result(4), [bytesOf("x")]);
    await settle();
    at.clock.advance(150);
    expect(at.kernel.sentOf("painted")).toMatchObject([{ painted: { cam: { seq: 4 } } }]);
  });
});

describe("a command", () => {
  it("has a rising number, and waits until the kernel says something", () => {
    at.source.command("start");
    expect(at.source.askedAtMs).toBe(at.clock.now());
    at.source.choose("b");
    expect(at.kernel.sentOf("command")).toMatchObject([
      { action: "start", command_index: 1 },
      { action: "choose_device", command_index: 2, device: "b" },
    ]);
    at.say();
    expect(at.source.askedAtMs).toBeNull();
  });
});

describe("which camera is used", () => {
  const asked = () => (at.prompt.last.constraints.video as { device?: string }).device;

  /** Another person, or this one, chose it: as the kernel passes a choice on. */
  function chosen(id: string, label = ""): void {
    at.kernel.change("_chosen_device", { id, label });
    at.kernel.change("device", id);
  }

  it("is the one that was chosen in this page, whatever is chosen in another", async () => {
    await goLive();
    at.source.choose("mine");
    chosen("mine");
    expect(asked()).toBe("mine");
    const count = at.prompt.asked.length;
    chosen("theirs");
    expect([asked(), at.prompt.asked.length]).toEqual(["mine", count]);
  });

  it("is the one that the code wishes for later", async () => {
    await goLive();
    at.source.choose("mine");
    chosen("mine");
    at.kernel.change("device", "synthetic");
    expect(asked()).toBe("synthetic");
  });

  it("is the one that was chosen in another page, by its name as well, where none was chosen here", async () => {
    await goLive();
    chosen("theirs", "Front");
    expect(at.prompt.last.constraints.video).toMatchObject({ device: "theirs", deviceLabel: "Front" });
    at.kernel.change("device", "code's");
    expect(at.prompt.last.constraints.video).not.toHaveProperty("deviceLabel");
  });
});

describe("which camera is remembered", () => {
  const key = "nbstream.camera";
  const device = (page: SourcePage) => page.source.wish;

  beforeEach(() => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
      removeItem: (name: string) => kept.delete(name),
    });
  });

  it("is the one that a person chose last in this browser, until the default is chosen again", () => {
    new SourcePage().source.choose("synthetic");
    expect(device(new SourcePage())).toEqual({ device: "synthetic", deviceLabel: "Synthetic camera" });
    new SourcePage().source.choose("");
    expect(device(new SourcePage())).toEqual({ device: "" });
  });

  it("is none where the code or a person has another wish", () => {
    new SourcePage().source.choose("synthetic");
    expect(device(new SourcePage({ device: "Front" }))).toEqual({ device: "Front" });
    expect(device(new SourcePage({ facing_mode: "environment" }))).toEqual({ device: "" });
    const chosen = { id: "", label: "Default camera" };
    expect(device(new SourcePage({ _chosen_device: chosen }))).toMatchObject({ device: "" });
  });

  it("does not change what a widget uses that was there before", () => {
    const before = new SourcePage();
    new SourcePage().source.choose("synthetic");
    expect(device(before)).toEqual({ device: "" });
  });

  it("is none where the browser keeps nothing, or something else", () => {
    localStorage.setItem(key, "{}");
    expect(device(new SourcePage())).toEqual({ device: "" });
    vi.stubGlobal("localStorage", undefined);
    new SourcePage().source.choose("synthetic");
    expect(device(new SourcePage())).toEqual({ device: "" });
  });
});

describe("a server that holds results back", () => {
  const HELD_MS = 44;

  /** One frame each 100 ms, whose result comes `wayMs` later unless a beat lets it go. */
  async function playFrame(seq: number): Promise<number> {
    const before = at.kernel.sentOf("beat").length;
    at.say({ stream_every_s: 0.1 });
    const through = { settled_through: seq - 1, may_send_through: seq + 3 };
    at.source.acceptCredit(credit({ index: 1000 + seq, ...through, call_ms: 2 }));
    videos.picture();
    await settle();
    at.clock.advance(2 + HELD_MS);
    at.page.sources.get("cam")?.resultCame(seq);
    at.clock.advance(100 - 2 - HELD_MS);
    return at.kernel.sentOf("beat").length - before;
  }

  it("is sent one more message after each frame once that is seen", async () => {
    await goLive();
    const beats: number[] = [];
    for (let seq = 1; seq <= 12; seq++) beats.push(await playFrame(seq));
    const extra = beats.slice(8).filter((count) => count > 0);
    expect(extra.length).toBe(4);
  });
});

describe("annotations", () => {
  const draw = (seq: number) => at.kernel.say(overlay({ seq }));
  const drawnCount = () => at.source.results.overlays.layers.length;

  it("hand over the credit that rides on them, and are told as painted under their own name", () => {
    at.say();
    at.kernel.say(overlay({ overlay: "boxes", seq: 3, credits: { cam: credit({ index: 99, may_send_through: 7 }) } }));
    at.clock.advance(200);
    expect(Object.keys(at.kernel.sentOf("painted").at(-1)?.painted as object)).toEqual(["boxes"]);
    expect(drawnCount()).toBe(1);
  });

  it("go with Stop and with a new run", () => {
    at.say();
    draw(1);
    at.say({ wanted: false });
    expect(drawnCount()).toBe(0);
    draw(2);
    at.say({ run: 2 });
    expect(drawnCount()).toBe(0);
    draw(3);
    expect(drawnCount()).toBe(1);
  });
});
