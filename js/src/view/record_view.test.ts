// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RecordModel } from "../model/record_model";
import { Page } from "../page/page";
import { FakeClock } from "../testing/fake_clock";
import { FakeModel } from "../testing/fake_model";
import { FakeVisibility } from "../testing/fake_screen";
import { showRecord } from "./record_view";

let kernel: FakeModel;
let clock: FakeClock;
let model: RecordModel;
let host: HTMLElement;
let remove: () => void;

beforeEach(() => {
  const traits = { _kind: "record", _widget_id: "record", label: "", _is_recording: false, _note: null };
  kernel = new FakeModel(traits);
  clock = new FakeClock();
  model = new RecordModel(kernel.asModel, new Page(clock, new FakeVisibility()));
  host = document.body.appendChild(document.createElement("div"));
  remove = showRecord(model, host, clock);
});
afterEach(() => {
  remove();
  model.destroy();
  host.remove();
  vi.restoreAllMocks();
});

const one = <T extends HTMLElement>(name: string) => host.querySelector<T>(`.nbstream-${name}`) as T;
const actions = () => kernel.sentOf("command").map(({ action }) => action);

/** What was recorded has come, for this page unless told otherwise. */
function clip(size: number, more: object = {}): void {
  const { client } = kernel.sentOf("hello")[0] as { client: string };
  const message = { nbstream: 1, type: "clip", client, name: "a.mp4", mime: "video/mp4", byte_length: size };
  kernel.say({ ...message, ...more }, [new DataView(new ArrayBuffer(size))]);
}

it("records by a press, tells for how long, and ends by a second one", () => {
  one("record").click();
  expect([actions(), one("record").textContent]).toEqual([["start"], "Record"]);
  kernel.change("_is_recording", true);
  clock.advance(65_000);
  expect([one("record").textContent, one("record-time").textContent]).toEqual(["Stop", "1:05"]);
  expect(one("record").getAttribute("aria-pressed")).toBe("true");
  one("record").click();
  expect(actions()).toEqual(["start", "stop"]);
  kernel.change("_is_recording", false);
  expect([one("record-time").textContent, clock.armed]).toEqual(["", 0]);
});

it("offers the file that came for this page, and lets go of the one before", () => {
  const made = vi.spyOn(URL, "createObjectURL").mockReturnValueOnce("blob:1").mockReturnValueOnce("blob:2");
  const revoked = vi.spyOn(URL, "revokeObjectURL");
  const save = one<HTMLAnchorElement>("save");
  expect(save.hidden).toBe(true);
  clip(9, { client: "another" });
  expect([save.hidden, made.mock.calls.length]).toEqual([true, 0]);
  clip(1_250_000);
  expect([save.hidden, save.getAttribute("href"), save.download]).toEqual([false, "blob:1", "a.mp4"]);
  expect(save.textContent).toBe("Save a.mp4 (1.3 MB)");
  kernel.change("_is_recording", true);
  expect(save.hidden).toBe(true);
  kernel.change("_is_recording", false);
  clip(10, { name: "b.mp4" });
  expect([save.getAttribute("href"), revoked.mock.calls]).toEqual(["blob:2", [["blob:1"]]]);
});

it("says why there is nothing, and is of no use once the kernel is gone", () => {
  kernel.change("_note", "Nothing <b>came</b>.");
  expect(one("said").textContent).toBe("Nothing <b>came</b>.");
  kernel.change("_is_recording", true);
  kernel.fire("comm:close");
  expect([one<HTMLButtonElement>("record").disabled, one("record-time").textContent]).toEqual([true, ""]);
  expect(one("said").textContent).toContain("The kernel is gone");
  remove();
  expect(clock.armed).toBe(0);
});
