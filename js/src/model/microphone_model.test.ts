// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settle } from "../testing/fake_media";
import { MicrophonePage, RATE_HZ } from "../testing/microphone_page";

let at: MicrophonePage;
let removeView: () => void;

beforeEach(async () => {
  at = new MicrophonePage();
  removeView = at.source.addView();
  await settle();
});
afterEach(() => vi.unstubAllGlobals());

/** What the microphone gives: each sample is its own number. */
function expectCountingSamples(heard: number[]): void {
  expect(heard).toEqual(Array.from({ length: heard.length }, (_, k) => (heard[0] as number) + k));
}

describe("a microphone that is live", () => {
  it("is asked for as the traits say, with all processing off", async () => {
    await at.goLive();
    expect(at.asked).toEqual([
      {
        device: "",
        channels: 1,
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
        constraints: null,
      },
    ]);
  });

  it("runs at the device's own rate, which is reported", async () => {
    await at.goLive();
    expect(at.audio.last.sampleRate).toBe(RATE_HZ);
    expect(at.kernel.sentOf("camera").at(-1)).toMatchObject({
      camera: { state: "on", label: "Fake microphone", sample_rate_hz: RATE_HZ, channels: 1 },
    });
  });

  it("sends chunks of stream_every_s, numbered, with every sample once", async () => {
    await at.goLive();
    at.hear(1);
    const chunks = at.chunks();
    expect(chunks.length).toBeGreaterThan(6);
    expect(chunks.map(({ seq }) => seq)).toEqual(chunks.map((_, k) => k + 1));
    expect(chunks.map(({ first_sample }) => first_sample)).toEqual(chunks.map((_, k) => k * 800));
    expectCountingSamples(at.heard());
  });

  it("times them by the audio clock, however late the page gets to them", async () => {
    await at.goLive();
    at.hear(2.1);
    const before = at.chunks().length;
    at.port.isBusy = true;
    at.hear(1.5);
    expect(at.chunks().length).toBe(before);
    at.port.deliver();
    const late = at.chunks().slice(before);
    const times = late.map(({ captured_at_ms }) => captured_at_ms as number);
    const steps = times.slice(1).map((time, k) => Math.round(time - (times[k] as number)));
    expect(new Set(steps)).toEqual(new Set([100]));
    expectCountingSamples(at.heard());
  });

  it("sends a lost chunk and those after it again, as they were, when the kernel asks for it", async () => {
    await at.goLive();
    at.hear(1);
    const before = at.chunks();
    at.receive({ received_through: 2, missing_through: 4 });
    const again = at.chunks().slice(before.length);
    const bare = ({ sent_at_ms: _sent, kept_from: _kept, ...chunk }: Record<string, unknown>) => chunk;
    expect(again.map(bare)).toEqual(before.slice(2).map(bare));
  });

  it("tells in its beats which chunks there are", async () => {
    await at.goLive();
    at.hear(1);
    at.clock.advance(1000);
    expect(at.kernel.sentOf("beat").at(-1)).toMatchObject({ sent_through: at.chunks().length });
  });

  it("gives silence and no gap while its person has muted it", async () => {
    await at.goLive();
    at.hear(1);
    at.source.toggleMute();
    at.hear(1);
    expect(at.source.scope.peak(0.5)).toBe(0);
    at.source.toggleMute();
    at.hear(1);
    const loudest = (from: number) => Math.max(...at.heard().slice(from * RATE_HZ, (from + 0.7) * RATE_HZ));
    expect([loudest(0.1) > 0, loudest(1.1), loudest(2.1) > 0]).toEqual([true, 0, true]);
    expect(at.chunks().map(({ first_sample }) => first_sample)).toEqual(at.chunks().map((_, k) => 0.1 * RATE_HZ * k));
  });

  it("shows its level", async () => {
    await at.goLive();
    at.hear(1);
    expect(at.source.scope.peak(1)).toBeGreaterThan(0.1);
  });
});

describe("while the kernel keeps no sound", () => {
  it("nothing is sent, and what comes afterwards is numbered on", async () => {
    await at.goLive({ open: false });
    at.hear(2);
    expect(at.chunks()).toEqual([]);
    at.receive({ open: true });
    at.hear(0.3);
    expect(at.chunks()[0]?.first_sample).toBeGreaterThan(1.8 * RATE_HZ);
  });

  it("the first moments of a run are held until it does", async () => {
    await at.goLive({ open: false });
    at.hear(0.3);
    at.receive({ open: true });
    at.hear(0.3);
    expect(at.chunks()[0]?.first_sample).toBe(0);
  });

  it("what was held went out first", async () => {
    await at.goLive();
    at.hear(0.36);
    const before = at.chunks().length;
    at.receive({ open: false });
    expect(at.chunks().length).toBe(before + 1);
    expect(at.chunks().at(-1)?.final).toBe(false);
    expectCountingSamples(at.heard());
  });
});

describe("Stop", () => {
  it("sends the rest with the last chunk, and only then ends the tracks", async () => {
    const stream = await at.goLive();
    at.hear(0.5);
    at.port.isBusy = true;
    at.source.command("stop");
    expect(stream.track.readyState).toBe("live");
    // The kernel's answer comes before the last sound is here.
    at.say({ wanted: false, status: "idle" }, { open: false });
    at.port.deliver();
    expect(at.chunks().at(-1)?.final).toBe(true);
    expect(stream.track.readyState).toBe("ended");
    expect(at.heard().length).toBe(0.4 * RATE_HZ);
    expectCountingSamples(at.heard());
  });

  it("ends the tracks after half a second where the audio thread does not answer", async () => {
    const stream = await at.goLive();
    at.hear(0.5);
    at.port.isBusy = true;
    at.source.command("stop");
    at.clock.advance(510);
    expect(stream.track.readyState).toBe("ended");
    expect(at.chunks().at(-1)?.final).toBe(true);
  });

  it("and Start again begins a new run with seq 1 and sample 0", async () => {
    await at.goLive();
    at.hear(0.5);
    at.source.command("stop");
    at.say({ wanted: false, status: "idle" }, { open: false });
    at.kernel.sent.length = 0;
    await at.goLive({ run: 2 });
    at.hear(0.4);
    expect(at.chunks()[0]).toMatchObject({ run: 2, seq: 1, first_sample: 0 });
  });
});

describe("a change of the device", () => {
  it("goes on in the same run: the numbers of samples as well, with a hole as long as it took", async () => {
    const stream = await at.goLive();
    at.hear(0.5);
    const before = at.chunks();
    at.kernel.change("device", "other");
    expect(stream.track.readyState).toBe("ended");
    await at.grant();
    at.clock.stand(5000);
    at.hear(0.5);
    const after = at.chunks().slice(before.length);
    expect(at.chunks().every(({ final, run }) => final === false && run === 1)).toBe(true);
    expect(at.chunks().map(({ seq }) => seq)).toEqual(at.chunks().map((_, k) => k + 1));
    // The other device took 5 s.
    expect(after.at(-1)?.first_sample).toBeGreaterThan(4 * RATE_HZ);
    expect(at.asked.at(-1)).toMatchObject({ device: "other" });
  });
});

describe("a microphone that fails", () => {
  beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));

  it("because it was unplugged sends what it has with the last chunk", async () => {
    const stream = await at.goLive();
    at.hear(0.36);
    stream.track.unplug();
    expect(at.chunks().at(-1)?.final).toBe(true);
    expect(at.kernel.sentOf("camera").at(-1)).toMatchObject({
      camera: { state: "failed", reason: "unplugged", message: expect.stringContaining("microphone was unplugged") },
    });
    expect(at.audio.last.state).toBe("closed");
  });

  it("because the audio worklet is never loaded says so after 10 s", async () => {
    at.audio.prepare = (context) => {
      context.isDeaf = true;
    };
    at.say({ run: 1 }, { open: true });
    const stream = await at.grant();
    at.clock.advance(9_900);
    expect(at.source.camera.state).toBe("on");
    at.say({ run: 1 }, { open: true });
    at.clock.advance(200);
    expect(at.source.camera.message).toContain("the audio worklet has not answered for 10 s");
    expect(stream.track.readyState).toBe("ended");
  });

  it("because the audio worklet breaks says so, and Start opens it again", async () => {
    const stream = await at.goLive();
    at.audio.last.nodes[0]?.onprocessorerror?.();
    expect(at.source.camera.message).toContain("the audio worklet has failed");
    expect([stream.track.readyState, at.audio.last.state]).toEqual(["ended", "closed"]);
    await at.goLive({ run: 2 });
    expect(at.source.camera.state).toBe("on");
  });

  it("to hand over its track's sound is heard by the browser's audio", async () => {
    vi.stubGlobal(
      "MediaStreamTrackProcessor",
      class {
        constructor() {
          throw new Error("not of this track");
        }
      },
    );
    await at.goLive();
    at.hear(0.36);
    expect([at.source.camera.state, at.chunks().length > 0]).toEqual(["on", true]);
  });

  it("because another script stopped it is noticed with the next beat", async () => {
    const stream = await at.goLive();
    stream.track.stop();
    at.clock.advance(1000);
    expect(at.source.camera).toMatchObject({ state: "failed", reason: "stopped" });
    expect(at.source.camera.message).toMatch(/^The microphone was turned off/);
  });

  it("because a policy forbids the worklet says so", async () => {
    at.audio.prepare = (context) => {
      context.refusesWorklet = true;
    };
    const stream = await at.goLive();
    expect(at.source.camera.message).toContain("content security policy");
    expect(stream.track.readyState).toBe("ended");
  });
});

it("that the browser holds back until a click runs after it", async () => {
  vi.useFakeTimers();
  at.audio.prepare = (context) => {
    context.state = "suspended";
    context.wantsClick = true;
  };
  await at.goLive();
  vi.advanceTimersByTime(500);
  expect(at.source.blocked).toBe("click");
  at.audio.last.wantsClick = false;
  document.dispatchEvent(new Event("pointerdown"));
  expect(at.source.blocked).toBe("");
  vi.useRealTimers();
});

it("that clicks do not set free lacks something to play sound on, until it is stopped", async () => {
  vi.useFakeTimers();
  at.audio.prepare = (context) => {
    context.state = "suspended";
    context.wantsClick = true;
  };
  await at.goLive();
  vi.advanceTimersByTime(500);
  document.dispatchEvent(new Event("pointerdown"));
  vi.advanceTimersByTime(1900);
  expect(at.source.blocked).toBe("click");
  vi.advanceTimersByTime(100);
  expect(at.source.blocked).toBe("output");
  at.say({ run: 1, wanted: false });
  vi.advanceTimersByTime(1000);
  at.clock.advance(1000);
  expect(at.source.blocked).toBe("");
  vi.useRealTimers();
});

describe("numbers of the kernel that cannot be", () => {
  function expectEachSeqFromOne(): void {
    const seqs = [...new Set(at.chunks().map(({ seq }) => seq))];
    expect(seqs.length).toBeGreaterThan(5);
    expect(seqs).toEqual(seqs.map((_, k) => k + 1));
  }

  it.each(["index", "run", "received_through", "missing_through"])("%s in a receipt stop nothing", async (field) => {
    await at.goLive();
    at.hear(0.5);
    for (const value of [2 ** 53, 2 ** 53 - 1, 1e308, 1e15, 1e9, -1, Number.NaN, null, "1"])
      at.receive({ [field]: value });
    at.hear(0.5);
    expectEachSeqFromOne();
    const sentThrough = Math.max(...at.chunks().map(({ seq }) => seq as number));
    at.receive({ received_through: sentThrough, open: false });
    expect(at.source.keptCount).toBe(1); // what was held when it closed
    const count = at.chunks().length;
    at.hear(0.5);
    expect(at.chunks()).toHaveLength(count);
  });

  it.each(["index", "run"])("%s in a state stop nothing", async (field) => {
    await at.goLive();
    at.hear(0.5);
    for (const value of [2 ** 53, 2 ** 53 - 1, 1e308, 1e15, -1, Number.NaN, null, "1"]) at.say({ [field]: value });
    at.hear(0.5);
    expectEachSeqFromOne();
    at.say({ stream_every_s: 0.2 });
    expect(at.source.rule.state?.stream_every_s).toBe(0.2);
  });
});

it("whose page stands still for minutes keeps a minute of it, and the rest is a hole", async () => {
  await at.goLive();
  at.hear(1);
  at.port.isBusy = true;
  at.audio.last.render(120 * RATE_HZ);
  at.port.deliver();
  at.hear(1);
  const heard = at.chunks().reduce((sum, { sample_count }) => sum + (sample_count as number), 0);
  expect(heard / RATE_HZ).toBeGreaterThan(60);
  expect(heard / RATE_HZ).toBeLessThan(63);
  const last = at.chunks().at(-1) as { first_sample: number };
  expect(last.first_sample / RATE_HZ).toBeGreaterThan(120);
});

it("the synthetic one needs no hardware, and its samples are those of its numbers", async () => {
  await at.goLive({ isSynthetic: true });
  at.hear(1);
  const heard = at.heard();
  expect(heard.length).toBeGreaterThan(0.8 * RATE_HZ);
  expect(heard).toEqual(at.voice(heard));
});

it("leaves nothing behind when its widget ends", async () => {
  const stream = await at.goLive();
  at.source.destroy();
  expect(stream.track.readyState).toBe("ended");
  expect([at.audio.last.state, at.clock.armed, at.kernel.listening]).toEqual(["closed", 0, 0]);
  expect(at.kernel.sent.at(-1)?.content.type).toBe("bye");
  removeView();
});
