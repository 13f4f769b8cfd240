import type { AnyModel } from "@anywidget/types";
import type { PartName } from "../protocol/part";
import { codeOf } from "./parts";

type Callback = (...args: unknown[]) => void;

/** The host's model and, behind it, a kernel that a test plays. */
export class FakeModel {
  readonly sent: { content: Record<string, unknown>; buffers: ArrayBuffer[] }[] = [];
  readonly widget_manager: object;
  /** Sending throws, as it does when the kernel has gone. */
  isCut = false;
  /** A part that is asked for comes at once. */
  givesParts = true;
  #callbacks = new Map<string, Set<Callback>>();

  constructor(
    readonly traits: Record<string, unknown>,
    manager: object = {},
  ) {
    this.widget_manager = manager;
  }

  get asModel(): AnyModel {
    return this as unknown as AnyModel;
  }

  get(name: string): unknown {
    return this.traits[name];
  }

  /** The page changes a trait, and tells the kernel. */
  set(name: string, value: unknown): void {
    this.change(name, value);
  }

  save_changes(): void {}

  /** The kernel changes a trait. */
  change(name: string, value: unknown): void {
    this.traits[name] = value;
    this.fire(`change:${name}`);
  }

  on(name: string, callback: Callback): void {
    if (!this.#callbacks.has(name)) this.#callbacks.set(name, new Set());
    this.#callbacks.get(name)?.add(callback);
  }

  off(name: string, callback: Callback): void {
    this.#callbacks.get(name)?.delete(callback);
  }

  fire(name: string, ...args: unknown[]): void {
    for (const callback of [...(this.#callbacks.get(name) ?? [])]) callback(...args);
  }

  /** How many callbacks still listen. */
  get listening(): number {
    return [...this.#callbacks.values()].reduce((sum, callbacks) => sum + callbacks.size, 0);
  }

  send(content: Record<string, unknown>, _callbacks: unknown, buffers: ArrayBuffer[] = []): void {
    if (this.isCut) throw new Error("Cannot send");
    this.sent.push({ content, buffers });
    if (content.type === "part" && this.givesParts) this.givePart(content.part as PartName);
  }

  givePart(part: PartName): void {
    const code = codeOf(part);
    this.say({ nbstream: 1, type: "part", part, byte_length: code.byteLength }, [code]);
  }

  /** The kernel says something. */
  say(content: object, buffers: DataView[] = []): void {
    this.fire("msg:custom", content, buffers);
  }

  sentOf(type: string): Record<string, unknown>[] {
    return this.sent.filter(({ content }) => content.type === type).map(({ content }) => content);
  }
}
