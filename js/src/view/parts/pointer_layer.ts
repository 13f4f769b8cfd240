/** What lies over a picture to be pointed at: by mouse, finger, pen and keys; it shows the zone and the keys' cursor. */

import type { PointingWish } from "../../model/pointing";
import type { Gesture } from "../../protocol/from_page";
import { element } from "./dom";
import {
  clamped,
  contains,
  isInside,
  moved,
  rectangle,
  type Share,
  type Shown,
  shareAt,
  shownIn,
} from "./pointer_geometry";

/** A pointer that was moved further than this while it was pressed has dragged. */
const DRAG_PX = 4;
/** A click so near the first corner of a zone closes it. */
const CLOSE_PX = 10;
const MIN_NUMBERS = 6;
/** A hundred corners. */
const MAX_NUMBERS = 200;
const KEY_STEP = 0.01;
const LONG_STEP = 0.1;
const ENDS_ZONE = ["Delete", "Backspace", "Escape"];
const SVG = "http://www.w3.org/2000/svg";
const STEPS: Record<string, Share> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

interface Press {
  id: number;
  from: Share;
  clientX: number;
  clientY: number;
  button: number;
  hasMoved: boolean;
  /** The zone as it was, where the press is to move it. */
  zone: number[] | null;
}

/** How the picture is shown. */
export interface Surface {
  isCovered: boolean;
  isMirrored: boolean;
  /** Width by height of the picture. */
  widthToHeight: number;
}

export class PointerLayer {
  readonly root = element("div", "nbstream-pointer", {
    tabindex: "0",
    role: "application",
    "aria-label": "Point at the picture: arrow keys move, Enter clicks",
  });
  readonly #zone = document.createElementNS(SVG, "polygon");
  readonly #cursor = element("div", "nbstream-cursor");
  readonly #point: (gesture: Gesture) => void;
  #wish: PointingWish | null = null;
  #surface: Surface = { isCovered: true, isMirrored: false, widthToHeight: 1 };
  #press: Press | null = null;
  /** Corners of a zone that is not closed yet, x and y in turn. */
  #draft: number[] = [];
  #keys: Share = { x: 0.5, y: 0.5 };

  constructor(point: (gesture: Gesture) => void) {
    this.#point = point;
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", "0 0 1 1");
    drawing.setAttribute("preserveAspectRatio", "none");
    this.#zone.setAttribute("class", "nbstream-zone");
    this.#zone.setAttribute("vector-effect", "non-scaling-stroke");
    drawing.append(this.#zone);
    this.root.append(drawing, this.#cursor);
    this.#cursor.hidden = true;
    const { root } = this;
    root.addEventListener("pointerdown", this.#pressed);
    root.addEventListener("pointermove", this.#moved);
    root.addEventListener("pointerup", this.#released);
    root.addEventListener("pointercancel", this.#cancelled);
    root.addEventListener("contextmenu", (event) => event.preventDefault());
    root.addEventListener("keydown", this.#key);
  }

  update(wish: PointingWish | null, surface: Surface): void {
    this.#wish = wish;
    this.#surface = surface;
    this.root.hidden = wish === null || surface.isCovered;
    if (this.root.hidden) return;
    this.#zone.setAttribute("points", (wish?.zone ?? []).join(" "));
    this.#place();
  }

  /** The drawing and the cursor lie on the picture, mirrored with it. */
  #place(): void {
    const { isMirrored } = this.#surface;
    const drawing = this.root.firstElementChild as SVGSVGElement;
    drawing.style.transform = isMirrored ? "scaleX(-1)" : "";
    this.#cursor.style.left = `${100 * (isMirrored ? 1 - this.#keys.x : this.#keys.x)}%`;
    this.#cursor.style.top = `${100 * this.#keys.y}%`;
  }

  get #shown(): Shown {
    const { widthToHeight, isMirrored } = this.#surface;
    return shownIn(this.root.getBoundingClientRect(), widthToHeight, isMirrored);
  }

  #pressed = (event: PointerEvent): void => {
    const from = shareAt(event.clientX, event.clientY, this.#shown);
    if (this.#press || !isInside(from)) return;
    // No text is selected, and no cell of the notebook dragged.
    event.preventDefault();
    this.root.focus({ preventScroll: true });
    this.root.setPointerCapture?.(event.pointerId);
    const { clientX, clientY, pointerId: id } = event;
    const zone = this.#wish?.zone ?? null;
    const holdsZone = this.#wish?.draws_zone && zone !== null && this.#draft.length === 0 && contains(zone, from);
    this.#press = {
      id,
      from,
      clientX,
      clientY,
      button: buttonOf(event),
      hasMoved: false,
      zone: holdsZone ? zone : null,
    };
  };

  #moved = (event: PointerEvent): void => {
    const at = shareAt(event.clientX, event.clientY, this.#shown);
    const press = this.#press;
    if (press === null) {
      if (isInside(at)) this.#tell("move", at, event, { button: 0 });
      return;
    }
    if (press.id !== event.pointerId) return;
    const distancePx = Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY);
    press.hasMoved ||= distancePx > DRAG_PX;
    if (press.hasMoved) this.#drag(press, clamped(at), event, false);
  };

  #released = (event: PointerEvent): void => {
    const press = this.#press;
    if (press?.id !== event.pointerId) return;
    this.#press = null;
    const at = clamped(shareAt(event.clientX, event.clientY, this.#shown));
    if (press.hasMoved) this.#drag(press, at, event, true);
    else this.#clicked(at, event, press.button);
  };

  #clicked(at: Share, event: PointerEvent | KeyboardEvent, button: number): void {
    if (!this.#wish?.by_corners) {
      this.#tell("click", at, event, { button });
      return;
    }
    const isDone = this.#draft.length >= MIN_NUMBERS && this.#isAtFirst(at);
    if (!isDone && this.#draft.length < MAX_NUMBERS) this.#draft = [...this.#draft, at.x, at.y];
    this.#tell("zone", at, event, { button, points: this.#draft, isDone });
    if (isDone) this.#draft = [];
  }

  #isAtFirst(at: Share): boolean {
    const { width, height } = this.#shown;
    const [x, y] = this.#draft as [number, number];
    return Math.hypot((at.x - x) * width, (at.y - y) * height) <= CLOSE_PX;
  }

  /** The browser took the pointer for itself: what was dragged is not finished. */
  #cancelled = (event: PointerEvent): void => {
    if (this.#press?.id === event.pointerId) this.#press = null;
  };

  #drag(press: Press, at: Share, event: PointerEvent, isDone: boolean): void {
    const { from, button, zone } = press;
    if (this.#wish?.by_corners && !zone) return;
    if (this.#wish?.draws_zone) {
      const points = zone ? moved(zone, { x: at.x - from.x, y: at.y - from.y }) : rectangle(from, at);
      this.#tell("zone", at, event, { button, points, isDone });
    } else {
      this.#tell("drag", at, event, { button, points: [from.x, from.y, at.x, at.y], isDone });
    }
  }

  #key = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step) {
      const by = event.shiftKey ? LONG_STEP : KEY_STEP;
      const towards = this.#surface.isMirrored ? -step.x : step.x;
      this.#keys = clamped({ x: this.#keys.x + by * towards, y: this.#keys.y + by * step.y });
      this.#cursor.hidden = false;
      this.#place();
      this.#tell("move", this.#keys, event, { button: 0 });
    } else if (event.key === "Enter") {
      this.#clicked(this.#keys, event, 1);
    } else if (ENDS_ZONE.includes(event.key) && this.#wish?.draws_zone) {
      this.#draft = [];
      this.#tell("zone", this.#keys, event, { button: 0 });
    } else {
      return;
    }
    // The notebook has meanings of its own for these keys: Enter edits, arrows go to another cell.
    event.preventDefault();
    event.stopPropagation();
  };

  #tell(
    gesture: Gesture["gesture"],
    { x, y }: Share,
    event: PointerEvent | KeyboardEvent,
    { button, points = [], isDone = true }: { button: number; points?: number[]; isDone?: boolean },
  ): void {
    this.#point({ gesture, x, y, points, is_done: isDone, button, modifiers: modifiersOf(event) });
  }
}

/** 1: left, 2: right, 3: middle, as jupyter_rfb counts them. */
function buttonOf({ button }: PointerEvent): number {
  return [1, 3, 2, 4, 5][button] ?? 0;
}

function modifiersOf(event: PointerEvent | KeyboardEvent): string[] {
  const held = { Shift: event.shiftKey, Control: event.ctrlKey, Alt: event.altKey, Meta: event.metaKey };
  return Object.entries(held).flatMap(([name, isHeld]) => (isHeld ? [name] : []));
}
