// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setTexts } from "../../page/texts";
import { settle } from "../../testing/fake_media";
import { FakeVideos } from "../../testing/fake_video";
import { credit } from "../../testing/messages";
import { SourcePage } from "../../testing/source_page";
import { showWebcam } from "../webcam_view";

let at: SourcePage;
let host: HTMLElement;

beforeEach(async () => {
  new FakeVideos();
  at = new SourcePage();
  host = document.body.appendChild(document.createElement("div"));
  showWebcam(at.source, host, at.clock);
  await settle();
});
afterEach(() => {
  host.remove();
  vi.unstubAllGlobals();
});

const $ = (css: string) => host.querySelector(css) as HTMLElement;
const shown = () => [...host.querySelectorAll<HTMLElement>(".nbstream-tool:not([hidden])")].map(({ title }) => title);
const actions = () => at.kernel.sentOf("command").map(({ action }) => action);

async function goLive(): Promise<void> {
  at.say();
  await at.grant();
}

describe("the bar", () => {
  it("has what means something: before Start the settings alone", async () => {
    expect(shown()).toEqual(["Settings"]);
    await goLive();
    const names = shown().map((title) => title.split(":")[0]);
    expect(names).toEqual(["Pause", "Freeze", "Snapshot", "Insert", "Mirror", "Full screen", "Numbers", "Settings"]);
  });

  it("has only the controls that the code wants", async () => {
    at.kernel.change("controls", ["pause"]);
    await goLive();
    expect(shown()).toEqual(["Pause"]);
    expect([$(".nbstream-start").hidden, $(".nbstream-stop").hidden, $(".nbstream-device").hidden]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("pauses and resumes by one button, freezes by another", async () => {
    await goLive();
    $(".nbstream-pause").click();
    at.say({ status: "paused", can_resume: true });
    expect($(".nbstream-pause").title).toBe("Resume");
    $(".nbstream-pause").click();
    at.say();
    $(".nbstream-freeze").click();
    $(".nbstream-insert").click();
    expect(actions()).toEqual(["pause", "resume", "freeze", "insert"]);
  });

  it("mirrors the preview of this page, and says nothing to the kernel", async () => {
    await goLive();
    const isMirrored = () => $(".nbstream-preview").classList.contains("nbstream-mirrored");
    $(".nbstream-mirror").click();
    expect([isMirrored(), $(".nbstream-mirror").getAttribute("aria-pressed")]).toEqual([true, "true"]);
    $(".nbstream-mirror").click();
    expect([isMirrored(), actions()]).toEqual([false, []]);
    at.kernel.change("mirror", "pixels");
    expect(shown()).not.toContain("Mirror");
  });
});

describe("the settings", () => {
  const pick = (number: number, value: string) => {
    const select = host.querySelectorAll<HTMLSelectElement>(".nbstream-choice")[number] as HTMLSelectElement;
    select.value = value;
    select.dispatchEvent(new Event("change"));
  };

  it("change size and quality in the kernel, and the rate here", async () => {
    await goLive();
    $(".nbstream-settings").click();
    await settle();
    pick(0, "1280x720");
    expect(at.kernel.sentOf("command").at(-1)).toMatchObject({
      action: "adjust",
      width_px: 1280,
      height_px: 720,
      quality: 70,
    });
    pick(1, "500");
    expect(at.source.leastEveryMs).toBe(500);
  });

  it("leave a range of qualities that the code gave, and close by Escape", async () => {
    at.kernel.change("quality", [40, 85]);
    $(".nbstream-settings").click();
    await settle();
    expect(document.activeElement).toBe($(".nbstream-choice"));
    pick(0, "320x240");
    expect(at.kernel.sentOf("command").at(-1)).not.toHaveProperty("quality");
    $(".nbstream-choice").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await settle();
    expect($(".nbstream-settings-panel").hidden).toBe(true);
    expect(document.activeElement).toBe($(".nbstream-settings"));
  });
});

describe("what few open", () => {
  const asked = () => at.kernel.sentOf("part").map(({ part }) => part);

  it("is asked of the kernel when somebody first opens it, and again while it has not come", async () => {
    at.kernel.givesParts = false;
    await goLive();
    expect(asked()).toEqual([]);
    $(".nbstream-settings").click();
    $(".nbstream-settings").click();
    await settle();
    expect([asked(), $(".nbstream-settings-panel")]).toEqual([["panels", "panels"], null]);
    at.kernel.givePart("panels");
    await settle();
    $(".nbstream-settings").click();
    await settle();
    expect([asked().length, $(".nbstream-settings-panel").hidden]).toEqual([2, false]);
    expect(host.querySelectorAll(".nbstream-panels")).toHaveLength(1);
  });

  it("comes with the numbers as well, in the page's language", async () => {
    setTexts({ Size: "Größe" });
    at.say({ stats: { fps: 1, legs_ms: {}, superseded: 0, bytes_up: 0, bytes_down: 0 } });
    await settle();
    expect([asked(), $(".nbstream-setting").textContent]).toEqual([["panels"], "Größe"]);
    setTexts(null);
  });
});

describe("the numbers", () => {
  const stats = { fps: 9.5, legs_ms: { call: 4.2, up: 2, total: 14.5 }, superseded: 3, bytes_up: 1e6, bytes_down: 0 };

  it("are there while the kernel tells them: rate, age, what was skipped, kilobytes", async () => {
    await goLive();
    expect($(".nbstream-numbers")).toBeNull();
    at.say({ stats });
    await settle();
    at.clock.advance(1000);
    at.say({ stats: { ...stats, bytes_up: 1.2e6 } });
    expect($(".nbstream-numbers-text").textContent).toBe(
      "9.5 pictures/s of 10 asked, 15 ms old\n3 skipped, 200 kB/s\nway up 2 ms · function 4.2 ms",
    );
    expect($(".nbstream-numbers polyline").getAttribute("points")?.split(" ")).toHaveLength(2);
    at.say();
    expect($(".nbstream-numbers").hidden).toBe(true);
  });

  it("beside Live are calls per second, and how long one takes", async () => {
    await goLive();
    for (let k = 1; k <= 8; k++) {
      at.clock.advance(500);
      at.say({ credit: credit({ index: 50 + k, ended_through: 2 * k, call_ms: 480 }) });
    }
    expect($(".nbstream-pace").textContent).toBe("2.0 fps · 480 ms");
    at.say({ credit: credit({ index: 90, ended_through: 17, call_ms: 2100 }) });
    at.say({ credit: credit({ index: 91, ended_through: 17, call_ms: 2100 }) });
    expect($(".nbstream-pace").textContent).toMatch(/ fps · 2\.1 s a call$/);
    at.say({ status: "paused", can_resume: true });
    expect($(".nbstream-pace").textContent).toBe("");
  });
});
