// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";
import { FaviconHold } from "./favicon";

/** What Notebook does then. */
function notebooksKernelBecomes(isBusy: boolean): void {
  document.querySelector("link[rel*='icon']")?.setAttribute("href", isBusy ? "busy" : "idle");
}

/** What JupyterLab does when the kernel becomes busy or idle. */
function kernelBecomes(isBusy: boolean): void {
  const now = document.querySelector(`link[rel="icon"].${isBusy ? "idle" : "busy"}.favicon`);
  const next = document.querySelector(`link.${isBusy ? "busy" : "idle"}.favicon`);
  if (!now || !next) return;
  now.setAttribute("rel", "");
  next.setAttribute("rel", "icon");
}
const shown = () => document.querySelector('link[rel="icon"]')?.getAttribute("href");

beforeEach(() => {
  document.head.innerHTML = '<link rel="icon" class="idle favicon" href="idle"><link class="busy favicon" href="busy">';
});

it("keeps the icon still while it is held, and lets it go with the last holder", () => {
  const [hold, one, other] = [new FaviconHold(), {}, {}];
  hold.set(one, true);
  hold.set(other, true);
  kernelBecomes(true);
  expect(shown()).toBe("idle");
  hold.set(one, false);
  kernelBecomes(true);
  expect(shown()).toBe("idle");
  hold.set(other, false);
  kernelBecomes(true);
  expect(shown()).toBe("busy");
  kernelBecomes(false);
  expect(shown()).toBe("idle");
});

it("leaves a busy icon as it is until it is let go", () => {
  const [hold, one] = [new FaviconHold(), {}];
  kernelBecomes(true);
  hold.set(one, true);
  kernelBecomes(false);
  expect(shown()).toBe("busy");
  hold.set(one, false);
  kernelBecomes(false);
  expect(shown()).toBe("idle");
});

it("keeps Notebook's icon still, and then shows what the kernel has become", () => {
  document.head.innerHTML = '<link rel="icon" class="favicon" href="idle">';
  const [hold, one, other] = [new FaviconHold(), {}, {}];
  hold.set(one, true);
  hold.set(other, true);
  notebooksKernelBecomes(true);
  expect(shown()).toBe("idle");
  hold.set(one, false);
  expect(shown()).toBe("idle");
  hold.set(other, false);
  expect(shown()).toBe("busy");
  notebooksKernelBecomes(false);
  expect(document.head.innerHTML).toBe('<link rel="icon" class="favicon" href="idle">');
});

it("does nothing in a host that has no such icons", () => {
  document.head.innerHTML = '<link rel="icon" href="other">';
  const hold = new FaviconHold();
  hold.set(hold, true);
  hold.set(hold, false);
  expect(document.head.innerHTML).toBe('<link rel="icon" href="other">');
});
