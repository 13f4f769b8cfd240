/** A list of callbacks without arguments: "something changed, look again". */
export class Listeners {
  #callbacks = new Set<() => void>();

  add(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  notify(): void {
    for (const callback of [...this.#callbacks]) callback();
  }
}
