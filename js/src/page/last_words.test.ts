import { beforeEach, expect, it } from "vitest";
import { FakeClock } from "../testing/fake_clock";
import { type FakeLine, fakeKernel } from "../testing/fake_kernel";
import { LastWords } from "./last_words";

let clock: FakeClock;
let words: LastWords;
let kernel: FakeLine;

beforeEach(() => {
  clock = new FakeClock();
  words = new LastWords(clock);
  kernel = fakeKernel();
});

const BYE = { nbstream: 1, type: "bye", client: "c" };

it("goes out on a connection of its own, to the widget's comm, as the host would send it", () => {
  words.say(kernel, "w", BYE);
  expect(kernel.clones.flatMap(({ sent }) => sent)).toMatchObject([
    {
      channel: "shell",
      header: { msg_type: "comm_msg", session: "clone 1", username: "me" },
      content: { comm_id: "w", data: { method: "custom", content: BYE } },
      buffers: [],
    },
  ]);
  expect(kernel.sent).toEqual([]);
});

it("of all widgets of a panel goes over one connection, which ends when the kernel has heard all", async () => {
  words.say(kernel, "a", BYE);
  words.say(kernel, "b", BYE);
  const [line] = kernel.clones as [FakeLine];
  expect(kernel.clones.length).toBe(1);
  await line.answer();
  expect(line.isDisposed).toBe(false);
  await line.answer();
  expect(line.isDisposed).toBe(true);
  clock.advance(60_000);
  expect(line.disposals).toBe(1);
});

it("is given up after 15 s, when the connection ends as well", () => {
  words.say(kernel, "w", BYE);
  clock.advance(14_999);
  expect(kernel.clones[0]?.isDisposed).toBe(false);
  clock.advance(1);
  expect(kernel.clones[0]?.isDisposed).toBe(true);
});

it("is not said where there is no such connection, and costs nothing where the kernel is dead", () => {
  words.say(undefined, "w", BYE);
  const { clone: _none, ...plain } = kernel;
  words.say(plain, "w", BYE);
  expect(kernel.clones).toEqual([]);
  kernel.isDead = true;
  expect(() => words.say(kernel, "w", BYE)).not.toThrow();
  clock.advance(15_000);
  expect(kernel.clones[0]?.isDisposed).toBe(true);
});
