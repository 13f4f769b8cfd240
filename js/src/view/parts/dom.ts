/** Small helpers to make elements once and update them in place. Text is always set as text, never as HTML. */

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  attributes: Record<string, string> = {},
  ...children: Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Set the text only if it differs: a live region would read it out again, and a selection in it would be lost. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function button(className: string, text: string, title: string, pressed: () => void): HTMLButtonElement {
  const made = element("button", `nbstream-button ${className}`, { type: "button", title });
  made.textContent = text;
  made.addEventListener("click", pressed);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A line drawing of 24 x 24 units from path data. */
export function icon(...paths: string[]): SVGSVGElement {
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

export const CAMERA_PATHS = [
  "M3 7.5A1.5 1.5 0 0 1 4.5 6h9A1.5 1.5 0 0 1 15 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16.5z",
  "M15 10.5l6-3.5v10l-6-3.5z",
];
export const MICROPHONE_PATHS = [
  "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4z",
  "M6.5 11.5a5.5 5.5 0 0 0 11 0",
  "M12 17v3.5",
  "M9 20.5h6",
];
export const PICTURE_PATHS = ["M4 5h16v14H4z", "M4 16l5-5 4 4 2.5-2.5L20 17", "M15.5 9.5h.01"];
