/** Small helpers to make elements once and update them in place. Text is always set as text, never as HTML. */

import { translated } from "../../page/texts";

const SPOKEN = ["title", "aria-label"];

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  attributes: Record<string, string> = {},
  ...children: Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, SPOKEN.includes(name) ? translated(value) : value);
  }
  made.append(...children);
  return made;
}

/** Set the text only if it differs: a live region would read it out again, and a selection in it would be lost. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** The same of a text of ours, in the person's language. */
export function say(target: Element, english: string): void {
  setText(target, translated(english));
}

export function button(className: string, text: string, title: string, pressed: () => void): HTMLButtonElement {
  const made = element("button", `nbstream-button ${className}`, { type: "button", title });
  made.textContent = translated(text);
  made.addEventListener("click", pressed);
  return made;
}

/**
 * Keys that are pressed in a widget are the widget's: a notebook would insert, cut and run cells by them.
 *
 * JupyterLab asks for the attribute, since it hears keys before anybody; other hosts hear them on their way up. A key that
 * is held repeats: where the focus moves on from Start to Stop, it must not press that as well.
 */
export function keepKeys(root: HTMLElement): void {
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const presses = event.key === "Enter" || event.key === " ";
    if (event.repeat && presses && (event.target as Element).tagName === "BUTTON") event.preventDefault();
  });
}

/** The element with the focus, inside of a shadow root as well. */
export function focused(near: Node): Element | null {
  return (near.getRootNode() as Document | ShadowRoot).activeElement ?? null;
}

const SVG = "http://www.w3.org/2000/svg";

/** A line drawing of 24 x 24 units from path data. */
export function icon(paths: readonly string[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of [
    ["viewBox", "0 0 24 24"],
    ["aria-hidden", "true"],
    ["class", "nbstream-icon"],
  ] as const) {
    svg.setAttribute(name, value);
  }
  for (const data of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
}

export const PICTURE_PATHS = ["M4 5h16v14H4z", "M4 16l5-5 4 4 2.5-2.5L20 17", "M15.5 9.5h.01"];
