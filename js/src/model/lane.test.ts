// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Page, routeCredits } from "../page/page";
import { type KernelMessage, parseKernelMessage } from "../protocol/to_page";
import { FakeClock } from "../testing/fake_clock";
import { fakeKernel } from "../testing/fake_kernel";
import { FakeModel } from "../testing/fake_model";
import { FakeVisibility } from "../testing/fake_screen";
import { credit, result, state } from "../testing/messages";
import { Lane } from "./lane";

let page: Page;
let model: FakeModel;
let lane: Lane<KernelMessage>;
let received: KernelMessage[];
let links: boolean[];

beforeEach(() => {
  page = new Page(new FakeClock(), new FakeVisibility());
  model = new FakeModel({ _widget_id: "w" });
  received = [];
  links = [];
  lane = new Lane(model.asModel, page, {
    parse: parseKernelMessage,
    received: (message) => received.push(message),
    linkChanged: () => links.push(lane.isGone),
    views: () => 3,
  });
});

it("says hello with this page's name and its views", () => {
  lane.hello();
  expect(model.sentOf("hello")).toMatchObject([{ nbstream: 1, type: "hello", client: page.client, views: 3 }]);
  expect(page.client).toMatch(/^[0-9a-f]{32}$/);
});

it("hands on messages; what is none is counted and told once", () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  model.say(state());
  for (let k = 0; k < 3; k++) model.say({ what: "is this" });
  expect([received.length, lane.rubbishCount]).toEqual([1, 3]);
  expect(warned).toHaveBeenCalledTimes(1);
});

it("takes the bytes of a picture as Google Colab hands them over", () => {
  const memory = new Uint8Array([9, 9, 1, 2, 3, 9]);
  model.say(result({ mime: "image/jpeg", byte_length: 3 }), [memory.subarray(2, 5) as unknown as DataView]);
  expect([received.length, lane.rubbishCount]).toEqual([1, 0]);
});

it("says nothing from a saved copy, until a kernel is found behind it", () => {
  const layout = { comm_live: false };
  const saved = new FakeModel({ _widget_id: "w", layout });
  const changes: boolean[] = [];
  const copy = new Lane(saved.asModel, page, {
    parse: parseKernelMessage,
    received: () => {},
    linkChanged: () => changes.push(copy.isGone),
    views: () => 1,
  });
  copy.hello();
  expect([copy.isSavedCopy, copy.isGone, saved.sent]).toEqual([true, true, []]);
  layout.comm_live = true;
  saved.fire("comm_live_update");
  expect([copy.isSavedCopy, copy.isGone, saved.sentOf("hello").length, changes]).toEqual([false, false, 1, [false]]);
  copy.close();
});

describe("the kernel is gone", () => {
  it("when sending throws, and is back when a message goes through or comes", () => {
    model.isCut = true;
    expect(lane.send({ nbstream: 1, type: "bye", client: "c" })).toBe(false);
    model.isCut = false;
    lane.hello();
    model.isCut = true;
    lane.hello();
    model.say(state());
    expect(links).toEqual([true, false, true, false]);
  });

  it("when the comm is closed, for good: the host would drop messages in silence", () => {
    model.fire("comm:close");
    expect(lane.send({ nbstream: 1, type: "bye", client: "c" })).toBe(false);
    expect([links, model.sent]).toEqual([[true], []]);
  });

  it("or not, which a hello finds out when the host says that something changed", () => {
    model.isCut = true;
    model.fire("comm_live_update");
    expect(lane.isGone).toBe(true);
  });
});

it("says bye when the page goes away, and hello when it comes back", () => {
  dispatchEvent(new Event("pagehide"));
  dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  expect(model.sent.map(({ content }) => content.type)).toEqual(["bye", "hello"]);
});

it("says bye when it is closed, and listens to nothing from then on", () => {
  lane.close();
  dispatchEvent(new Event("pagehide"));
  expect(model.sent.map(({ content }) => content.type)).toEqual(["bye"]);
  expect(model.listening).toBe(0);
});

describe("the page", () => {
  it("has one ledger of what was painted for the widgets of one kernel", () => {
    const [here, there] = [{ has_model: () => true }, { has_model: () => true }];
    expect(page.ledgerOf(here)).toBe(page.ledgerOf(here));
    expect(page.ledgerOf(here)).not.toBe(page.ledgerOf(there));
    expect(page.ledgerOf(undefined)).toBe(page.ledgerOf(undefined));
  });

  it("has one ledger where the host has one kernel, and gives each model a manager of its own", () => {
    expect(page.ledgerOf({ get_model: () => null })).toBe(page.ledgerOf({ get_model: () => null }));
  });

  it("hands credits and the news of a result to the sources that they are for, and drops the others", () => {
    const taken: number[] = [];
    const came: number[] = [];
    page.sources.set("a", {
      acceptCredit: ({ index }) => taken.push(index),
      resultCame: (frameSeq) => came.push(frameSeq),
    });
    const credits = { a: credit({ index: 5 }), elsewhere: credit() };
    routeCredits(page, result({ frame_seq: 12, credits }));
    routeCredits(page, result({ frame_seq: null, credits: { a: credit({ index: 6 }) } }));
    expect([taken, came]).toEqual([[5, 6], [12]]);
  });

  it("numbers its commands", () => {
    expect([page.nextCommandIndex(), page.nextCommandIndex()]).toEqual([1, 2]);
  });
});

describe("a notebook's panel that is closed", () => {
  /** What JupyterLab's widget manager has of a signal. */
  class FakeSignal {
    readonly slots = new Set<() => void>();
    connect = (slot: () => void) => this.slots.add(slot);
    disconnect = (slot: () => void) => this.slots.delete(slot);
  }

  function openPanel() {
    const disposed = new FakeSignal();
    const kernel = fakeKernel();
    const shown = new FakeModel({ _widget_id: "w" }, { kernel, context: { sessionContext: { disposed } } });
    const gone: boolean[] = [];
    const inPanel: Lane<KernelMessage> = new Lane(shown.asModel, page, {
      parse: parseKernelMessage,
      received: () => {},
      linkChanged: () => gone.push(inPanel.isGone),
      views: () => 1,
    });
    const closePanel = () => {
      for (const slot of disposed.slots) slot();
    };
    return { disposed, shown, inPanel, gone, kernel, closePanel };
  }

  it("is told to the kernel while that can still be reached, and nothing is said afterwards", () => {
    const { closePanel, shown, inPanel, gone } = openPanel();
    closePanel();
    inPanel.hello();
    inPanel.close();
    expect(shown.sent.map(({ content }) => content.type)).toEqual(["bye"]);
    expect(gone).toEqual([true]);
  });

  it("is told on a connection of its own as well, for the server may drop what came with the end of the other", () => {
    const { closePanel, kernel, inPanel } = openPanel();
    closePanel();
    const content = { nbstream: 1, type: "bye", client: inPanel.client };
    expect(kernel.clones.flatMap(({ sent }) => sent)).toMatchObject([
      { content: { comm_id: "w", data: { method: "custom", content } } },
    ]);
  });

  it("is a page of its own: opened again it has another name, and says that the first has gone, once", () => {
    const first = openPanel();
    first.inPanel.hello();
    first.closePanel();
    const { inPanel, shown } = openPanel();
    inPanel.hello();
    inPanel.hello();
    expect(inPanel.client).not.toBe(first.inPanel.client);
    expect(shown.sent.map(({ content: { type, client } }) => [type, client])).toEqual([
      ["bye", first.inPanel.client],
      ["hello", inPanel.client],
      ["hello", inPanel.client],
    ]);
  });

  it("has one name for all widgets in it, and does not speak for another widget's", () => {
    const { shown, closePanel } = openPanel();
    expect(page.clientOf(shown.widget_manager)).toBe(page.clientOf(shown.widget_manager));
    expect(page.clientOf(shown.widget_manager)).not.toBe(page.client);
    closePanel();
    expect(page.takeClosed("another")).toEqual([]);
    expect(page.takeClosed("w")).toHaveLength(1);
  });

  it("is forgotten when very many more were closed", () => {
    for (let k = 0; k < 300; k++) page.panelClosed("w", `${k}`);
    expect([page.takeClosed("w").length, page.takeClosed("w").length]).toEqual([256, 0]);
  });

  it("is not listened to by a lane that is closed", () => {
    const { disposed, inPanel } = openPanel();
    inPanel.close();
    expect(disposed.slots.size).toBe(0);
  });
});

it("numbers what it says of itself", () => {
  lane.hello();
  lane.hello();
  expect(model.sentOf("hello").map(({ report_index }) => report_index)).toEqual([1, 2]);
});
