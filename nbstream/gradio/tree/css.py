"""The looks of an app: ours, and the author's css, which holds for that app only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from .block import id_class

OURS = """
.nbstream-gradio-row { gap: 8px; align-items: stretch; }
.nbstream-gradio-column, .nbstream-gradio { gap: 8px; }
.nbstream-gradio-group { border: 1px solid var(--jp-border-color2, #ccc); border-radius: 6px; padding: 6px; }
.nbstream-gradio-label { font-weight: 600; line-height: 1.4; height: auto; }
.nbstream-gradio-info { opacity: 0.75; line-height: 1.3; height: auto; white-space: normal; }
.nbstream-gradio-best { font-size: 1.5em; height: auto; }
.nbstream-gradio-notice { align-items: center; justify-content: space-between; padding: 2px 8px; margin-bottom: 4px;
  border-left: 4px solid var(--jp-info-color1, #00838f); background: var(--jp-layout-color2, #eee); }
.nbstream-gradio-notice > .widget-label { white-space: pre-wrap; height: auto; flex: 1 1 0%; }
.nbstream-gradio-error { border-left-color: var(--jp-error-color1, #c62828); }
.nbstream-gradio-warning { border-left-color: var(--jp-warn-color1, #ef6c00); }
.nbstream-gradio-success { border-left-color: var(--jp-success-color1, #2e7d32); }
"""


def style_of(css: Sequence[str], app_class: str, elem_ids: Iterable[str]) -> str:
    """The text of a style element for one app.

    `@scope` keeps the author's rules off the rest of the page. An element of a widget has no id that the kernel could
    set, so `#name` becomes the class that stands for it.

    Parameters
    ----------
    css
        The author's texts.
    app_class
        A class of the app's outermost element only.
    elem_ids
        The ids that are in the app.
    """
    theirs = "\n".join(_with_classes(one, frozenset(elem_ids)) for one in css)
    # What closes the element would let the rest be read as HTML.
    return re.sub(
        r"</(?=style)", r"<\\/", f"{OURS}\n@scope (.{app_class}) {{\n{theirs}\n}}", flags=re.I
    )


def read_css(css: str | None, paths: str | Path | Sequence[str | Path] | None) -> list[str]:
    """What was given as css, as texts, or names of files."""
    if paths is None:
        paths = []
    elif isinstance(paths, (str, Path)):
        paths = [paths]
    return [*([css] if css else []), *(Path(one).read_text(encoding="utf-8") for one in paths)]


def _with_classes(css: str, elem_ids: frozenset[str]) -> str:
    def selector(match: re.Match[str]) -> str:
        return re.sub(
            r"#([\w-]+)",
            lambda found: f".{id_class(found[1])}" if found[1] in elem_ids else found[0],
            match[0],
        )

    return re.sub(r"[^{};]+(?=\{)", selector, css)
