// @vitest-environment happy-dom
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { parseMicrophoneMessage, parsePlayerMessage } from "./protocol/sound";
import { parseKernelMessage } from "./protocol/to_page";
import { settle } from "./testing/fake_media";
import { bytesOf } from "./testing/fake_screen";
import { FakeVideos } from "./testing/fake_video";
import { credit, overlay, result, state } from "./testing/messages";
import { MicrophonePage } from "./testing/microphone_page";
import { PlayerPage } from "./testing/player_page";
import { SourcePage } from "./testing/source_page";

/** The same messages each time, so that a failure is seen again. */
const RUNS = { numRuns: 150, seed: 1 };
/** Good messages are newer than a broken one that could be true. */
const [LATER, LAST] = [90_000, 90_001];
const NUMBERS = [0, -1, 1, 0.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e300, 1.7e308, Number.NaN, Number.POSITIVE_INFINITY];
const odd = fc.oneof(fc.constantFrom<unknown>(...NUMBERS, null, undefined, true, "", "1", [], {}), fc.jsonValue());
const receipt = { index: 1, run: 1, open: true, received_through: 0, missing_through: 0 };
const { credit: _credit, ...sourceState } = state();
const sound = { nbstream: 1, type: "sound", stream: 1, seq: 1, sample_rate_hz: 8000, channels: 1, sample_count: 1 };
const VALID: object[] = [
  state(),
  { nbstream: 1, type: "credit", credit: credit() },
  result(),
  overlay(),
  { ...sourceState, receipt },
  { nbstream: 1, type: "receipt", receipt },
  { ...sound, byte_length: 2, clipped_count: 0, captured_at_ms: null, frame_seq: null, credits: {} },
  { nbstream: 1, type: "silence", stream: 2 },
];

/** A message of the kernel of which some fields, at any depth, are something else, or anything at all. */
const hostile = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...VALID), fc.array(fc.tuple(fc.nat(), odd), { maxLength: 3 })) },
  { weight: 1, arbitrary: fc.tuple(fc.jsonValue(), fc.constant([] as [number, unknown][])) },
);
type Hostile = [message: unknown, changes: [number, unknown][]];

function broken([message, changes]: Hostile): unknown {
  const copy = structuredClone(message);
  for (const [which, value] of changes) {
    const places = placesIn(copy);
    if (places.length > 0) Reflect.set(...(places[which % places.length] as [object, string]), structuredClone(value));
  }
  return copy;
}

/** Every field of a message, but for those that say what it is. */
function placesIn(value: unknown): [object, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value)
    .filter((key) => key !== "nbstream" && key !== "type")
    .flatMap((key) => [[value, key] as [object, string], ...placesIn(Reflect.get(value, key))]);
}

beforeEach(() => {
  new FakeVideos();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => vi.unstubAllGlobals());

it("no message makes the parsers raise", () => {
  const buffers = fc.array(fc.record({ byteLength: fc.nat(4) }), { maxLength: 2 });
  fc.assert(
    fc.property(hostile, buffers, (message, buffers) => {
      for (const parse of [parseKernelMessage, parseMicrophoneMessage, parsePlayerMessage]) {
        parse(broken(message as Hostile), buffers);
      }
    }),
    { ...RUNS, numRuns: 2000 },
  );
});

it("after any message a camera takes the second good state at the latest, captures, and stops", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (message) => {
      const at = new SourcePage();
      at.source.addView();
      at.say({ note: "before" });
      at.kernel.say(broken(message as Hostile) as object);
      await settle();
      at.say({ index: LATER });
      at.say({ index: LAST, note: "two" });
      expect(at.source.rule.state?.note).toBe("two");
      await at.grant();
      expect(at.source.camera.state).toBe("on");
      at.say({ index: LAST + 1, wanted: false, status: "idle" });
      expect(at.source.stream).toBeNull();
      at.source.destroy();
    }),
    RUNS,
  );
});

it("after any message a display's next good result is shown", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (message) => {
      const at = new SourcePage();
      const shown = vi.spyOn(at.source.results.painter, "show");
      at.kernel.say(result({ seq: 1 }));
      at.kernel.say(broken(message as Hostile) as object);
      for (const seq of [LATER, LAST])
        at.kernel.say(result({ seq, mime: "image/jpeg", byte_length: 1 }), [bytesOf("x")]);
      await settle();
      expect(shown.mock.lastCall?.[0].seq).toBe(LAST);
      at.clock.advance(200);
      expect(at.kernel.sentOf("painted").at(-1)).toMatchObject({ painted: { cam: { seq: LAST } } });
      at.source.destroy();
    }),
    RUNS,
  );
});

it("after any message a microphone takes the second good state at the latest", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (message) => {
      const at = new MicrophonePage();
      at.source.addView();
      at.say({ note: "before" });
      at.kernel.say(broken(message as Hostile) as object);
      at.say({ index: LATER });
      at.say({ index: LAST, note: "two" });
      expect(at.source.rule.state?.note).toBe("two");
      at.source.destroy();
      await settle();
    }),
    RUNS,
  );
});

it("after any message a player plays the second good piece at the latest", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (message) => {
      const at = new PlayerPage();
      at.player.addView();
      await at.sound([1]);
      at.kernel.say(broken(message as Hostile) as object, [bytesOf("xx")]);
      for (const seq of [LATER, LAST]) await at.sound([2], { seq, stream: 9_000 });
      at.hear(0.5);
      expect(at.told().at(-1)).toEqual(["ended", LAST]);
      at.player.destroy();
    }),
    RUNS,
  );
});
