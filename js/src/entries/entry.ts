/** What the host calls: makes of a model what its `_kind` says, once, and a view of that wherever it is shown. */

import type { AnyModel, AnyWidget, InitializeProps, RenderProps } from "@anywidget/types";
import { warnOnce } from "../page/log";
import { getPage, type Page } from "../page/page";
import { setTexts } from "../page/texts";

/** One widget in this page, however many views it has. */
export interface PageWidget {
  destroy(): void;
  /** Returns what takes the view away again. */
  show(container: HTMLElement): () => void;
}

export type Make = (model: AnyModel, page: Page) => PageWidget;

/** `kinds`: by `_kind`, how such a widget is made. */
export function defineWidget(kinds: Record<string, Make>): AnyWidget {
  /** The host hands over another proxy of the same model at each call, so ours is kept by the widget's own id. */
  const made = new Map<string, PageWidget>();

  function initialize({ model }: InitializeProps): () => void {
    // Must return at once: a host that waits 2 s here loses every message of the kernel for good.
    const id: string = model.get("_widget_id");
    const kind = String(model.get("_kind"));
    const make = Object.hasOwn(kinds, kind) && kinds[kind];
    const texts: Record<string, string> | null = model.get("_texts") ?? null;
    if (texts) setTexts(texts);
    const one = make ? make(model, getPage()) : unknown(kind, Object.keys(kinds));
    made.set(id, one);
    return () => {
      one.destroy();
      made.delete(id);
    };
  }

  function render({ model, el }: RenderProps): (() => void) | undefined {
    return made.get(model.get("_widget_id"))?.show(el);
  }

  return { initialize, render };
}

/** A page that was loaded before the kernel's package was replaced may lack what that has. */
function unknown(kind: string, known: readonly string[]): PageWidget {
  const text = `A widget of the kind "${kind}" came; this page knows ${known.join(", ")}. Reload the page.`;
  warnOnce(text);
  return {
    destroy() {},
    show(container) {
      container.textContent = text;
      return () => container.replaceChildren();
    },
  };
}
