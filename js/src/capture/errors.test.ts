import { describe, expect, it, vi } from "vitest";
import { domException } from "../testing/fake_media";
import { CaptureError, describeFailure, SyntheticError } from "./errors";
import { CAMERA, MICROPHONE } from "./kind";

describe.each([CAMERA, MICROPHONE])("a $noun that is not there", (kind) => {
  it.each([
    ["NotAllowedError", "denied"],
    ["SecurityError", "denied"],
    ["NotFoundError", "missing"],
    ["NotReadableError", "in_use"],
    ["AbortError", "in_use"],
    ["OverconstrainedError", "constraints"],
    ["TypeError", "other"],
  ])("%s is %s", (name, reason) => {
    expect(describeFailure(domException(name), kind).reason).toBe(reason);
  });

  it("by its id is missing", () => {
    expect(describeFailure(domException("OverconstrainedError", { constraint: "deviceId" }), kind).reason).toBe(
      "missing",
    );
  });

  const failures = (["denied", "missing", "in_use", "insecure"] as const).map((reason) =>
    describeFailure(new CaptureError(reason), kind),
  );

  it("is told in four clearly different sentences that each say what to do", () => {
    expect(new Set(failures.map(({ message }) => message)).size).toBe(4);
    expect(failures.map(({ message }) => /Allow|Connect|Close|Open/.exec(message)?.[0])).toEqual([
      "Allow",
      "Connect",
      "Close",
      "Open",
    ]);
  });

  it("is told with the way that needs no hardware", () => {
    for (const { message } of failures) expect(message).toContain(`"Synthetic ${kind.noun}"`);
  });

  it("in VS Code is told as what it is: no fault of the person's", () => {
    vi.stubGlobal("location", { protocol: "vscode-webview:", hostname: "1abc" });
    for (const name of ["NotAllowedError", "NotFoundError"]) {
      const { message } = describeFailure(domException(name), kind);
      expect(message).toContain("VS Code gives notebooks no");
      expect(message).toContain(`"Synthetic ${kind.noun}"`);
      expect(message.includes("nbs.KernelCamera()")).toBe(kind.noun === "camera");
    }
    expect(describeFailure(domException("NotReadableError"), kind).message).not.toContain("VS Code");
    vi.unstubAllGlobals();
  });

  it("but is the synthetic one already is told with another way out", () => {
    const { reason, message } = describeFailure(new SyntheticError(new TypeError("no canvas")), kind);
    expect(reason).toBe("other");
    expect(message).toContain("TypeError: no canvas");
    expect(message).toContain("another browser");
    expect(message).not.toContain(`choose "Synthetic`);
  });

  it("is told with what was refused, or with the browser's words where we have none", () => {
    const refused = domException("OverconstrainedError", { constraint: "width" });
    expect(describeFailure(refused, kind).message).toContain("Refused: width.");
    expect(describeFailure(domException("OddError"), kind).message).toContain("OddError: from the browser");
    expect(describeFailure("what", kind).message).toContain("what");
  });
});
