import { describe, expect, it } from "vitest";
import { type Crop, regionOf } from "./region";

describe("the size that is sent", () => {
  it.each([
    ["is the camera's where it fits", [640, 480], [640, 480], [640, 480]],
    ["is never enlarged", [320, 240], [640, 480], [320, 240]],
    ["shrinks to what was asked", [1280, 960], [640, 480], [640, 480]],
    ["keeps the shape of a wider picture", [1280, 720], [640, 480], [640, 360]],
    ["keeps the shape of a narrower picture", [960, 960], [640, 480], [480, 480]],
    ["turns with an upright picture", [480, 640], [640, 480], [480, 640]],
    ["shrinks an upright picture as a lying one", [1080, 1920], [640, 480], [360, 640]],
    ["is at least one pixel", [4000, 2], [16, 16], [16, 1]],
  ] as const)("%s", (_, camera, limit, [widthPx, heightPx]) => {
    expect(regionOf(camera, null, limit)).toEqual({
      left: 0,
      top: 0,
      width: camera[0],
      height: camera[1],
      widthPx,
      heightPx,
    });
  });

  it("never has more pixels than were asked for, whatever the camera gives", () => {
    for (let width = 1; width < 5000; width += 37) {
      for (let height = 1; height < 5000; height += 41) {
        const { widthPx, heightPx } = regionOf([width, height], null, [640, 480]);
        expect(Math.max(widthPx, heightPx) <= 640 && Math.min(widthPx, heightPx) <= 480).toBe(true);
      }
    }
  });

  it("is made smaller still by a scale", () => {
    expect(regionOf([1280, 960], null, [640, 480], 0.5)).toMatchObject({ widthPx: 320, heightPx: 240 });
  });
});

describe("a crop", () => {
  const RIGHT_HALF: Crop = [0.5, 0, 0.5, 1];

  it("is a part of the camera's picture, in its own size", () => {
    const part = { left: 320, top: 0, width: 320, height: 480 };
    expect(regionOf([640, 480], RIGHT_HALF, [640, 480])).toEqual({ ...part, widthPx: 320, heightPx: 480 });
  });

  it("of a larger picture fills what was asked for", () => {
    const part = { left: 640, top: 360, width: 640, height: 360 };
    expect(regionOf([1920, 1080], [1 / 3, 1 / 3, 1 / 3, 1 / 3], [640, 480])).toEqual({
      ...part,
      widthPx: 640,
      heightPx: 360,
    });
  });

  it("is at least one pixel", () => {
    expect(regionOf([640, 480], [0.5, 0.5, 0.0001, 0.0001], [640, 480])).toMatchObject({ width: 1, height: 1 });
  });
});
