// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UploadModel } from "../model/upload_model";
import { Page } from "../page/page";
import { FakeClock } from "../testing/fake_clock";
import { FakeModel } from "../testing/fake_model";
import { FakeVisibility } from "../testing/fake_screen";
import { showUpload } from "./upload_view";

const MB = 1_000_000;
let kernel: FakeModel;
let model: UploadModel;
let host: HTMLElement;
let remove: () => void;

beforeEach(() => {
  const traits = { _kind: "upload", _widget_id: "upload", label: "", _accept: "image/*", _max_bytes: 3 * MB };
  kernel = new FakeModel(traits);
  model = new UploadModel(kernel.asModel, new Page(new FakeClock(), new FakeVisibility()));
  host = document.body.appendChild(document.createElement("div"));
  remove = showUpload(model, host);
});
afterEach(() => {
  remove();
  model.destroy();
  host.remove();
});

const one = <T extends HTMLElement>(name: string) => host.querySelector<T>(`.nbstream-${name}`) as T;
const said = () => [one("said").textContent, one("said").dataset.bad];
const parts = () => kernel.sentOf("file_part").map(({ at, byte_length }) => [at, byte_length]);
const file = (size: number, name = "cat.jpg") => new File([new Uint8Array(size).fill(7)], name);

function drag(name: string, ...files: File[]): Event {
  const event = new Event(name, { bubbles: true, cancelable: true });
  Object.assign(event, { dataTransfer: { files } });
  one("upload").dispatchEvent(event);
  return event;
}

/** The kernel has this much of the file that came last. */
function tell(received: number, more: object = {}): void {
  const { client, command_index, name, size } = kernel.sentOf("file_part").at(-1) ?? {};
  const whose = { client, command_index, name, size };
  kernel.change("_upload", { ...whose, received, is_taken: false, note: null, ...more });
}

it("sends a dropped file part by part, each when the one before is there", async () => {
  expect(drag("drop", file(2.5 * MB)).defaultPrevented).toBe(true);
  await vi.waitFor(() => expect(parts()).toEqual([[0, MB]]));
  tell(MB);
  await vi.waitFor(() => expect(parts()).toHaveLength(2));
  expect(said()).toEqual(["cat.jpg: 40 %", "false"]);
  tell(MB); // nothing new
  tell(2 * MB);
  await vi.waitFor(() => expect(parts()).toHaveLength(3));
  expect(parts().slice(1)).toEqual([
    [MB, MB],
    [2 * MB, 0.5 * MB],
  ]);
  expect(kernel.sent.at(-1)?.buffers[0]?.byteLength).toBe(0.5 * MB);
  tell(2.5 * MB, { is_taken: true });
  expect(said()).toEqual(["cat.jpg", "false"]);
  expect(parts()).toHaveLength(3);
});

it("takes a file that is chosen, and the same one again", async () => {
  const input = one<HTMLInputElement>("file");
  expect([input.accept, input.hidden]).toEqual(["image/*", true]);
  const click = vi.spyOn(input, "click");
  one("choose").click();
  expect(click).toHaveBeenCalledOnce();
  for (const count of [1, 2]) {
    Object.defineProperty(input, "files", { value: [file(10)], configurable: true });
    input.dispatchEvent(new Event("change"));
    await vi.waitFor(() => expect(parts()).toHaveLength(count));
  }
  const [first, second] = kernel.sentOf("file_part");
  expect(Number(second?.command_index)).toBeGreaterThan(Number(first?.command_index));
});

describe("a file that cannot be", () => {
  it.each([
    [3 * MB + 100_000, "cat.jpg has 3.1 MB; at most 3 MB are taken."],
    [0, "cat.jpg is empty."],
  ])("taken, with %i bytes, is refused in words, and nothing is sent", (size, words) => {
    drag("drop", file(size));
    expect(said()).toEqual([words, "true"]);
    expect(parts()).toEqual([]);
  });

  it("read, since it was removed, is told", async () => {
    const gone = file(10);
    vi.spyOn(gone, "slice").mockReturnValue({ arrayBuffer: () => Promise.reject(new Error("gone")) } as never);
    drag("drop", gone);
    await vi.waitFor(() => expect(said()).toEqual(["cat.jpg cannot be read.", "true"]));
  });

  it("used, as the kernel says, is sent no further, and the next one is taken", async () => {
    drag("drop", file(2 * MB));
    await vi.waitFor(() => expect(parts()).toHaveLength(1));
    tell(MB, { note: "cat.jpg <b>is</b> no picture." });
    expect(said()).toEqual(["cat.jpg <b>is</b> no picture.", "true"]);
    drag("drop", file(20, "dog.jpg"));
    await vi.waitFor(() => expect(parts()).toHaveLength(2));
    expect(parts()[1]).toEqual([0, 20]);
  });
});

it("shows where a file may be dropped, and lets go of one that is begun when another comes", async () => {
  drag("dragover");
  expect(one("upload").dataset.over).toBe("true");
  drag("dragleave");
  expect(one("upload").dataset.over).toBe("false");
  drag("drop", file(2 * MB));
  await vi.waitFor(() => expect(parts()).toHaveLength(1));
  const first = kernel.sentOf("file_part")[0];
  drag("drop", file(20));
  await vi.waitFor(() => expect(parts()).toHaveLength(2));
  kernel.change("_upload", { ...first, received: MB, is_taken: false, note: null });
  expect(parts(), "no more of the first").toHaveLength(2);
});

it("takes nothing once the kernel is gone", () => {
  kernel.fire("comm:close");
  expect(one<HTMLButtonElement>("choose").disabled).toBe(true);
  drag("drop", file(10));
  expect(parts()).toEqual([]);
  expect(said()[0]).toContain("The kernel is gone");
});
