/**
 * What is drawn over a picture in this page: of each overlay the newest marks, for all views.
 *
 * An overlay counts as painted when its marks are on the canvases; where nobody can see them, as soon as they have come.
 */

import { warnOnce } from "../page/log";
import { isNewer } from "../protocol/fields";
import type { Mark, OverlayMessage } from "../protocol/to_page";
import type { Drawable } from "./decode";
import type { PaintPorts } from "./painter";

export interface Layer {
  marks: readonly Mark[];
  /** How many marks there were; more than `marks` has, if only the best came. */
  totalCount: number;
  /** All masks in one picture, to be stretched over the whole. */
  mask: Drawable | null;
}

type OnPainted = (overlay: string, seq: number, receivedAtMs: number) => void;

export class Overlays {
  readonly #layers = new Map<string, Layer>();
  readonly #draws = new Set<() => void>();
  /** By overlay: the newest that came, drawn or not. */
  readonly #newestSeq = new Map<string, number>();
  /** By overlay: what is decoded late and is not newer than this was taken away already. */
  readonly #clearedThrough = new Map<string, number>();
  /** What is to be told as painted after the next animation frame. */
  readonly #unpainted = new Map<string, { seq: number; receivedAtMs: number }>();
  readonly #ports: PaintPorts;
  readonly #onPainted: OnPainted;
  readonly #unwatch: () => void;
  #isFrameAsked = false;

  constructor(ports: PaintPorts, onPainted: OnPainted) {
    this.#ports = ports;
    this.#onPainted = onPainted;
    this.#unwatch = ports.visibility.onChange(() => this.#paint());
  }

  get layers(): Layer[] {
    return [...this.#layers.values()];
  }

  async show(message: OverlayMessage, png: DataView | null, receivedAtMs: number): Promise<void> {
    const { overlay, seq, marks, total_count: totalCount } = message;
    if (!isNewer(seq, this.#newestSeq.get(overlay) ?? 0)) return;
    this.#newestSeq.set(overlay, seq);
    const mask = png && (await this.#decode(png));
    const isOld = !isNewer(seq, this.#clearedThrough.get(overlay) ?? 0) || seq !== this.#newestSeq.get(overlay);
    if (isOld) {
      mask?.close();
      return;
    }
    this.#take(overlay);
    if (marks.length > 0 || mask) this.#layers.set(overlay, { marks, totalCount, mask });
    this.#unpainted.set(overlay, { seq, receivedAtMs });
    this.#askFrame();
  }

  /** Take everything away; what comes later is drawn as ever. */
  clear(): void {
    for (const [overlay, seq] of this.#newestSeq) this.#clearedThrough.set(overlay, seq);
    if (this.#layers.size === 0) return;
    for (const overlay of [...this.#layers.keys()]) this.#take(overlay);
    this.#askFrame();
  }

  /** `draw` is called when there is something else to draw. Returns what ends that. */
  attach(draw: () => void): () => void {
    this.#draws.add(draw);
    return () => this.#draws.delete(draw);
  }

  close(): void {
    this.#unwatch();
    this.#draws.clear();
    this.#unpainted.clear();
    this.clear();
  }

  #take(overlay: string): void {
    this.#layers.get(overlay)?.mask?.close();
    this.#layers.delete(overlay);
  }

  #decode(png: DataView): Promise<Drawable | null> {
    return this.#ports.decode(png as DataView<ArrayBuffer>, "image/png").catch(() => {
      warnOnce("The browser cannot decode the masks of an overlay; its texts are drawn without them.");
      return null;
    });
  }

  #askFrame(): void {
    // No animation frame comes in a hidden page.
    if (this.#draws.size === 0 || this.#ports.visibility.isHidden()) {
      this.#paint();
    } else if (!this.#isFrameAsked) {
      this.#isFrameAsked = true;
      this.#ports.nextFrame(() => {
        this.#isFrameAsked = false;
        this.#paint();
      });
    }
  }

  #paint(): void {
    for (const draw of this.#draws) draw();
    for (const [overlay, { seq, receivedAtMs }] of this.#unpainted) this.#onPainted(overlay, seq, receivedAtMs);
    this.#unpainted.clear();
  }
}
