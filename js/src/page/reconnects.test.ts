import { beforeEach, describe, expect, it } from "vitest";
import { Reconnects } from "./reconnects";

let reconnects: Reconnects;
let kernel: { connectionStatus: string; attempts: number[]; reconnect(): Promise<void> };
let nowMs: number;
let heardAtMs: number;

beforeEach(() => {
  reconnects = new Reconnects();
  nowMs = 0;
  heardAtMs = Number.NEGATIVE_INFINITY;
  kernel = {
    connectionStatus: "connecting",
    attempts: [],
    reconnect() {
      this.attempts.push(nowMs / 1000);
      return Promise.reject(new Error("not yet"));
    },
  };
});

function seconds(count: number): number[] {
  for (let k = 0; k < count; k++) {
    reconnects.look({ kernel }, nowMs, heardAtMs);
    nowMs += 1000;
  }
  return kernel.attempts;
}

describe("a broken connection", () => {
  it("is tried after 3 s and 6 s, and then less often, however many widgets look", () => {
    reconnects.look({ kernel }, nowMs, heardAtMs);
    expect(seconds(60)).toEqual([3, 6, 12, 18, 30, 42, 54]);
  });

  it("is not tried again for the time that the page stood still: the answer may be there already", () => {
    seconds(2);
    nowMs += 20_000;
    expect(seconds(1)).toEqual([]);
    expect(seconds(2)).toEqual([23]);
  });

  it("that the host has given up is tried as well", () => {
    kernel.connectionStatus = "disconnected";
    expect(seconds(4)).toEqual([3]);
  });

  it("is given up after two minutes", () => {
    seconds(300);
    expect(kernel.attempts.at(-1)).toBe(114);
  });

  it("that heals and breaks again begins anew", () => {
    seconds(2);
    kernel.connectionStatus = "connected";
    seconds(1);
    heardAtMs = nowMs;
    seconds(1);
    kernel.connectionStatus = "connecting";
    expect(seconds(4)).toEqual([7]);
  });

  it("that stands again and lets nothing through is tried again after 8 s, until the kernel is heard", () => {
    seconds(2);
    kernel.connectionStatus = "connected";
    expect(seconds(20)).toEqual([10, 19]);
    heardAtMs = nowMs;
    expect(seconds(30)).toEqual([10, 19]);
  });

  it("that never broke is left, however silent the kernel is", () => {
    kernel.connectionStatus = "connected";
    expect(seconds(60)).toEqual([]);
  });

  it("that throws, as one that is disposed does, is left", () => {
    kernel.reconnect = () => {
      throw new Error("disposed");
    };
    expect(() => seconds(5)).not.toThrow();
  });

  it("of a host that shows none is left", () => {
    expect(() => reconnects.look(undefined, 0, 0)).not.toThrow();
    expect(() => reconnects.look({ kernel: { connectionStatus: "connecting" } }, 9000, 0)).not.toThrow();
  });
});
