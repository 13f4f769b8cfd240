/** The picture of a source: a placeholder, the preview, or in its place the result. */

import type { WebcamModel } from "../model/webcam_model";
import { translated } from "../page/texts";
import { Bar } from "./bar/bar";
import type { Sight } from "./bar/keep";
import { element, icon, say } from "./parts/dom";
import { OverlayCanvas } from "./parts/overlay";
import { PointerLayer } from "./parts/pointer_layer";
import { TimeBar } from "./parts/time_bar";
import { hintText } from "./parts/words";
import { showPart } from "./shown_part";

export class Picture {
  readonly root: HTMLDivElement;
  /** What lies over the picture, to be pressed and read. */
  readonly over: HTMLElement[];
  readonly canvas: HTMLCanvasElement = element("canvas", "nbstream-result");
  readonly #model: WebcamModel;
  readonly #hint = element("span", "nbstream-hint");
  readonly #placeholder = element("div", "nbstream-placeholder");
  readonly #preview = element("video", "nbstream-preview");
  readonly #overlay: OverlayCanvas;
  readonly #pointer: PointerLayer;
  readonly #timeBar = new TimeBar();
  readonly bar: Bar;
  readonly #detach: () => void;

  constructor(model: WebcamModel) {
    this.#model = model;
    this.#placeholder.append(icon(model.kind.icon), this.#hint);
    this.#preview.setAttribute("aria-label", translated(`Preview of the ${model.kind.noun}`));
    this.#preview.muted = true;
    this.#preview.autoplay = true;
    this.#preview.playsInline = true;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", translated("Result"));
    this.#overlay = new OverlayCanvas(model.results.overlays);
    this.#pointer = new PointerLayer((gesture) => model.pointing.point(gesture));
    this.#detach = model.results.painter.attach(this.canvas);
    const parts = [
      this.#placeholder,
      this.#preview,
      this.canvas,
      this.#overlay.root,
      this.#pointer.root,
      this.#timeBar.root,
    ];
    this.bar = new Bar(model, () => this.#sight());
    this.over = [this.bar.opened, this.bar.root];
    this.root = element("div", "nbstream-picture", {}, ...parts);
  }

  update(nowMs: number): void {
    const { rule, results, stream, settings } = this.#model;
    const { painter } = results;
    const { state, heardAtMs, isGone } = rule;
    // Who waits for a turn looks at the camera, not at what the turn before has left.
    const isWaiting = state?.status === "waiting" && stream !== null;
    const showsResult = state?.shows_result === true && painter.hasPicture && !isWaiting;
    // A preview that is covered by results costs a decoded picture each time: it lets the stream go.
    const previewed = showsResult ? null : stream;
    if (this.#preview.srcObject !== previewed) this.#preview.srcObject = previewed;
    this.#preview.hidden = previewed === null;
    const isFrozen = state?.is_frozen === true;
    if (previewed && this.#preview.paused !== isFrozen) {
      // What is found in the picture that is held is drawn over it.
      if (isFrozen) this.#preview.pause();
      else this.#preview.play()?.catch(() => {});
    }
    showPart(this.#preview, settings.crop ?? [0, 0, 1, 1]);
    this.#preview.classList.toggle("nbstream-mirrored", settings.mirror !== false);
    this.canvas.hidden = !showsResult;
    this.canvas.classList.toggle("nbstream-dimmed", isGone || (state?.status !== "live" && !state?.is_frozen));
    this.#placeholder.hidden = showsResult || previewed !== null;
    // A result is shown as the function saw it, the preview as the person wants it.
    const isCovered = !this.#placeholder.hidden;
    const isMirrored = settings.mirror === "preview" && !showsResult;
    this.#overlay.update(isCovered, isMirrored);
    say(this.#hint, hintText(this.#model));
    const widthToHeight = this.#setShape(showsResult ? painter.size : null);
    this.#pointer.update(this.#model.pointing.wish, { isCovered, isMirrored, widthToHeight });
    this.#timeBar.update(isGone ? null : state, heardAtMs, nowMs);
    this.bar.update();
  }

  #sight(): Sight | null {
    const { mirror, crop } = this.#model.settings;
    if (!this.canvas.hidden) return { element: this.canvas, isMirrored: false, crop: [0, 0, 1, 1] };
    if (this.#preview.hidden) return null;
    return { element: this.#preview, isMirrored: mirror !== false, crop: crop ?? [0, 0, 1, 1] };
  }

  /** Let go of the stream, so that the browser can. */
  close(): void {
    this.#detach();
    this.#preview.srcObject = null;
    this.#overlay.close();
  }

  /** The place has the picture's shape before the picture is there, so that nothing jumps when it comes. */
  #setShape(resultSize: [number, number] | null): number {
    const { camera, settings } = this.#model;
    const [wishedWidth, wishedHeight] = settings.resolution;
    const [, , cropWidth, cropHeight] = settings.crop ?? [0, 0, 1, 1];
    const captured = [(camera.width_px ?? wishedWidth) * cropWidth, (camera.height_px ?? wishedHeight) * cropHeight];
    const [width, height] = (resultSize ?? captured) as [number, number];
    this.root.style.aspectRatio = `${width} / ${height}`;
    this.root.style.setProperty("--nbstream-shape", String(width / height)); // For the full screen.
    return width / height;
  }
}
