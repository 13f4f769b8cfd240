/** A button that is held: by mouse, finger, Space or Enter, and let go whatever ends it. */

const KEYS = [" ", "Enter"];

/** `set` is told when the button is pressed and when it is let go. Returns what lets it go. */
export function whileHeld(root: HTMLButtonElement, set: (isHeld: boolean) => void): () => void {
  let isHeld = false;
  const change = (to: boolean): void => {
    if (to === isHeld) return;
    isHeld = to;
    set(to);
  };
  const letGo = () => change(false);
  const key = (event: KeyboardEvent, to: boolean): void => {
    if (!KEYS.includes(event.key)) return;
    // Neither a click of the button nor a command of the notebook.
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat && !root.disabled) change(to);
  };
  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || root.disabled) return;
    // The finger may slide off the button and is let go all the same.
    root.setPointerCapture?.(event.pointerId);
    change(true);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) root.addEventListener(name, letGo);
  root.addEventListener("keydown", (event) => key(event, true));
  root.addEventListener("keyup", (event) => key(event, false));
  // A long touch would open the browser's menu.
  root.addEventListener("contextmenu", (event) => event.preventDefault());
  return letGo;
}
