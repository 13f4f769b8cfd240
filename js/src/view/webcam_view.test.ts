// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StateMessage } from "../protocol/to_page";
import { domException, FakeStream, FakeTrack, settle } from "../testing/fake_media";
import { bytesOf } from "../testing/fake_screen";
import { FakeVideos } from "../testing/fake_video";
import { overlay } from "../testing/messages";
import { SourcePage } from "../testing/source_page";
import { showWebcam } from "./webcam_view";

let at: SourcePage;
let host: HTMLElement;
let remove: () => void;

beforeEach(async () => {
  new FakeVideos();
  at = new SourcePage();
  host = document.body.appendChild(document.createElement("div"));
  remove = showWebcam(at.source, host, at.clock);
  await settle();
});
afterEach(() => {
  host.remove();
  vi.unstubAllGlobals();
});

function $(name: string): HTMLElement {
  const found = host.querySelector<HTMLElement>(`.nbstream-${name}`);
  if (!found) throw new Error(`no .nbstream-${name}`);
  return found;
}

const text = (name: string) => $(name).textContent;
const isShown = (name: string) => !$(name).hidden;
const shown = () => [$("status").dataset.status, text("status")];
const isEnabled = (name: string) => !($(name) as HTMLButtonElement).disabled;
const commands = () =>
  at.kernel.sentOf("command").map(({ action, device }) => (device === undefined ? action : [action, device]));

describe("before Start", () => {
  it("there is a placeholder of the picture's shape, and Start", () => {
    expect([isShown("placeholder"), isShown("preview"), isShown("result")]).toEqual([true, false, false]);
    expect($("picture").style.aspectRatio).toBe("640 / 480");
    expect([text("start"), isEnabled("start"), isEnabled("stop"), isShown("takeover")]).toEqual([
      "Start",
      true,
      false,
      false,
    ]);
    expect(text("status")).toBe("Idle");
  });

  it("Start is a command", () => {
    $("start").click();
    expect(commands()).toEqual(["start"]);
  });
});

describe("a crop", () => {
  it("shows of the preview only the part that the function gets, mirrored around its own middle", async () => {
    at.kernel.change("crop", [0.5, 0.25, 0.5, 0.25]);
    at.kernel.change("mirror", "preview");
    at.say();
    await at.grant();
    expect($("picture").style.aspectRatio).toBe("320 / 120");
    const { width, height, left, top, transformOrigin } = $("preview").style;
    expect({ width, height, left, top }).toEqual({ width: "200%", height: "400%", left: "-100%", top: "-100%" });
    expect(transformOrigin).toBe("75% 50%");
  });

  it("leaves the whole preview where there is none", () => {
    const { width, height, left, top, transformOrigin } = $("preview").style;
    expect([width, height, left, top, transformOrigin]).toEqual(["100%", "100%", "0%", "0%", "50% 50%"]);
  });
});

describe("the status is told in words", () => {
  it.each<[string, Partial<StateMessage>]>([
    ["Idle", { status: "idle", wanted: false }],
    ["Asking for the camera…", { status: "asking", wanted: false }],
    ["Waiting", { status: "waiting", queue_position: null, wanted: false }],
    ["Waiting: next", { status: "waiting", queue_position: 0, wanted: false }],
    ["Waiting: 3 ahead", { status: "waiting", queue_position: 3, wanted: false }],
    ["Waiting: next, any moment now", { status: "waiting", queue_position: 0, queue_wait_s: 0.9, wanted: false }],
    ["Waiting: next, a few seconds", { status: "waiting", queue_position: 0, queue_wait_s: 4.9, wanted: false }],
    ["Waiting: 1 ahead, about 45 s", { status: "waiting", queue_position: 1, queue_wait_s: 42.6, wanted: false }],
    ["Waiting: 9 ahead, about 5 min", { status: "waiting", queue_position: 9, queue_wait_s: 288, wanted: false }],
    ["Live", { status: "live", wanted: false }],
    ["Paused", { status: "paused", wanted: false }],
    ["Failed", { status: "failed", wanted: false }],
  ])("%s", (word, fields) => {
    at.say(fields);
    expect(text("status")).toBe(word);
  });

  it("with the kernel's sentence beside it", () => {
    at.say({ note: "The function has not returned for 12 s", wanted: false });
    expect(text("note")).toBe("The function has not returned for 12 s");
  });

  it("and a failed camera with what to do", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    at.say({ status: "asking" });
    await at.refuse(domException("NotReadableError"));
    at.say({ status: "failed", wanted: false, note: "same thing, from the kernel" });
    expect(text("status")).toBe("Failed");
    const sentence = text("note");
    expect(sentence).toContain("Close that program and press Start again.");
    at.say({ status: "failed", wanted: false, error: { text: sentence, count: 1 } });
    expect([text("note"), isShown("error")]).toEqual([sentence, false]);
  });
});

describe("while live", () => {
  beforeEach(async () => {
    at.say({ status: "live", time_limit_s: 30, remaining_s: 20, clock_running: true });
    await at.grant();
  });

  it("the preview shows the camera; Stop is a command", () => {
    expect([isShown("preview"), isShown("placeholder")]).toEqual([true, false]);
    expect(($("preview") as HTMLVideoElement).srcObject).toBe(at.source.stream);
    expect([isEnabled("start"), isEnabled("stop")]).toEqual([false, true]);
    $("stop").click();
    expect(commands()).toEqual(["stop"]);
  });

  it("the bar runs down between two messages, on the same element, one transition ahead", () => {
    const fill = $("timebar-fill");
    const [stop, bar] = [$("stop"), $("timebar")];
    expect([text("timebar-text"), fill.style.transform]).toEqual(["20 s", "scaleX(0.6600)"]);
    at.clock.advance(5000);
    expect([text("timebar-text"), fill.style.transform]).toEqual(["15 s", "scaleX(0.4933)"]);
    at.say({ time_limit_s: 30, remaining_s: 3, clock_running: true });
    expect(text("timebar-text")).toBe("3 s");
    expect([$("timebar-fill"), $("stop"), $("timebar")]).toEqual([fill, stop, bar]);
  });

  it("the bar stands while the clock stands, and is not there without a limit", () => {
    at.say({ time_limit_s: 30, remaining_s: 12, clock_running: false });
    at.clock.advance(5000);
    expect(text("timebar-text")).toBe("12 s");
    at.say({ time_limit_s: null, remaining_s: null });
    expect(isShown("timebar")).toBe(false);
  });

  it("the preview is mirrored as the trait says", () => {
    expect($("preview").classList.contains("nbstream-mirrored")).toBe(false);
    for (const mirror of ["preview", "pixels"]) {
      at.kernel.change("mirror", mirror);
      expect($("preview").classList.contains("nbstream-mirrored")).toBe(true);
    }
  });

  it("the preview stands still while the stream is frozen, so that what is found in it lies where it is", () => {
    const isPlaying = () => !($("preview") as HTMLVideoElement).paused;
    expect(isPlaying()).toBe(true);
    at.say({ status: "paused" });
    expect(isPlaying()).toBe(true);
    at.say({ status: "paused", is_frozen: true });
    expect(isPlaying()).toBe(false);
    at.say({ status: "live" });
    expect(isPlaying()).toBe(true);
  });

  it("the picture takes the camera's real shape", async () => {
    at.kernel.change("resolution", [1280, 720]);
    expect($("picture").style.aspectRatio).toBe("1280 / 720");
    await at.grant(new FakeStream(new FakeTrack("x", { width: 320, height: 240 })));
    expect($("picture").style.aspectRatio).toBe("320 / 240");
  });
});

describe("a source that shows its own result", () => {
  const result = (seq: number, mime: string | null = "image/jpeg") => {
    const head = { nbstream: 1, type: "result", seq, mime, captured_at_ms: null, frame_seq: null, credits: {} };
    at.kernel.say({ ...head, byte_length: mime ? 1 : 0 }, mime ? [bytesOf("x")] : []);
    return settle();
  };

  beforeEach(async () => {
    vi.stubGlobal("createImageBitmap", async () => ({ width: 30, height: 40, close() {} }));
    vi.stubGlobal("requestAnimationFrame", (callback: () => void) => callback());
    at.say({ shows_result: true });
    await at.grant();
    expect(isShown("preview")).toBe(true);
    await result(1);
  });

  it("shows it in place of the preview, with the result's shape", () => {
    expect([isShown("result"), isShown("preview")]).toEqual([true, false]);
    expect($("picture").style.aspectRatio).toBe("30 / 40");
    expect([($("result") as HTMLCanvasElement).width, ($("result") as HTMLCanvasElement).height]).toEqual([30, 40]);
  });

  it("shows the preview again when the result is None", async () => {
    await result(2, null);
    expect([isShown("result"), isShown("preview")]).toEqual([false, true]);
  });

  it("keeps the last one after Stop, dimmed, until Start", () => {
    expect($("result").classList.contains("nbstream-dimmed")).toBe(false);
    at.say({ shows_result: true, wanted: false, status: "idle" });
    expect(isShown("result")).toBe(true);
    expect($("result").classList.contains("nbstream-dimmed")).toBe(true);
    at.say({ shows_result: true, run: 2, status: "asking" });
    expect(isShown("result")).toBe(false);
  });
});

describe("while paused", () => {
  it("the button reads Resume and resumes", () => {
    at.say({ status: "paused", can_resume: true, wanted: false });
    expect([text("start"), isEnabled("start")]).toEqual(["Resume", true]);
    expect(text("hint")).toBe("Press Resume to go on");
    $("start").click();
    expect(commands()).toEqual(["resume"]);
  });
});

describe("a stream that waits for presses", () => {
  it("has a button for them, which counts those that wait", () => {
    at.say({ status: "live" });
    expect(isShown("capture")).toBe(false);
    at.say({ status: "live", captures_waiting: 0 });
    expect([text("capture"), isEnabled("capture")]).toEqual(["Capture", true]);
    $("capture").click();
    $("capture").click();
    expect(commands()).toEqual(["capture", "capture"]);
    at.say({ status: "live", captures_waiting: 2 });
    expect(text("capture")).toBe("Capture (2)");
    at.say({ status: "paused", captures_waiting: 0 });
    expect(isEnabled("capture")).toBe(false);
  });
});

describe("a page that only watches", () => {
  it("can take over", () => {
    at.say({ owner: "other" });
    expect(isShown("takeover")).toBe(true);
    expect(text("note")).toBe("Another page has the camera; Take over uses this page's instead.");
    expect(text("hint")).toBe("The camera is on in another page");
    $("takeover").click();
    expect(commands()).toEqual(["take_over"]);
  });

  it("does not choose the other page's camera", () => {
    expect(isShown("device")).toBe(true);
    at.say({ owner: "other" });
    expect(isShown("device")).toBe(false);
    at.say({ owner: "other", wanted: false });
    expect([isShown("device"), isShown("takeover")]).toEqual([true, false]);
  });

  it("cannot take over from nobody", () => {
    at.say({ owner: null, note: "Show the widget in a cell to start the camera." });
    expect([isShown("takeover"), text("hint")]).toEqual([false, "Press Start to use the camera"]);
  });
});

describe("the list of cameras", () => {
  const select = () => $("device") as HTMLSelectElement;

  it("has the default and the synthetic camera, and choosing is a command", () => {
    expect([...select().options].map(({ textContent, value }) => [textContent, value])).toEqual([
      ["Default camera", ""],
      ["Synthetic camera", "synthetic"],
    ]);
    select().value = "synthetic";
    select().dispatchEvent(new Event("change"));
    expect(commands()).toEqual([["choose_device", "synthetic"]]);
    expect(select().value).toBe("synthetic");
  });

  it("says so when the default camera is used in place of one that another browser has", async () => {
    const id = "0a".repeat(32);
    at.kernel.change("_chosen_device", { id, label: "Side" });
    at.kernel.change("device", id);
    at.say();
    await at.grant();
    expect(text("note")).toBe("Side is not here: Fake camera is used instead. Choose another camera in the list.");
    at.kernel.change("_chosen_device", null);
    at.say();
    await at.grant();
    expect(text("note")).toMatch(/^Camera of another browser is not here/);
    at.kernel.change("device", "");
    at.say();
    await at.grant();
    expect(text("note")).toBe("");
  });

  it("follows the trait, also to a name that the browser does not know", () => {
    at.kernel.change("device", "Synthetic camera");
    expect(select().value).toBe("synthetic");
    at.kernel.change("device", "Side camera");
    expect(select().selectedOptions[0]?.textContent).toBe("Side camera");
  });
});

describe("what the function raised and printed", () => {
  it("is shown as text, with how often it came", () => {
    expect([isShown("error"), isShown("log")]).toEqual([false, false]);
    at.say({ error: { text: "<b>Error</b>", count: 1 }, log: ["one", "<i>two</i>"], wanted: false });
    expect([text("error"), text("log")]).toEqual(["<b>Error</b>", "one\n<i>two</i>"]);
    at.say({ error: { text: "<b>Error</b>", count: 214 }, wanted: false });
    expect(text("error-count")).toBe("×214");
    expect([$("error-text"), $("error-count")].map((one) => one.closest("[role=alert]") !== null)).toEqual([
      true,
      false,
    ]);
  });

  it("is read out once, and the log not at all: it is there to be read", () => {
    at.say({ log: ["one"], wanted: false });
    expect($("log").getAttribute("aria-live")).toBe("off");
  });
});

describe("a widget that has no place in the page, as in a closed Accordion", () => {
  let stream: FakeStream;

  beforeEach(async () => {
    at.say({ status: "live" });
    stream = await at.grant();
  });
  async function seconds(count: number): Promise<void> {
    for (let k = 0; k < count; k++) {
      at.clock.advance(1000);
      await settle();
      at.say({ status: "live" });
    }
  }

  it("turns the camera off after 20 s, and tells the kernel why", async () => {
    host.style.display = "none";
    await seconds(20);
    expect(stream.track.readyState).toBe("live");
    await seconds(2);
    expect(stream.track.readyState).toBe("ended");
    expect(at.kernel.sentOf("camera").at(-1)).toMatchObject({ camera: { state: "off", reason: "hidden" } });
    expect(shown()).toEqual(["off", "Camera off"]);
  });

  it("but not where the user's code lets it run hidden", async () => {
    at.kernel.change("run_hidden", true);
    host.style.display = "none";
    await seconds(60);
    expect(stream.track.readyState).toBe("live");
  });

  it("but not while another view can be seen", async () => {
    host.style.display = "none";
    const second = document.body.appendChild(document.createElement("div"));
    const removeSecond = showWebcam(at.source, second, at.clock);
    await seconds(60);
    expect(stream.track.readyState).toBe("live");
    second.remove();
    await seconds(22);
    expect(stream.track.readyState).toBe("ended");
    removeSecond();
  });

  it("nor in a notebook behind another one in JupyterLab", async () => {
    const panel = document.body.appendChild(document.createElement("div"));
    panel.className = "lm-DockPanel-widget";
    panel.style.display = "none";
    panel.append(host);
    await seconds(60);
    expect(stream.track.readyState).toBe("live");
  });

  it("nor in a hidden browser tab", async () => {
    at.visibility.set(true);
    await seconds(60);
    expect(stream.track.readyState).toBe("live");
  });

  it("and Resume, once it is seen again, opens it anew", async () => {
    host.style.display = "none";
    await seconds(22);
    at.say({ status: "paused", can_resume: true, wanted: false });
    host.style.display = "";
    at.say({ status: "live", run: 2 });
    expect((await at.grant()).track.readyState).toBe("live");
    expect(shown()).toEqual(["live", "Live"]);
  });
});

describe("the word follows the facts", () => {
  beforeEach(() => vi.spyOn(console, "warn").mockImplementation(() => {}));

  it("while the camera that shall be on is off", async () => {
    at.say({ status: "live" });
    await at.grant();
    at.source.rule.stop();
    at.say({ status: "live" });
    expect(shown()).toEqual(["off", "Camera off"]);
  });

  it("when another script has stopped the camera: within two seconds, and Start opens it again", async () => {
    at.say({ status: "live" });
    const stream = await at.grant();
    stream.track.stop();
    at.clock.advance(1000);
    expect(shown()).toEqual(["failed", "Failed"]);
    expect(text("note")).toMatch(/^The camera was turned off by the browser or by another script/);
    expect(at.kernel.sentOf("camera").at(-1)).toMatchObject({ camera: { state: "failed", reason: "stopped" } });
    at.say({ status: "failed", wanted: false });
    at.say({ status: "live", run: 2 });
    await at.grant();
    expect(shown()).toEqual(["live", "Live"]);
  });

  it("but a camera that failed here earlier is not the one of another page", async () => {
    at.say({ status: "asking" });
    await at.refuse(domException("NotReadableError"));
    at.say({ status: "live", owner: "other", run: 2 });
    expect([...shown(), text("note")]).toEqual([
      "live",
      "Live",
      "Another page has the camera; Take over uses this page's instead.",
    ]);
  });
});

describe("a kernel that does not answer", () => {
  it("is told of after 5 s, and counted by fives, until it does", () => {
    $("start").click();
    at.clock.advance(4900);
    expect(text("note")).toBe("");
    at.clock.advance(2200);
    expect(text("note")).toBe("The kernel has not answered for 5 s; it may be busy with a cell.");
    at.say({ wanted: false });
    expect(text("note")).toBe("");
  });

  it("for 10 s is told in note, word and status, for the camera is off by then", async () => {
    at.say({ status: "live" });
    await at.grant();
    expect(shown()).toEqual(["live", "Live"]);
    at.clock.advance(10_001);
    expect(text("note")).toMatch(/^Nothing was heard of the kernel/);
    expect(shown()).toEqual(["silent", "No answer from the kernel"]);
    at.say({ status: "live" });
    expect(text("note")).toBe("");
  });

  it("for 10 s is told in a page that only watches, too", () => {
    at.say({ owner: "other" });
    expect(shown()).toEqual(["live", "Live"]);
    at.clock.advance(11_000);
    expect(shown()).toEqual(["silent", "No answer from the kernel"]);
  });

  it("to Start for 10 s is told by the status", () => {
    $("start").click();
    at.clock.advance(10_200);
    expect(shown()).toEqual(["silent", "No answer from the kernel"]);
  });

  it("because it is gone is told, and no button acts", () => {
    at.say({ status: "paused", can_resume: true, wanted: false, time_limit_s: 30, remaining_s: 20 });
    expect(isShown("timebar")).toBe(true);
    at.kernel.isCut = true;
    $("start").click();
    expect([text("status"), isShown("timebar")]).toEqual(["Disconnected", false]);
    expect(text("note")).toBe(
      "The kernel is gone or was restarted. Run the notebook's cells again, from the first one on.",
    );
    expect(text("hint")).toBe("");
    expect([isEnabled("start"), isEnabled("stop"), isShown("takeover")]).toEqual([false, false, false]);
  });
});

describe("the keyboard", () => {
  it("the focus goes over from Start to Stop and back, and from nowhere to nowhere", async () => {
    $("start").focus();
    at.say({ status: "asking" });
    expect(document.activeElement).toBe($("stop"));
    at.say({ status: "idle", wanted: false });
    expect(document.activeElement).toBe($("start"));
    $("start").blur();
    at.say({ status: "live", run: 2 });
    expect(document.activeElement).toBe(document.body);
  });

  it("keys stay in the widget, whatever the host does with them", () => {
    const heard = vi.fn();
    host.addEventListener("keydown", heard);
    $("start").dispatchEvent(new KeyboardEvent("keydown", { key: "b", bubbles: true }));
    expect(heard).not.toHaveBeenCalled();
    expect($("start").closest("[data-lm-suppress-shortcuts]")).toBe($("source"));
  });

  it("a key that is held presses once", () => {
    const key = { key: "Enter", bubbles: true, cancelable: true };
    const isTaken = (repeat: boolean) => !$("start").dispatchEvent(new KeyboardEvent("keydown", { ...key, repeat }));
    expect([isTaken(false), isTaken(true)]).toEqual([false, true]);
  });
});

describe("a turn that is over", () => {
  it("shows the camera while the stream waits for the next one, and no bar", async () => {
    vi.stubGlobal("createImageBitmap", async () => ({ width: 30, height: 40, close() {} }));
    vi.stubGlobal("requestAnimationFrame", (callback: () => void) => callback());
    const limit = { shows_result: true, time_limit_s: 30, remaining_s: 30 };
    at.say(limit);
    await at.grant();
    const head = { nbstream: 1, type: "result", seq: 1, captured_at_ms: null, frame_seq: null, credits: {} };
    at.kernel.say({ ...head, mime: "image/jpeg", byte_length: 1 }, [bytesOf("x")]);
    await settle();
    expect([isShown("result"), isShown("timebar")]).toEqual([true, true]);
    at.say({ ...limit, status: "waiting", queue_position: 0 });
    expect([isShown("result"), isShown("preview"), isShown("timebar")]).toEqual([false, true, false]);
  });
});

it("names its buttons as one group, by its label", () => {
  expect([$("source").getAttribute("role"), $("source").getAttribute("aria-label")]).toEqual(["group", "Camera"]);
  at.kernel.change("label", "Left");
  expect($("source").getAttribute("aria-label")).toBe("Left");
});

it("forgets what was wrong with a camera when another one is chosen", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  at.say({ status: "asking" });
  await at.refuse(domException("NotFoundError"));
  at.say({ status: "idle", wanted: false });
  expect(text("note")).toMatch(/^No such camera/);
  at.source.choose("synthetic");
  expect(text("note")).toBe("");
});

describe("when the view is removed", () => {
  it("nothing of it stays: no element, no timer, no view counted", async () => {
    at.say({ time_limit_s: 30, remaining_s: 20, clock_running: true, wanted: false });
    const preview = $("preview") as HTMLVideoElement;
    remove();
    expect([host.childElementCount, at.clock.armed, preview.srcObject, at.source.rule.views]).toEqual([0, 0, null, 0]);
  });

  it("another one goes on", () => {
    const second = document.createElement("div");
    showWebcam(at.source, second, at.clock);
    remove();
    at.say({ status: "paused", wanted: false });
    expect(second.querySelector(".nbstream-status")?.textContent).toBe("Paused");
  });
});

it("shows how far a long call is, as long as it is told", () => {
  const bar = () => host.querySelector(".nbstream-progress") as HTMLProgressElement;
  expect(bar().hidden).toBe(true);
  at.say({ progress: 0.25, note: "A quarter" });
  expect([bar().hidden, bar().value]).toEqual([false, 0.25]);
  at.say({ progress: null });
  expect(bar().hidden).toBe(true);
});

it("shows the label above the picture", () => {
  expect(isShown("label")).toBe(false);
  at.kernel.change("label", "<b>Front</b>");
  expect([isShown("label"), text("label")]).toEqual([true, "<b>Front</b>"]);
});

it("has annotations over the preview, and none where there is no picture", async () => {
  at.kernel.say(overlay({ seq: 1 }));
  expect(isShown("overlay")).toBe(false);
  at.say();
  await at.grant();
  at.kernel.say(overlay({ seq: 2 }));
  await new Promise((resolve) => requestAnimationFrame(resolve));
  expect(isShown("overlay")).toBe(true);
  at.say({ wanted: false });
  await new Promise((resolve) => requestAnimationFrame(resolve));
  expect(isShown("overlay")).toBe(false);
});
