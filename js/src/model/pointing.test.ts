import { beforeEach, expect, it } from "vitest";
import { Page } from "../page/page";
import type { Gesture, PageMessage } from "../protocol/from_page";
import { FakeClock } from "../testing/fake_clock";
import { FakeModel } from "../testing/fake_model";
import { FakeVisibility } from "../testing/fake_screen";
import { Pointing } from "./pointing";

const MOVE: Gesture = { gesture: "move", x: 0.5, y: 0.5, points: [], is_done: true, button: 0, modifiers: [] };
const ZONE = [0, 0, 1, 0, 1, 1];

let clock: FakeClock;
let model: FakeModel;
let sent: PageMessage[];
let changes: number;
let pointing: Pointing;

beforeEach(() => {
  clock = new FakeClock();
  model = new FakeModel({ _pointing: { zone: null, draws_zone: true, by_corners: false } });
  [sent, changes] = [[], 0];
  pointing = new Pointing(
    model.asModel,
    new Page(clock, new FakeVisibility()),
    (message) => sent.push(message),
    () => {
      changes += 1;
    },
  );
});

it("moves are told twenty times a second, clicks always", () => {
  pointing.point(MOVE);
  pointing.point(MOVE);
  pointing.point({ ...MOVE, gesture: "click" });
  clock.advance(50);
  pointing.point(MOVE);
  expect(sent.map((message) => (message as unknown as Gesture).gesture)).toEqual(["move", "click", "move"]);
  expect(sent.map((message) => (message as { pointer_index?: number }).pointer_index)).toEqual([1, 2, 3]);
});

it("a zone is shown at once and told when it is done, and then the kernel's word counts", () => {
  pointing.point({ ...MOVE, gesture: "zone", points: ZONE, is_done: false });
  expect([pointing.wish?.zone, sent.length, changes]).toEqual([ZONE, 0, 1]);
  pointing.point({ ...MOVE, gesture: "zone", points: ZONE });
  expect(sent).toHaveLength(1);
  model.change("_pointing", { zone: [0, 0, 0.5, 0, 0.5, 1], draws_zone: true, by_corners: false });
  expect(pointing.wish?.zone).toEqual([0, 0, 0.5, 0, 0.5, 1]);
  pointing.close();
  const before = changes;
  model.change("_pointing", null);
  expect([pointing.wish, changes]).toEqual([null, before]);
});
