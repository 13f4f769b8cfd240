/**
 * What a notebook's panel that closes still tells its kernel, on a connection that stays open until it is heard.
 *
 * JupyterLab closes the panel's own connection at once, and the server then drops what it has not yet handed on to the
 * kernel: of several messages the last ones are lost, under load all.
 */

import type { Cancel, Clock } from "./clock";

/** A kernel that is busy for longer finds out by the page's silence. */
const GIVE_UP_AFTER_MS = 15_000;
/** The words go out as soon as the connection stands, also to a kernel that runs a cell and cannot greet. */
const GREETING_MS = 100;

/** JupyterLab's connection to a kernel; other hosts have none. */
export interface KernelLine {
  readonly clientId: string;
  readonly username: string;
  clone?(options: { kernelInfoTimeout: number }): KernelLine;
  sendShellMessage(message: object): { done: Promise<unknown> };
  dispose(): void;
}

interface Call {
  line: KernelLine;
  unheard: number;
  giveUp: Cancel;
}

export class LastWords {
  readonly #clock: Clock;
  /** By the connection that closes: all widgets of a panel share one call. */
  readonly #calls = new WeakMap<KernelLine, Call>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tell the widget with that comm; `content` is a custom message. */
  say(closing: KernelLine | null | undefined, commId: string, content: object): void {
    if (!closing?.clone) return;
    try {
      const call = this.#calls.get(closing) ?? this.#open(closing, closing.clone({ kernelInfoTimeout: GREETING_MS }));
      call.unheard += 1;
      const heard = () => this.#heard(closing, call);
      call.line.sendShellMessage(commMessage(call.line, commId, content)).done.then(heard, heard);
    } catch {
      // The kernel is dead: there is nobody to be told.
    }
  }

  #open(closing: KernelLine, line: KernelLine): Call {
    const giveUp = this.#clock.after(GIVE_UP_AFTER_MS, () => this.#hangUp(closing, call));
    const call: Call = { line, unheard: 0, giveUp };
    this.#calls.set(closing, call);
    return call;
  }

  #heard(closing: KernelLine, call: Call): void {
    call.unheard -= 1;
    if (call.unheard === 0) this.#hangUp(closing, call);
  }

  #hangUp(closing: KernelLine, call: Call): void {
    if (!this.#calls.delete(closing)) return;
    call.giveUp();
    call.line.dispose();
  }
}

function commMessage({ clientId, username }: KernelLine, commId: string, content: object): object {
  return {
    channel: "shell",
    header: {
      date: new Date().toISOString(),
      msg_id: `${commId}-${clientId}`,
      msg_type: "comm_msg",
      session: clientId,
      username,
      version: "5.2",
    },
    parent_header: {},
    metadata: {},
    content: { comm_id: commId, data: { method: "custom", content } },
    buffers: [],
  };
}
