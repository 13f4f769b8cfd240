/** How the stream is doing, over the picture: text, and the results of the last half minute as a line. */

import type { Numbers } from "../../protocol/to_page";
import { element, setText } from "../parts/dom";
import type { Panelled } from "./panelled";

const KEPT_S = 30;
const SVG = "http://www.w3.org/2000/svg";
const LEGS: [string, string][] = [
  ["encode", "encoding"],
  ["up", "way up"],
  ["queue", "waiting"],
  ["decode", "decoding"],
  ["call", "function"],
  ["write", "result"],
  ["down", "way down"],
  ["paint", "painting"],
];

export class NumbersPanel {
  readonly root: HTMLDivElement;
  readonly #text = element("div", "nbstream-numbers-text");
  readonly #line = document.createElementNS(SVG, "polyline");
  #history: { atMs: number; fps: number }[] = [];
  #last: { atMs: number; bytes: number; dropped: number } | null = null;
  #told = "";

  constructor() {
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", `0 0 ${KEPT_S} 10`);
    drawing.setAttribute("preserveAspectRatio", "none");
    drawing.setAttribute("aria-hidden", "true");
    this.#line.setAttribute("vector-effect", "non-scaling-stroke");
    drawing.append(this.#line);
    this.root = element("div", "nbstream-numbers", { role: "group", "aria-label": "Numbers" }, this.#text);
    this.root.append(drawing);
    this.root.hidden = true;
  }

  update({ rule }: Panelled): void {
    const { state, heardAtMs: nowMs } = rule;
    const stats = state?.stats ?? null;
    this.root.hidden = stats === null || rule.isGone;
    if (!state || stats === null) {
      this.#history = [];
      this.#last = null;
      return;
    }
    if (this.#last !== null && nowMs - this.#last.atMs < 900) return;
    const askedFps = state.stream_every_s > 0 ? 1 / state.stream_every_s : null;
    this.#note(stats, nowMs);
    setText(this.#text, [this.#rateText(stats, askedFps), this.#flowText(stats, nowMs), legsText(stats)].join("\n"));
    this.#draw(Math.max(askedFps ?? 0, ...this.#history.map(({ fps }) => fps), 1), nowMs);
  }

  #note(stats: Numbers, atMs: number): void {
    this.#history.push({ atMs, fps: stats.fps });
    this.#history = this.#history.filter((one) => atMs - one.atMs <= KEPT_S * 1000);
  }

  #rateText({ fps, legs_ms }: Numbers, askedFps: number | null): string {
    const asked = askedFps === null ? "" : ` of ${round(askedFps)} asked`;
    const age = legs_ms.total === undefined ? "" : `, ${round(legs_ms.total)} ms old`;
    return `${round(fps)} pictures/s${asked}${age}`;
  }

  #flowText({ superseded, bytes_up, bytes_down }: Numbers, atMs: number): string {
    const bytes = bytes_up + bytes_down;
    const last = this.#last;
    this.#last = { atMs, bytes, dropped: superseded };
    if (last === null || atMs <= last.atMs) return this.#told || `${superseded} skipped`;
    const kilobytes = (bytes - last.bytes) / (atMs - last.atMs);
    this.#told = `${superseded} skipped, ${round(Math.max(0, kilobytes))} kB/s`;
    return this.#told;
  }

  #draw(most: number, nowMs: number): void {
    const points = this.#history.map(({ atMs, fps }) => `${KEPT_S - (nowMs - atMs) / 1000},${10 - (9 * fps) / most}`);
    this.#line.setAttribute("points", points.join(" "));
  }
}

function legsText({ legs_ms }: Numbers): string {
  const known = LEGS.filter(([name]) => (legs_ms[name] ?? 0) >= 0.05);
  return known.map(([name, word]) => `${word} ${round(legs_ms[name] ?? 0)} ms`).join(" · ");
}

function round(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0);
}
