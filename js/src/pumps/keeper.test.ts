import { beforeEach, expect, it, vi } from "vitest";
import { CAMERA_CAPTURE, type CameraRequest } from "../capture/camera";
import { Parts } from "../page/parts";
import type { PictureSize } from "../protocol/from_page";
import { FakePrompt, FakeStream, settle } from "../testing/fake_media";
import { importPart } from "../testing/parts";
import { Keeper, type Pump } from "./keeper";

const REQUEST: CameraRequest = { device: "", resolution: [640, 480], facingMode: null, constraints: null };
let prompt: FakePrompt;

const NO_PARTS = new Parts(() => {}, importPart);

beforeEach(() => {
  prompt = new FakePrompt();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

it("turns a device off that nothing can be taken from, says why, and opens it again for the next run", async () => {
  const broken = new Error("no reader");
  const pump: Pump = { stop() {} };
  const makePump = vi
    .fn((): Pump => pump)
    .mockImplementationOnce(() => {
      throw broken;
    });
  const camera = { ...CAMERA_CAPTURE, open: () => prompt.getUserMedia({}) };
  const keeper = new Keeper<CameraRequest, PictureSize, Pump>(camera, NO_PARTS, makePump, () => {});
  const streams = [new FakeStream(), new FakeStream()];
  for (const [k, stream] of streams.entries()) {
    keeper.keepOpen(k + 1, REQUEST);
    prompt.last.grant(stream);
    await settle();
    if (k === 0) {
      expect(keeper.capture.report).toMatchObject({ state: "failed", message: expect.stringContaining("no reader") });
      expect([stream.track.readyState, keeper.pump]).toEqual(["ended", null]);
    }
  }
  expect([keeper.capture.report.state, keeper.pump]).toEqual(["on", pump]);
});
