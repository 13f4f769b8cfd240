// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeFrames } from "../testing/fake_frames";
import { PlayerPage } from "../testing/player_page";
import { showPlayer } from "./player_view";

let frames: FakeFrames;
let at: PlayerPage;
let host: HTMLElement;
let remove: () => void;

beforeEach(() => {
  frames = new FakeFrames();
  at = new PlayerPage({ volume: 0.8 });
  host = document.body.appendChild(document.createElement("div"));
  remove = showPlayer(at.player, host);
});
afterEach(() => {
  host.remove();
  vi.unstubAllGlobals();
});

function $<E extends HTMLElement>(name: string): E {
  const found = host.querySelector<E>(`.nbstream-${name}`);
  if (!found) throw new Error(`no .nbstream-${name}`);
  return found;
}

const text = (name: string) => $(name).textContent;
const SOUND = Array.from({ length: 800 }, () => 1000);

it("says whether it plays, and draws only then", async () => {
  expect([text("status"), frames.asked]).toEqual(["Silent", 0]);
  await at.sound(SOUND);
  expect([text("status"), frames.asked]).toEqual(["Playing", 1]);
  at.hear(0.3);
  expect([text("status"), frames.asked]).toEqual(["Silent", 0]);
});

it("has a slider that follows the trait and sets it", () => {
  const slider = $<HTMLInputElement>("volume");
  expect(slider.value).toBe("80");
  slider.value = "30";
  slider.dispatchEvent(new Event("input"));
  expect(at.kernel.traits.volume).toBe(0.3);
  at.kernel.change("volume", 0.5);
  expect(slider.value).toBe("50");
});

it("has a button that mutes", () => {
  $("mute").click();
  expect([at.kernel.traits.muted, text("mute"), $("mute").getAttribute("aria-pressed")]).toEqual([
    true,
    "Unmute",
    "true",
  ]);
});

it("has a button for the click that a browser may want, and only then", async () => {
  expect($("unblock").hidden).toBe(true);
  vi.useFakeTimers();
  at.audio.prepare = (context) => {
    context.state = "suspended";
    context.wantsClick = true;
  };
  await at.sound(SOUND);
  vi.advanceTimersByTime(500);
  expect([$("unblock").hidden, text("unblock"), text("status")]).toEqual([false, "Play sound", "Waiting for a click"]);
  at.audio.last.wantsClick = false;
  $("unblock").click();
  expect([$("unblock").hidden, text("status")]).toEqual([true, "Playing"]);
  vi.useRealTimers();
});

it("shows what was cut, and what is wrong", async () => {
  await at.sound(SOUND, { clipped_count: 3 });
  expect(text("note")).toBe("3 values were beyond full scale and are cut.");
  vi.spyOn(console, "warn").mockImplementation(() => {});
  at.hear(0.3);
  at.audio.prepare = () => {
    throw new Error("no");
  };
  await at.sound(SOUND, { sample_rate_hz: 3000 });
  expect([text("note")?.slice(0, 25), $("status").dataset.status]).toEqual(["This browser cannot play ", "failed"]);
});

it("shows the label, and leaves nothing behind", () => {
  at.kernel.change("label", "<b>Answer</b>");
  expect(text("label")).toBe("<b>Answer</b>");
  remove();
  expect([host.childElementCount, frames.asked]).toEqual([0, 0]);
});
