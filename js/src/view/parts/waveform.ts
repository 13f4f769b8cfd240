/** The last seconds of sound, scrolling to the left, and a meter of how loud it is now. */

import type { Scope } from "../../sound/scope";
import { element } from "./dom";

/** Some 30 drawings a second at 94 columns a second. */
const NEW_COLUMNS = 3;
const METER_COLUMNS = 12;
const QUIETEST_DB = -60;
/** Speech is far below full scale most of the time: this much of its shape is kept in sight. */
const CURVE = 0.6;

export class Waveform {
  readonly canvas: HTMLCanvasElement = element("canvas", "nbstream-waveform", { "aria-hidden": "true" });
  readonly meter: HTMLDivElement;
  readonly #fill = element("div", "nbstream-meter-fill");
  readonly #scope: Scope;
  #drawnCount = Number.NEGATIVE_INFINITY;
  #frame: number | null = null;

  constructor(scope: Scope, label: string) {
    this.#scope = scope;
    this.meter = element("div", "nbstream-meter", { role: "meter", "aria-label": label }, this.#fill);
    this.meter.setAttribute("aria-valuemin", "0");
    this.meter.setAttribute("aria-valuenow", "0");
    this.meter.setAttribute("aria-valuemax", "100");
  }

  /** Draw from now on, or no longer. Browsers call nothing back in a hidden page. */
  run(isOn: boolean): void {
    if (isOn === (this.#frame !== null)) return;
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = isOn ? requestAnimationFrame(this.#tick) : null;
    if (!isOn) this.#showLevel(0);
  }

  #tick = (): void => {
    this.#frame = requestAnimationFrame(this.#tick);
    const { count } = this.#scope;
    const isInSight = this.canvas.offsetParent !== null;
    if (!isInSight || (count >= this.#drawnCount && count < this.#drawnCount + NEW_COLUMNS)) return;
    this.#drawnCount = count;
    this.#draw();
    this.#showLevel(this.#scope.peak(METER_COLUMNS));
  };

  #draw(): void {
    const { canvas } = this;
    const context = canvas.getContext("2d");
    if (!context) return;
    const scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const [widthPx, heightPx] = [Math.round(width * scale), Math.round(height * scale)];
    // Setting a size empties a canvas; so does this.
    if (canvas.width !== widthPx || canvas.height !== heightPx) {
      canvas.width = widthPx;
      canvas.height = heightPx;
    } else context.clearRect(0, 0, widthPx, heightPx);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = getComputedStyle(canvas).color;
    const middle = height / 2;
    for (let age = 0; age < width; age++) {
      const [lowest, highest] = this.#scope.column(age);
      const top = middle - middle * Math.min(1, highest ** CURVE);
      const bottom = middle + middle * Math.min(1, (-lowest) ** CURVE);
      context.fillRect(width - 1 - age, top, 1, Math.max(1, bottom - top));
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  #showLevel(peak: number): void {
    const share = peak > 0 ? Math.max(0, Math.min(1, 1 - (20 * Math.log10(peak)) / QUIETEST_DB)) : 0;
    this.#fill.style.transform = `scaleX(${share.toFixed(3)})`;
    this.#fill.classList.toggle("nbstream-loud", peak >= 0.99);
    this.meter.setAttribute("aria-valuenow", String(Math.round(100 * share)));
  }
}
