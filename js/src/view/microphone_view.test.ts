// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeFrames } from "../testing/fake_frames";
import { settle } from "../testing/fake_media";
import { MicrophonePage } from "../testing/microphone_page";
import { showMicrophone } from "./microphone_view";

let frames: FakeFrames;
let at: MicrophonePage;
let host: HTMLElement;
let remove: () => void;

beforeEach(async () => {
  frames = new FakeFrames();
  at = new MicrophonePage();
  host = document.body.appendChild(document.createElement("div"));
  remove = showMicrophone(at.source, host, at.clock);
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
const isShown = (...names: string[]) => names.map((name) => !$(name).hidden);

it("has before Start what a camera has, in its own words", () => {
  expect(text("hint")).toBe("Press Start to use the microphone");
  expect(isShown("placeholder", "waveform", "meter", "timebar")).toEqual([true, false, false, false]);
  expect($("stop").title).toBe("Stop the stream and turn the microphone off");
  expect([$("device").title, (($("device") as HTMLSelectElement).options[0] as HTMLOptionElement).textContent]).toEqual(
    ["Which microphone to use", "Default microphone"],
  );
  $("start").click();
  expect(at.kernel.sentOf("command")).toMatchObject([{ action: "start" }]);
});

describe("while live", () => {
  beforeEach(async () => {
    await at.goLive();
  });

  it("shows waveform and level in place of the hint", () => {
    expect(isShown("placeholder", "waveform", "meter", "clipped")).toEqual([false, true, true, false]);
    expect([text("status"), frames.asked]).toEqual(["Live", 1]);
  });

  it("shows the time that is left", () => {
    at.say({ time_limit_s: 30, remaining_s: 12, clock_running: true });
    expect([isShown("timebar"), text("timebar-text")]).toEqual([[true], "12 s"]);
  });

  it("is muted by a button, says so, and tells the kernel nothing", () => {
    const pressed = () => [text("mute"), $("mute").getAttribute("aria-pressed"), text("muted")];
    const sent = at.kernel.sent.length;
    $("mute").click();
    expect([at.source.isMuted, ...pressed()]).toEqual([true, "Unmute", "true", "Muted"]);
    $("mute").click();
    expect(pressed()).toEqual(["Mute", "false", ""]);
    expect(at.kernel.sent.length).toBe(sent);
    at.kernel.change("controls", ["start"]);
    expect(isShown("mute")).toEqual([false]);
  });

  it("tells how many samples were clipped", () => {
    at.audio.last.next = () => 1.5;
    at.hear(0.5);
    at.say();
    expect([isShown("clipped"), /^\d+ clipped$/.test(text("clipped") ?? "")]).toEqual([[true], true]);
  });

  it("draws nothing any more after Stop, nor when the view is gone", () => {
    at.say({ wanted: false, status: "idle" });
    at.clock.advance(510);
    expect([isShown("placeholder"), frames.asked]).toEqual([[true], 0]);
    remove();
    expect([host.childElementCount, at.source.rule.views]).toEqual([0, 0]);
  });
});

it("asks for a click where the browser wants one", async () => {
  vi.useFakeTimers();
  at.audio.prepare = (context) => {
    context.state = "suspended";
    context.wantsClick = true;
  };
  await at.goLive();
  vi.advanceTimersByTime(500);
  expect([isShown("placeholder", "waveform"), text("hint")]).toEqual([
    [true, false],
    "Click here: the browser wants it before it listens",
  ]);
  vi.useRealTimers();
});

describe("Hold to talk", () => {
  const actions = () => at.kernel.sentOf("command").map(({ action }) => action);
  const held = () => [text("hold"), $("hold").getAttribute("aria-pressed")];
  function point(name: string): void {
    $("hold").dispatchEvent(new PointerEvent(name, { button: 0, pointerId: 1, bubbles: true }));
  }
  function key(name: string, more: KeyboardEventInit = {}): KeyboardEvent {
    const event = new KeyboardEvent(name, { key: " ", bubbles: true, cancelable: true, ...more });
    $("hold").dispatchEvent(event);
    return event;
  }

  beforeEach(async () => {
    await at.goLive();
  });

  it("is there for a stream that waits for it, and can be pressed while that is live", () => {
    expect(isShown("hold")).toEqual([false]);
    at.say({ is_held: false });
    expect(isShown("hold")).toEqual([true]);
    expect(($("hold") as HTMLButtonElement).disabled).toBe(false);
    at.say({ is_held: false, status: "paused" });
    expect(($("hold") as HTMLButtonElement).disabled).toBe(true);
    at.say({ is_held: false, owner: "another page" });
    expect(isShown("hold")).toEqual([false]);
  });

  it("tells when it is pressed and when it is let go, by mouse or finger", () => {
    at.say({ is_held: false });
    point("pointerdown");
    expect(held()).toEqual(["Listening…", "true"]);
    at.clock.advance(700);
    for (const name of ["pointerup", "lostpointercapture"]) point(name);
    const [press, release] = at.kernel.sentOf("command");
    expect([press?.action, release?.action]).toEqual(["hold", "release"]);
    expect((release?.at_ms as number) - (press?.at_ms as number)).toBe(700);
    expect(held()).toEqual(["Hold to talk", "false"]);
  });

  it("by Space, however often the key repeats, and the notebook hears nothing of it", () => {
    at.say({ is_held: false });
    const outside = vi.fn();
    document.body.addEventListener("keydown", outside);
    expect(key("keydown").defaultPrevented).toBe(true);
    for (let count = 0; count < 5; count++) key("keydown", { repeat: true });
    expect(key("keyup").defaultPrevented).toBe(true);
    key("keydown", { key: "x" });
    expect(actions()).toEqual(["hold", "release"]);
    expect(outside).not.toHaveBeenCalled();
    document.body.removeEventListener("keydown", outside);
  });

  it.each([
    ["the focus goes elsewhere", () => $("hold").dispatchEvent(new FocusEvent("blur"))],
    ["the finger is taken away", () => point("pointercancel")],
    ["the stream pauses", () => at.say({ is_held: true, status: "paused" })],
    ["the view is closed", () => remove()],
  ])("is let go when %s", (_why, end) => {
    at.say({ is_held: false });
    point("pointerdown");
    end();
    expect(actions()).toEqual(["hold", "release"]);
  });
});
