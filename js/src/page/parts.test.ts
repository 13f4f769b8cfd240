import { expect, it, vi } from "vitest";
import { codeOf } from "../testing/parts";
import { Parts } from "./parts";

const said = { nbstream: 1, type: "part", part: "panels", byte_length: 6 } as const;

it("makes a module once, whoever waits for it, and asks no more when it is here", async () => {
  const ask = vi.fn();
  const importCode = vi.fn(async () => ({ default: "the panels" }));
  const parts = new Parts(ask, importCode);
  parts.take(said, codeOf("panels")); // for another page
  const waiting = [parts.load("panels"), parts.load("panels")];
  parts.take(said, codeOf("panels"));
  parts.take(said, codeOf("panels"));
  expect(await Promise.all([...waiting, parts.load("panels")])).toEqual(Array(3).fill("the panels"));
  expect([ask.mock.calls, importCode.mock.calls.length]).toEqual([[["panels"], ["panels"]], 1]);
});
