/** What the host calls, for any kind of widget: a model once, and a view wherever it is shown. */

import type { AnyModel, AnyWidget, InitializeProps, RenderProps } from "@anywidget/types";

export interface Shown {
  destroy(): void;
  /** Returns what takes the view away again. */
  show(container: HTMLElement): () => void;
}

export function defineWidget(create: (model: AnyModel) => Shown): AnyWidget {
  /** The host hands over another proxy of the same model at each call, so ours is kept by the widget's own id. */
  const made = new Map<string, Shown>();

  function initialize({ model }: InitializeProps): () => void {
    // Must return at once: a host that waits 2 s here loses every message of the kernel for good.
    const id: string = model.get("_widget_id");
    const one = create(model);
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
