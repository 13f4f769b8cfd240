// @vitest-environment happy-dom
import type { InitializeProps, RenderProps } from "@anywidget/types";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Page } from "../page/page";
import type { DecoderPorts } from "../results/video";
import { settle } from "../testing/fake_media";
import { FakeModel } from "../testing/fake_model";
import { bytesOf } from "../testing/fake_screen";
import { FakeVideos } from "../testing/fake_video";
import { overlay } from "../testing/messages";
import { importPart } from "../testing/parts";
import { WEBCAM_TRAITS } from "../testing/source_page";
import widget from "./widget";

type Definition = {
  initialize(props: InitializeProps): () => void;
  render(props: RenderProps): (() => void) | undefined;
};
const { initialize, render } = widget as Definition;

function made(traits: Record<string, unknown>): { model: FakeModel; host: HTMLElement; end(): void } {
  const model = new FakeModel(traits);
  const end = initialize({ model: model.asModel } as InitializeProps);
  const host = document.createElement("div");
  render({ model: model.asModel, el: host } as unknown as RenderProps);
  return { model, host, end };
}

const result = (seq: number, mime: string | null) => {
  const head = { nbstream: 1, type: "result", seq, captured_at_ms: null, frame_seq: null, credits: {} };
  return { ...head, mime, byte_length: mime ? 1 : 0 };
};

beforeEach(() => {
  new FakeVideos();
  vi.stubGlobal("createImageBitmap", async () => ({ width: 30, height: 40, close() {} }));
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => callback());
});
afterEach(() => vi.unstubAllGlobals());

it("shows a source for a webcam", () => {
  const { host, end } = made({ ...WEBCAM_TRAITS, _widget_id: "one" });
  expect(host.querySelectorAll(".nbstream-source")).toHaveLength(1);
  expect(host.classList.contains("nbstream-widget")).toBe(true);
  end();
});

it.each(["hologram", "constructor", ""])("says in words that it knows no widget of the kind %j", (kind) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { host, model, end } = made({ _kind: kind, _widget_id: "new" });
  const text = `A widget of the kind "${kind}" came; this page knows webcam, screen, kernel_source, image_view. Reload the page.`;
  expect(host.textContent).toBe(text);
  expect(warn).toHaveBeenCalledWith(`[nbstream] ${text}`);
  end();
  expect(model.sent).toEqual([]);
});

describe("a display", () => {
  const traits = { _kind: "image_view", _widget_id: "view", label: "Flipped" };

  it("has a placeholder until the first result, and again when it is cleared", async () => {
    const { model, host, end } = made(traits);
    const [placeholder, canvas] = [".nbstream-placeholder", "canvas"].map((css) =>
      host.querySelector<HTMLElement>(css),
    );
    expect([placeholder?.hidden, canvas?.hidden]).toEqual([false, true]);
    expect(host.querySelector(".nbstream-display .nbstream-label")?.textContent).toBe("Flipped");
    model.say(result(1, "image/jpeg"), [bytesOf("x")]);
    await settle();
    expect([placeholder?.hidden, canvas?.hidden]).toEqual([true, false]);
    model.say(result(2, null));
    expect([placeholder?.hidden, canvas?.hidden]).toEqual([false, true]);
    end();
  });

  it.each([
    ["the picture that was saved with it", { mime: "image/jpeg", bytes: bytesOf("x") }, true],
    ["that there is no kernel", { mime: null, bytes: bytesOf("") }, false],
    ["that there is no kernel", null, false],
  ])("shows in a saved copy %s", async (_, saved, hasPicture) => {
    const { host, end } = made({ ...traits, layout: { comm_live: false }, _saved: saved, _is_live: false });
    await settle();
    const canvas = host.querySelector("canvas");
    expect([canvas?.hidden, canvas?.className]).toEqual([!hasPicture, "nbstream-result"]);
    expect(host.querySelector(".nbstream-hint")?.textContent).toContain("There is no kernel");
    end();
  });

  it("leaves to the kernel what it shows where there is one", async () => {
    const { host, end } = made({ ...traits, _saved: { mime: "image/jpeg", bytes: bytesOf("x") } });
    await settle();
    expect(host.querySelector("canvas")?.hidden).toBe(true);
    end();
  });

  it("is dimmed when the stream that it shows is live no longer", async () => {
    const { model, host, end } = made({ ...traits, _is_live: true });
    const canvas = host.querySelector("canvas");
    model.say(result(1, "image/jpeg"), [bytesOf("x")]);
    await settle();
    expect(canvas?.classList.contains("nbstream-dimmed")).toBe(false);
    model.change("_is_live", false);
    expect(canvas?.classList.contains("nbstream-dimmed")).toBe(true);
    model.change("_is_live", null);
    expect(canvas?.classList.contains("nbstream-dimmed")).toBe(false);
    end();
  });

  it("gives video to the part for it, which it asks for when the kernel may send some", async () => {
    const page = (globalThis as never as Record<symbol, Page>)[Symbol.for("nbstream.page.4")] as Page;
    const took = ({ mime }: { mime: string }) => mime === "video/h264";
    const makeDecoder = ({ askForKey }: DecoderPorts) => {
      askForKey(7);
      return { took, close() {} };
    };
    Object.assign(page, { importPart: async () => ({ default: { makeDecoder, encoderCode: "" } }) });
    const { model, host, end } = made({ ...traits, _wire: "jpeg" });
    model.change("_wire", "video");
    await settle();
    model.change("_wire", "auto");
    await settle();
    expect(model.sentOf("part").map(({ part }) => part)).toEqual(["video"]);
    expect(model.sentOf("video").map(({ key_after }) => key_after)).toEqual([7]);
    model.say({ ...result(1, "video/h264"), after: 0 }, [bytesOf("x")]);
    await settle();
    expect(host.querySelector("canvas")?.hidden).toBe(true);
    end();
  });

  it("says what keeps a text from becoming code, and shows JPEGs", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const page = (globalThis as never as Record<symbol, Page>)[Symbol.for("nbstream.page.4")] as Page;
    Object.assign(page, { importPart: () => Promise.reject(new Error("no text may become code")) });
    const { model, host, end } = made({ ...traits, _wire: "video" });
    await settle();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("Pictures travel as JPEG"));
    model.say(result(1, "image/jpeg"), [bytesOf("x")]);
    await settle();
    expect(host.querySelector("canvas")?.hidden).toBe(false);
    end();
  });

  it("has annotations over its result, and none before", async () => {
    const { model, host, end } = made(traits);
    const canvas = host.querySelector<HTMLElement>(".nbstream-overlay");
    model.say(overlay());
    expect(canvas?.hidden).toBe(true);
    model.say(result(1, "image/jpeg"), [bytesOf("x")]);
    await settle();
    expect(canvas?.hidden).toBe(false);
    end();
  });

  it("gives every view a canvas of its own", async () => {
    const { model, host, end } = made(traits);
    const second = document.createElement("div");
    render({ model: model.asModel, el: second } as unknown as RenderProps);
    model.say(result(1, "image/jpeg"), [bytesOf("x")]);
    await settle();
    const canvases = [host, second].map((shown) => shown.querySelector("canvas"));
    expect(canvases.map((canvas) => [canvas?.width, canvas?.height])).toEqual([
      [30, 40],
      [30, 40],
    ]);
    end();
  });

  it("hands the credits on its results to the source in the same page", async () => {
    const source = made({ ...WEBCAM_TRAITS, _widget_id: "cam" });
    const display = made(traits);
    const page = (globalThis as never as Record<symbol, { sources: Map<string, { acceptCredit(c: unknown): void }> }>)[
      Symbol.for("nbstream.page.4")
    ];
    const taken = vi.spyOn(page?.sources.get("cam") as { acceptCredit(c: unknown): void }, "acceptCredit");
    const none = { settled_through: 0, superseded: 0, rejected: 0, call_ms: null, late_ms: null, held_ms: null };
    const credit = { index: 1, run: 1, may_send_through: 3, taken_through: 0, ended_through: 0, ...none };
    display.model.say({ ...result(1, "image/jpeg"), credits: { cam: credit } }, [bytesOf("x")]);
    expect(taken).toHaveBeenCalledWith(credit);
    source.end();
    display.end();
  });

  it("lies below the camera's picture as far as a divider, which keys and pointers move", async () => {
    const source = made({ ...WEBCAM_TRAITS, _widget_id: "cam", mirror: "pixels", crop: [0, 0, 0.5, 1] });
    const page = (globalThis as never as Record<symbol, Page>)[Symbol.for("nbstream.page.4")] as Page;
    Object.assign(page, { importPart });
    const { model, host, end } = made({ ...traits, _compared_id: "cam" });
    await settle();
    const $ = (css: string) => host.querySelector<HTMLElement>(css) as HTMLElement;
    expect([model.sentOf("part").length, $(".nbstream-compare").hidden]).toEqual([1, true]);
    const camera = page.sources.get("cam") as object;
    const stream = {} as MediaStream;
    Object.defineProperty(camera, "stream", { value: stream });
    model.say(result(1, "image/jpeg"), [bytesOf("x")]);
    await settle();
    const video = $("video") as HTMLVideoElement;
    expect([$(".nbstream-compare").hidden, video.srcObject, video.style.width]).toEqual([false, stream, "200%"]);
    expect(video.classList.contains("nbstream-mirrored")).toBe(true);
    const divider = $(".nbstream-divider");
    const now = () => [divider.getAttribute("aria-valuenow"), $(".nbstream-before").style.clipPath];
    expect(now()).toEqual(["50", "inset(0 50% 0 0)"]);
    for (const key of ["ArrowRight", "PageUp", "x"]) divider.dispatchEvent(new KeyboardEvent("keydown", { key }));
    expect(now()[0]).toBe("62");
    divider.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
    expect(now()).toEqual(["100", "inset(0 0% 0 0)"]);
    $(".nbstream-compare").getBoundingClientRect = () => ({ left: 100, width: 200 }) as DOMRect;
    const pointer = (name: string, clientX: number) => divider.dispatchEvent(new PointerEvent(name, { clientX }));
    pointer("pointermove", 120);
    expect(now()[0]).toBe("100");
    pointer("pointerdown", 120);
    pointer("pointermove", 150);
    pointer("pointerup", 150);
    pointer("pointermove", 290);
    expect(now()[0]).toBe("25");
    model.say(result(2, null));
    expect([$(".nbstream-compare").hidden, video.srcObject]).toEqual([true, null]);
    source.end();
    end();
  });

  it("leaves nothing behind when it ends", () => {
    const { model, end } = made(traits);
    end();
    expect(model.listening).toBe(0);
    expect(model.sent.at(-1)?.content.type).toBe("bye");
  });

  it("that is rendered without its model shows nothing", () => {
    const host = document.createElement("div");
    expect(render({ model: new FakeModel(traits).asModel, el: host } as unknown as RenderProps)).toBeUndefined();
  });
});

it("shares one page object between copies of the module", async () => {
  const key = Symbol.for("nbstream.page.4");
  const first = made({ ...WEBCAM_TRAITS, _widget_id: "one" });
  const page = (globalThis as never as Record<symbol, unknown>)[key];
  vi.resetModules();
  const copy = (await import("./widget")).default as Definition;
  const model = new FakeModel({ ...WEBCAM_TRAITS, _widget_id: "two" });
  const end = copy.initialize({ model: model.asModel } as InitializeProps);
  expect((globalThis as never as Record<symbol, unknown>)[key]).toBe(page);
  expect(model.sentOf("hello")[0]?.client).toBe(first.model.sentOf("hello")[0]?.client);
  first.end();
  end();
});
