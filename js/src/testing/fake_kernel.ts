/** JupyterLab's connection to a kernel, as far as it is used, and what became of its copies. */

import type { KernelLine } from "../page/last_words";

export interface FakeLine extends KernelLine {
  clones: FakeLine[];
  sent: object[];
  isDead: boolean;
  isDisposed: boolean;
  disposals: number;
  /** The kernel has handled the oldest message that it had not. */
  answer(): Promise<void>;
}

export function fakeKernel(clientId = "own"): FakeLine {
  const waiting: (() => void)[] = [];
  const line: FakeLine = {
    clientId,
    username: "me",
    clones: [],
    sent: [],
    isDead: false,
    isDisposed: false,
    disposals: 0,
    clone() {
      const copy = fakeKernel(`clone ${line.clones.length + 1}`);
      copy.isDead = line.isDead;
      line.clones.push(copy);
      return copy;
    },
    sendShellMessage(message) {
      if (line.isDead) throw new Error("Kernel is dead");
      line.sent.push(message);
      return { done: new Promise((resolve) => waiting.push(() => resolve(undefined))) };
    },
    dispose() {
      line.isDisposed = true;
      line.disposals += 1;
    },
    async answer() {
      waiting.shift()?.();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
  return line;
}
