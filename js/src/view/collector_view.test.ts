// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CollectorModel } from "../model/collector_model";
import { Page } from "../page/page";
import { FakeClock } from "../testing/fake_clock";
import { FakeModel } from "../testing/fake_model";
import { FakeVisibility } from "../testing/fake_screen";
import { showCollector } from "./collector_view";

let kernel: FakeModel;
let model: CollectorModel;
let host: HTMLElement;
let remove: () => void;
let index: number;

beforeEach(() => {
  kernel = new FakeModel({ _kind: "collector", _widget_id: "collector", label: "" });
  model = new CollectorModel(kernel.asModel, new Page(new FakeClock(), new FakeVisibility()));
  host = document.body.appendChild(document.createElement("div"));
  remove = showCollector(model, host);
  index = 0;
});
afterEach(() => {
  model.destroy();
  host.remove();
});

function say(examples: number[][], more: object = {}): void {
  index += 1;
  const names = ["cup", "<b>phone</b>"];
  const classes = examples.map((some, at) => ({ name: names[at], count: some.length, examples: some }));
  kernel.say({ nbstream: 1, type: "collection", index, classes, held: null, note: null, ...more });
}

function thumbnail(example: number): void {
  const bytes = new Uint8Array([255, 216, 255, example]);
  const message = { nbstream: 1, type: "example", example, byte_length: bytes.length };
  kernel.say(message, [new DataView(bytes.buffer)]);
}

const all = <T extends HTMLElement>(name: string) => [...host.querySelectorAll<T>(`.nbstream-${name}`)];
const commands = () =>
  kernel.sent
    .map(({ content }) => content)
    .filter(({ type }) => type === "collect" || type === "discard")
    .map(({ class_index, is_held, example }) => (example === undefined ? [class_index, is_held] : example));
function point(target: Element | undefined, name: string): void {
  target?.dispatchEvent(new PointerEvent(name, { button: 0, pointerId: 1, bubbles: true }));
}
function key(name: string, of: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent(name, { key: of, bubbles: true, cancelable: true, ...more });
  all("collect")[0]?.dispatchEvent(event);
  return event;
}

it("shows a row per class, its count, and the newest picture first, whose place is there before it", () => {
  say([[3, 5], []], { note: "cup is full.", held: 0 });
  thumbnail(5);
  expect(all("class-name").map((one) => one.textContent)).toEqual(["cup", "<b>phone</b>"]);
  expect(all("class-count").map((one) => one.textContent)).toEqual(["2", "0"]);
  expect(all("collect").map((one) => one.getAttribute("aria-pressed"))).toEqual(["true", "false"]);
  expect(all("note")[0]?.textContent).toBe("cup is full.");
  say([[3, 5, 7], []]);
  thumbnail(7);
  const sources = all("examples")[0]?.querySelectorAll("img") ?? [];
  expect([...sources].map((image) => image.getAttribute("src"))).toEqual([
    "data:image/jpeg;base64,/9j/Bw==",
    "data:image/jpeg;base64,/9j/BQ==",
    null,
  ]);
});

it("deletes a picture by a click on it, and puts an older one at the end", () => {
  say([[8, 9], []]);
  all("example")[0]?.click();
  expect(commands()).toEqual([9]);
  say([[7, 8], []]);
  thumbnail(7);
  expect(all("example").map((one) => one.querySelector("img")?.getAttribute("src"))).toEqual([
    null,
    "data:image/jpeg;base64,/9j/Bw==",
  ]);
  say([[], []], { index: 1 });
  expect(all("example"), "an older state changes nothing").toHaveLength(2);
});

describe("a class's button", () => {
  beforeEach(() => say([[], []]));

  it("is held and let go by mouse, finger and Space", () => {
    point(all("collect")[1], "pointerdown");
    for (const name of ["pointerup", "lostpointercapture"]) point(all("collect")[1], name);
    key("keydown", " ");
    key("keydown", " ", { repeat: true });
    key("keyup", " ");
    expect(commands()).toEqual([
      [1, true],
      [1, false],
      [0, true],
      [0, false],
    ]);
  });

  it("has a key, of which the notebook hears nothing; other keys are the notebook's", () => {
    expect(key("keydown", "2").defaultPrevented).toBe(true);
    key("keydown", "2", { repeat: true });
    key("keyup", "2");
    for (const other of ["3", "0", "a"]) expect(key("keydown", other).defaultPrevented).toBe(false);
    expect(key("keydown", "1", { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(commands()).toEqual([
      [1, true],
      [1, false],
    ]);
  });

  it("is let go when the focus leaves, the kernel goes or the view is closed", () => {
    key("keydown", "1");
    host.querySelector(".nbstream-collector")?.dispatchEvent(new FocusEvent("focusout"));
    point(all("collect")[0], "pointerdown");
    remove();
    expect(commands()).toEqual([
      [0, true],
      [0, false],
      [0, true],
      [0, false],
    ]);
  });

  it("cannot be pressed when the kernel is gone", () => {
    kernel.fire("comm:close");
    expect((all("collect")[0] as HTMLButtonElement).disabled).toBe(true);
    expect(all("note")[0]?.textContent).toContain("The kernel is gone");
    key("keydown", "1");
    expect(commands()).toEqual([]);
  });
});
