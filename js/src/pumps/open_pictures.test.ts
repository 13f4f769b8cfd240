// @vitest-environment happy-dom
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createWorkerEncoder } from "../encode/encoder";
import { FakeCameras } from "../testing/fake_cameras";
import { settle } from "../testing/fake_media";
import { FakeWorker } from "../testing/fake_worker";
import { credit } from "../testing/messages";
import { SourcePage } from "../testing/source_page";

const canvas = { drawImage() {}, setTransform() {}, fillRect() {} };

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      getContext = () => canvas;
      convertToBlob = async () => new Blob(["x"]);
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

/** Two cameras of one page, each with the worker's own code, and what a person and time do to them. */
class TwoCameras {
  readonly cameras = new FakeCameras();
  readonly #pages: SourcePage[];
  readonly #runs = [0, 0];

  constructor() {
    this.#pages = [0, 1].map(() => {
      const makeEncoder = () => createWorkerEncoder(() => new FakeWorker().start().asWorker);
      const page = new SourcePage({}, makeEncoder);
      page.source.addView();
      return page;
    });
  }

  async do(what: string, which: number): Promise<void> {
    const page = this.#pages[which] as SourcePage;
    if (what === "start") {
      this.#runs[which] = (this.#runs[which] ?? 0) + 1;
      const run = this.#runs[which] as number;
      page.say({ run, stream_every_s: 0, credit: credit({ index: 1000 * run, run, may_send_through: 1000 }) });
    }
    if (what === "stop") page.source.command("stop");
    if (what === "idle") page.say({ run: this.#runs[which] ?? 0, wanted: false, status: "idle" });
    if (what === "grant" && page.prompt.asked.length > 0) page.prompt.last.grant();
    if (what === "picture") this.cameras.picture();
    if (what === "moment") page.clock.advance(20);
    if (what === "settle") await settle();
  }

  get sentCount(): number {
    return this.#pages.reduce((sum, { kernel }) => sum + kernel.sentOf("frame").length, 0);
  }

  async end(): Promise<void> {
    for (const { source } of this.#pages) source.destroy();
    for (let k = 0; k < 3; k++) await new Promise((resolve) => setTimeout(resolve));
  }
}

/** By chance alone there may be no picture in all the runs. */
const ONE_PICTURE: [string, number][] = ["start", "settle", "grant", "settle", "picture", "settle", "settle"].map(
  (what) => [what, 0],
);

it("every picture is closed, in whatever order two cameras are started and stopped", async () => {
  const words = ["start", "stop", "idle", "grant", "picture", "picture", "moment", "settle", "settle"];
  const step = fc.tuple(fc.constantFrom(...words), fc.integer({ min: 0, max: 1 }));
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const both = new TwoCameras();
      for (const [what, which] of steps) {
        await both.do(what, which);
      }
      taken += both.sentCount;
      await both.end();
      expect(both.cameras.open.size).toBe(0);
    }),
    { numRuns: 60, examples: [[ONE_PICTURE]] },
  );
  expect(taken).toBeGreaterThan(0);
});
