// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BUFFER_MS } from "../sound/speaker";
import { credit } from "../testing/messages";
import { PlayerPage } from "../testing/player_page";

let at: PlayerPage;
let removeView: () => void;
/** What `Date` says, here and on the audio thread. */
let dateMs: number;

beforeEach(() => {
  dateMs = 0;
  vi.spyOn(Date, "now").mockImplementation(() => dateMs);
  at = new PlayerPage();
  removeView = at.player.addView();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Numbers that are nowhere 0. */
const ramp = (from: number, length: number) => Array.from({ length }, (_, k) => from + k);

describe("pieces", () => {
  it("are played one after the other, sample by sample, without a gap", async () => {
    await at.sound(ramp(1, 900));
    await at.sound(ramp(901, 500));
    at.hear(0.1);
    await at.sound(ramp(1401, 700));
    at.hear(0.3);
    expect(at.heard().slice(0, 2100)).toEqual(ramp(1, 2100));
  });

  it("begin after a moment in which the next one may be late", async () => {
    await at.sound(ramp(1, 900));
    at.hear(0.3);
    const waited = at.audio.last.heard.findIndex((value) => value !== 0);
    expect((waited / 8000) * 1000).toBeGreaterThanOrEqual(BUFFER_MS);
    expect((waited / 8000) * 1000).toBeLessThan(BUFFER_MS + 20);
  });

  it("have waited already while the browser's audio opened", async () => {
    await at.sound(ramp(1, 900));
    dateMs = BUFFER_MS - 20;
    at.hear(0.3);
    const waited = at.audio.last.heard.findIndex((value) => value !== 0);
    expect((waited / 8000) * 1000).toBeGreaterThanOrEqual(20);
    expect((waited / 8000) * 1000).toBeLessThan(40);
  });

  it("of two channels are heard left and right, of one on both", async () => {
    await at.sound([100, -100, 200, -200], { channels: 2 });
    at.hear(0.1);
    expect(at.heard().slice(0, 2)).toEqual([100, 200]);
  });

  it("that came already are not played again", async () => {
    await at.sound(ramp(1, 100));
    await at.sound(ramp(1, 100), { seq: 1 });
    at.hear(0.2);
    expect(at.heard()[100]).toBeLessThan(100);
  });

  it("run at the rate of the array: the browser resamples what is joined already", async () => {
    await at.sound(ramp(1, 100), { sample_rate_hz: 22_050 });
    expect(at.audio.last.sampleRate).toBe(22_050);
  });

  it("of another rate wait until all before them is played", async () => {
    await at.sound(ramp(1, 800));
    await at.sound(ramp(5, 800), { sample_rate_hz: 16_000 });
    expect(at.audio.contexts).toHaveLength(1);
    at.hear(0.3);
    await at.sound(ramp(805, 100), { sample_rate_hz: 16_000 });
    expect(at.audio.contexts.map(({ state, sampleRate }) => [state, sampleRate])).toEqual([
      ["closed", 8000],
      ["running", 16_000],
    ]);
    at.hear(0.3);
    expect(at.heard().slice(0, 900)).toEqual(ramp(5, 900));
  });

  it("break off without a click", async () => {
    await at.sound(ramp(20_000, 100));
    at.hear(0.2);
    const tail = at.heard().slice(100, 400);
    expect(tail[0]).toBeGreaterThan(19_000);
    expect(Math.abs(tail.at(-1) as number)).toBeLessThan(10);
  });

  it("hand the credits that ride on them to the camera in the same page", async () => {
    const source = { acceptCredit: vi.fn(), resultCame: vi.fn() };
    at.page.sources.set("cam", source);
    await at.sound(ramp(1, 10), { frame_seq: 3, credits: { cam: credit() } });
    expect(source.acceptCredit).toHaveBeenCalledWith(credit());
  });
});

describe("the kernel is told", () => {
  it("when playing begins and ends, and how far it is once a second", async () => {
    await at.sound(ramp(1, 800));
    await at.sound(ramp(1, 8000));
    at.hear(0.2);
    expect(at.told()).toEqual([["playing", 0]]);
    at.clock.advance(1000);
    expect(at.told().at(-1)).toEqual(["playing", 1]);
    at.hear(1.2);
    expect(at.told().at(-1)).toEqual(["ended", 2]);
    const count = at.told().length;
    at.clock.advance(5000);
    expect(at.told()).toHaveLength(count);
  });

  it("the latency: what is waited for, and what the browser says of its own", async () => {
    for (let second = 0; second < 3; second++) await at.sound(ramp(1, 8000));
    at.hear(3.5);
    const told = at.kernel.sentOf("played").map(({ latency_ms }) => latency_ms);
    expect(told[0]).toBeCloseTo(BUFFER_MS + 10);
    // The output itself is not asked in its first two seconds.
    expect(told.at(-1)).toBeCloseTo(BUFFER_MS + 30);
  });

  it("the latency without the output's in Firefox, whose audio may stand still when it is asked", async () => {
    const agent = vi.spyOn(navigator, "userAgent", "get").mockReturnValue("Mozilla/5.0 Gecko/20100101 Firefox/140.0");
    for (let second = 0; second < 3; second++) await at.sound(ramp(1, 8000));
    agent.mockRestore();
    at.hear(3.5);
    expect(at.kernel.sentOf("played").at(-1)).toMatchObject({ latency_ms: BUFFER_MS + 10 });
  });
});

describe("silence", () => {
  it("drops at once what sounds and what waits, and says that it ended", async () => {
    await at.sound(ramp(1000, 8000));
    await at.sound(ramp(1000, 8000));
    at.hear(0.2);
    at.silence(2);
    const { length } = at.audio.last.heard;
    at.hear(0.5);
    expect(at.audio.last.heard.slice(length + 400).every((value) => Math.abs(value) < 0.001)).toBe(true);
    expect(at.kernel.sentOf("played").at(-1)).toMatchObject({ stream: 2, state: "ended" });
    expect(at.player.isPlaying).toBe(false);
  });

  it("lets no piece of an older stream be played, and what comes after it at once", async () => {
    await at.sound(ramp(1000, 8000));
    at.hear(0.2);
    at.silence(2);
    await at.sound(ramp(500, 100));
    await at.sound(ramp(7, 100), { stream: 2 });
    at.hear(0.5);
    expect(at.told().at(-1)).toEqual(["ended", 3]);
    expect(at.audio.last.heard.map((value) => Math.round(value * 32768))).not.toContain(550);
  });
});

describe("a number that cannot be", () => {
  const LIES = [
    2 ** 53,
    2 ** 53 - 1,
    1e308,
    1e15,
    1e9,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    0,
    0.5,
    null,
    "1",
    true,
  ];
  const FIELDS = ["seq", "stream", "sample_rate_hz", "channels", "sample_count", "byte_length", "clipped_count"];

  it.each(FIELDS)("of %s costs its message alone", async (field) => {
    await at.sound(ramp(1, 100));
    for (const value of LIES) {
      if (field === "channels" && (value === 1 || value === true)) continue;
      await at.sound(ramp(5000, 100), { [field]: value });
    }
    await at.sound(ramp(101, 100));
    await at.sound(ramp(201, 100));
    at.hear(1);
    const heard = at.heard();
    expect(heard.slice(heard.indexOf(101), heard.indexOf(101) + 200)).toEqual(ramp(101, 200));
    expect(at.told().at(-1)).toEqual(["ended", at.kernel.sentOf("played").at(-1)?.played_through]);
  });

  it("of a silence leaves the page hearing", async () => {
    await at.sound(ramp(1, 100));
    for (const stream of LIES) at.kernel.say({ nbstream: 1, type: "silence", stream });
    at.silence(2);
    await at.sound(ramp(101, 100), { stream: 2 });
    at.hear(1);
    expect(at.heard()).toContain(150);
  });

  it("is none where the page has just come: the kernel may have counted on for days", async () => {
    await at.sound(ramp(1, 100), { seq: 5_000_000, stream: 70_000 });
    at.hear(1);
    expect(at.heard()).toContain(50);
  });
});

describe("a browser that wants a click", () => {
  beforeEach(async () => {
    vi.useFakeTimers();
    at.audio.prepare = (context) => {
      context.state = "suspended";
      context.wantsClick = true;
    };
    await at.sound(ramp(1, 800));
    vi.advanceTimersByTime(500);
  });
  afterEach(() => void vi.useRealTimers());

  it("is told of, to the person and to the kernel", () => {
    expect(at.player.blocked).toBe("click");
    expect(at.told().at(-1)).toEqual(["blocked", 0]);
  });

  it("plays everything after the click", () => {
    at.audio.last.wantsClick = false;
    at.player.unblock();
    expect(at.told().at(-1)).toEqual(["playing", 0]);
    at.hear(0.3);
    expect(at.heard().slice(0, 800)).toEqual(ramp(1, 800));
  });
});

describe("views", () => {
  it("play once, however many there are", async () => {
    at.player.addView();
    await at.sound(ramp(1, 100));
    expect(at.audio.contexts).toHaveLength(1);
    expect(at.kernel.sentOf("hello")).toHaveLength(1);
  });

  it("gone, the page plays nothing, and takes leave; back, it plays what comes again with its old number", async () => {
    await at.sound(ramp(1, 8000));
    at.hear(0.2);
    removeView();
    expect(at.kernel.sent.at(-1)?.content.type).toBe("bye");
    expect(at.audio.last.state).toBe("closed");
    await at.sound(ramp(1, 100));
    expect(at.audio.contexts).toHaveLength(1);
    at.player.addView();
    await at.sound(ramp(1, 8000), { seq: 1 });
    at.hear(1.2);
    expect(at.told().at(-1)).toEqual(["ended", 1]);
  });
});

describe("volume", () => {
  it("follows the traits, and the person sets them", async () => {
    await at.sound(ramp(1000, 8000));
    at.player.set("volume", 0.5);
    expect(at.kernel.traits.volume).toBe(0.5);
    at.hear(0.2);
    expect(at.heard()[0]).toBe(500);
    at.kernel.change("muted", true);
    const { length } = at.audio.last.heard;
    at.hear(0.1);
    expect(at.audio.last.heard.slice(length).every((value) => value === 0)).toBe(true);
  });
});

describe("a loudspeaker that cannot be had", () => {
  beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));

  it("for this rate is told of, and nothing is waited for", async () => {
    at.audio.prepare = () => {
      throw new DOMException("no", "NotSupportedError");
    };
    await at.sound(ramp(1, 100), { sample_rate_hz: 3000 });
    expect(at.player.problem).toContain("3000 samples per second");
    expect(at.told().at(-1)).toEqual(["ended", 1]);
  });

  it("because the worklet breaks is told of, and the next sound is played", async () => {
    await at.sound([1, 2, 3]);
    at.audio.last.nodes[0]?.onprocessorerror?.();
    expect(at.player.problem).toContain("the audio worklet has failed");
    expect(at.told().at(-1)).toEqual(["ended", 1]);
    await at.sound([4, 5, 6]);
    at.hear(0.5);
    expect([at.player.problem, at.heard().slice(0, 3)]).toEqual(["", [4, 5, 6]]);
  });

  it("because a policy forbids the worklet is told of", async () => {
    at.audio.prepare = (context) => {
      context.refusesWorklet = true;
    };
    await at.sound(ramp(1, 100));
    expect(at.player.problem).toContain("content security policy");
  });
});

it("sleeps when nothing has been played for a while, and wakes for the next piece", async () => {
  await at.sound(ramp(1, 100));
  at.hear(0.2);
  at.clock.advance(20_000);
  expect(at.audio.last.state).toBe("suspended");
  await at.sound(ramp(1, 100));
  expect(at.audio.last.state).toBe("running");
});

it("leaves nothing behind when its widget ends", async () => {
  await at.sound(ramp(1, 100));
  at.player.destroy();
  expect([at.audio.last.state, at.clock.armed, at.kernel.listening]).toEqual(["closed", 0, 0]);
});
