import { vi } from "vitest";

/** Animation frames and canvases of the test's document, drawn when the test says so. */
export class FakeFrames {
  #callbacks = new Map<number, () => void>();
  #lastId = 0;
  /** How many columns of how many drawings. */
  drawings = 0;

  constructor() {
    vi.stubGlobal("requestAnimationFrame", (callback: () => void) => {
      this.#lastId += 1;
      this.#callbacks.set(this.#lastId, callback);
      return this.#lastId;
    });
    vi.stubGlobal("cancelAnimationFrame", (id: number) => this.#callbacks.delete(id));
    const context = { clearRect: () => this.drawings++, setTransform() {}, fillRect() {}, fillStyle: "" };
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(context as never);
  }

  get asked(): number {
    return this.#callbacks.size;
  }

  frame(): void {
    const callbacks = [...this.#callbacks.values()];
    this.#callbacks.clear();
    for (const callback of callbacks) callback();
  }
}
