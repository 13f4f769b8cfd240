/**
 * Parts of this page that few people use: each is a module of its own, which the kernel hands over when it is first asked
 * for. A part has copies of what it imports, so it shares no state with the page but what it is given.
 */

import type { PartMessage, PartName } from "../protocol/part";

/** Makes a module of its text; `Page` has the browser's way. */
export type ImportCode = (code: DataView | string) => Promise<{ default: unknown }>;

/** Its own text goes to a worker, so it may use nothing from around it. */
export async function importCode(code: DataView | string): Promise<{ default: unknown }> {
  const url = URL.createObjectURL(new Blob([code as DataView<ArrayBuffer>], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

interface Wanted {
  module: Promise<{ default: unknown }>;
  came(code: DataView): void;
  isHere: boolean;
}

/** The parts of one widget: its kernel has those that go with it. */
export class Parts {
  readonly #ask: (name: PartName) => void;
  readonly #importCode: ImportCode;
  readonly #wanted = new Map<PartName, Wanted>();

  constructor(ask: (name: PartName) => void, importCode: ImportCode) {
    this.#ask = ask;
    this.#importCode = importCode;
  }

  /** What the part exports; whoever asks says of which type that is. While it has not come, each call asks again. */
  async load<T>(name: PartName): Promise<T> {
    const wanted = this.#wanted.get(name) ?? this.#want(name);
    if (!wanted.isHere) this.#ask(name);
    return (await wanted.module).default as T;
  }

  take({ part }: PartMessage, code: DataView): void {
    const wanted = this.#wanted.get(part);
    if (!wanted || wanted.isHere) return; // Another page asked for it.
    wanted.isHere = true;
    wanted.came(code);
  }

  #want(name: PartName): Wanted {
    let came: (code: DataView) => void = () => {};
    const code = new Promise<DataView>((resolve) => {
      came = resolve;
    });
    const wanted = { module: code.then(this.#importCode), came, isHere: false };
    this.#wanted.set(name, wanted);
    return wanted;
  }
}
