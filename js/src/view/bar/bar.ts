/** The quiet bar over a camera's picture: it appears where somebody points, or comes with the keys. */

import type { WebcamModel } from "../../model/webcam_model";
import { currentTexts, translated } from "../../page/texts";
import { element, icon } from "../parts/dom";
import { ICONS, type IconName } from "./icons";
import { download, hasPictureInPicture, type Sight, toggleFullscreen, togglePictureInPicture } from "./keep";
import type { Panelled } from "./panelled";
import type { Panels } from "./panels";

/** What the part "panels" exports. */
type MakePanels = (texts: ReturnType<typeof currentTexts>, model: Panelled, close: () => void) => Panels;

interface Control {
  button: HTMLButtonElement;
  /** Whether it means something now. */
  isUseful(): boolean;
}

export class Bar {
  readonly root = element("div", "nbstream-bar", { role: "group", "aria-label": "Picture" });
  /** What the bar opens stands here. */
  readonly opened = element("div", "nbstream-opened");
  readonly #model: WebcamModel;
  readonly #sight: () => Sight | null;
  readonly #controls = new Map<IconName, Control>();
  #panels: Panels | null = null;
  #opening: Promise<Panels> | null = null;

  /** `sight`: what is shown now; null: no picture. */
  constructor(model: WebcamModel, sight: () => Sight | null) {
    this.#model = model;
    this.#sight = sight;
    // What captures in the kernel has its settings in the code.
    const isCamera = model.kind.isInKernel !== true;
    const isOwnLive = () => model.rule.isOwner && model.rule.state?.status === "live";
    const isPaused = () => model.rule.state?.can_resume === true && model.rule.isOwner;
    this.#add(
      "pause",
      "Pause",
      () => isOwnLive() || isPaused(),
      () => this.#pause(),
    );
    this.#add("freeze", "Freeze: hold this picture, and call the function when a control changes", isOwnLive, () =>
      model.command("freeze"),
    );
    this.#add(
      "snapshot",
      "Snapshot: save this picture as a file",
      () => sight() !== null,
      () => this.#snapshot(),
    );
    this.#add(
      "insert",
      "Insert: put the result into the notebook",
      () => isCamera && sight() !== null && !model.rule.isGone,
      () => model.command("insert"),
    );
    this.#add(
      "mirror",
      "Mirror",
      () => sight() !== null && model.mayMirror,
      () => model.toggleMirror(),
    );
    const mayFloat = () => sight() !== null && hasPictureInPicture();
    this.#add("pip", "Picture in picture", mayFloat, () => this.#with(togglePictureInPicture));
    this.#add(
      "fullscreen",
      "Full screen",
      () => sight() !== null,
      () => this.#fullscreen(),
    );
    this.#add(
      "stats",
      "Numbers",
      () => isCamera && model.rule.state?.wanted === true,
      () => model.command("toggle_stats"),
    );
    this.#add(
      "settings",
      "Settings",
      () => isCamera && !model.rule.isGone,
      () => this.#toggleSettings(),
    );
  }

  update(): void {
    const { rule, settings, pointing } = this.#model;
    // Who is to point at the picture shall reach all of it.
    this.root.hidden = pointing.wish !== null;
    const isPaused = rule.state?.can_resume === true;
    for (const [name, { button, isUseful }] of this.#controls) {
      button.hidden = !this.#model.shows(name) || !isUseful();
    }
    this.#show("pause", isPaused ? "resume" : "pause", isPaused ? "Resume" : "Pause");
    this.#press("mirror", settings.mirror !== false);
    const hasNumbers = (rule.state?.stats ?? null) !== null;
    this.#press("stats", hasNumbers);
    if (hasNumbers && !this.#opening) void this.#open();
    this.#panels?.update();
  }

  #add(name: IconName, title: string, isUseful: () => boolean, pressed: () => void): void {
    const attributes = { type: "button", title, "aria-label": title.split(":")[0] as string };
    const button = element("button", `nbstream-tool nbstream-${name}`, attributes, icon(ICONS[name]));
    button.addEventListener("click", pressed);
    this.#controls.set(name, { button, isUseful });
    this.root.append(button);
  }

  #show(name: IconName, drawn: IconName, title: string): void {
    const button = this.#controls.get(name)?.button;
    if (!button || button.dataset.tool === title) return;
    button.dataset.tool = title;
    button.replaceChildren(icon(ICONS[drawn]));
    button.title = translated(title);
    button.setAttribute("aria-label", translated(title));
  }

  #press(name: IconName, isPressed: boolean): void {
    this.#controls.get(name)?.button.setAttribute("aria-pressed", String(isPressed));
  }

  #pause(): void {
    this.#model.command(this.#model.rule.state?.can_resume ? "resume" : "pause");
  }

  #snapshot(): void {
    const sight = this.#sight();
    if (!sight) return;
    const time = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
    download(sight, `${this.#model.settings.label || "camera"} ${time}`);
    this.#model.command("snapshot");
  }

  #with(use: (sight: Sight) => Promise<void>): void {
    const sight = this.#sight();
    if (sight) use(sight).catch(() => {}); // The browser may not want to, and says so itself.
  }

  #fullscreen(): void {
    const frame = this.root.closest<HTMLElement>(".nbstream-stage");
    if (frame) toggleFullscreen(frame);
  }

  async #toggleSettings(): Promise<void> {
    const isOpen = (await this.#open()).toggleSettings();
    const button = this.#controls.get("settings")?.button;
    button?.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) button?.focus({ preventScroll: true });
  }

  #open(): Promise<Panels> {
    if (!this.#panels) this.#opening = this.#make();
    return this.#opening as Promise<Panels>;
  }

  async #make(): Promise<Panels> {
    const make = await this.#model.parts.load<MakePanels>("panels");
    if (!this.#panels) {
      this.#panels = make(currentTexts(), this.#model, () => this.#toggleSettings());
      this.opened.append(this.#panels.root);
    }
    return this.#panels;
  }
}
