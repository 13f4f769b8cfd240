"""A display's last picture in what is saved of a notebook: in the widget's state, and beside the widget."""

from __future__ import annotations

import base64
from contextvars import Context
from functools import partial
from typing import Any

from ...pictures.codecs import mime_of


def as_saved(data: bytes | None) -> dict[str, Any]:
    """Make what the page of a saved copy shows; `None` = no picture.

    It always has bytes: who executes notebooks keeps those of a state by their place in it, and fills them in.
    """
    return {"mime": mime_of(data) if data else None, "bytes": data or b""}


def with_picture(bundle: Any, data: bytes | None) -> Any:
    """Add an encoded picture to a widget's mime bundle, for readers that know no widgets."""
    if data is None or bundle is None or (mime := mime_of(data)) is None:
        return bundle
    forms, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return {**forms, mime: base64.b64encode(data).decode("ascii")}, metadata


def write_output(bundle: Any, output_id: str, is_new: bool) -> None:
    """Write a cell's output, or write it anew."""
    from IPython.display import display  # this host has it: it asked for the output

    forms, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    write = partial(display, forms, metadata=metadata, raw=True, display_id=output_id)
    if is_new:
        write()
    else:
        # A stream's thread has the context of a cell that is over; who executes notebooks hears the one that runs.
        Context().run(write, update=True)
