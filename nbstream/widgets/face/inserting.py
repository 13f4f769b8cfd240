"""A picture into the notebook, when somebody asks for it: a stream by itself leaves nothing there."""

from __future__ import annotations

import base64
import contextvars
from typing import Any

from ...pictures.codecs import mime_of
from ..base import LaneWidget


class Insertable(LaneWidget):
    """A widget whose picture can be put into the notebook, below the cell that shows the widget, or made it."""

    def __init__(self, **traits: Any) -> None:
        self._cell = contextvars.copy_context()
        super().__init__(**traits)

    def insert(self) -> None:
        """Put the picture that is shown into the notebook, as an output of the cell that shows the widget.

        It is saved with the notebook, as nothing else of a stream is.

        Raises
        ------
        RuntimeError
            If there is no picture, or no notebook.
        """
        self.insert_picture()

    def insert_picture(self) -> None:
        """Put this widget's own picture into the notebook; see `insert`."""
        data = self.shown_picture()
        if data is None:
            name = type(self).__name__
            raise RuntimeError(
                f"{name}.insert() found no picture; expected one. Start the stream first."
            )
        # A copy: a context serves one caller at a time.
        self._cell.copy().run(_display, data, self.label or "Picture")

    def shown_picture(self) -> bytes | None:
        """The picture that is shown, as encoded bytes; `None` = there is none."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> Any:
        self._cell = contextvars.copy_context()
        return super()._repr_mimebundle_(**options)


def _display(data: bytes, alt: str) -> None:
    from IPython.core.getipython import get_ipython  # few insert anything
    from IPython.display import display

    if get_ipython() is None:
        raise RuntimeError(
            "insert() was called where there is no notebook; expected a kernel of Jupyter."
        )
    mime = mime_of(data) or "image/jpeg"
    bundle = {mime: base64.b64encode(data).decode("ascii"), "text/plain": f"<{alt}>"}
    show: Any = display  # untyped
    show(bundle, raw=True, metadata={mime: {"alt": alt}})
