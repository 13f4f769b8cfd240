"""A result that is put into the notebook, on purpose, by a press or by code."""

from __future__ import annotations

import base64
import contextvars

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

import nbstream as nbs
from nbstream.pictures.codecs import decode_image, encode
from nbstream.testing import wait_for

from .streaming import Stream, grey, level_of

CELL: contextvars.ContextVar[str] = contextvars.ContextVar("cell", default="none")


class Notebook(CapturingDisplayPublisher):
    """Where a kernel's displays go, and the cell that each belongs to."""

    cells: list[str]

    def publish(self, *args, **kwargs):
        super().publish(*args, **kwargs)
        self.cells = [*getattr(self, "cells", []), CELL.get()]

    def levels(self) -> list[int]:
        pictures = [one["data"]["image/jpeg"] for one in self.outputs]
        return [level_of(decode_image(base64.b64decode(one), "rgb")) for one in pictures]


@pytest.fixture
def notebook():
    shell = InteractiveShell.instance()
    shell.display_pub = Notebook(parent=shell)
    yield shell.display_pub
    InteractiveShell.clear_instance()


def shown_in(cell: str, widget: nbs.ImageView) -> None:
    """Run a cell whose last line is the widget."""

    def run() -> None:
        CELL.set(cell)
        widget._repr_mimebundle_()

    contextvars.copy_context().run(run)


def test_a_view_puts_its_picture_below_the_cell_that_shows_it(kernel, notebook):
    view = nbs.ImageView(grey(120), label="Edges")
    shown_in("first", view)
    shown_in("second", view)
    view.insert()
    assert (notebook.levels(), notebook.cells) == ([120], ["second"])
    assert notebook.outputs[0]["metadata"] == {"image/jpeg": {"alt": "Edges"}}


def test_the_button_puts_the_results_of_the_streams_there_and_nothing_goes_by_itself(
    kernel, notebook
):
    stream = Stream(kernel, lambda frame: 255 - frame).go_live()
    stream.one_result(55)
    wait_for(lambda: stream.view.frame is not None)
    assert notebook.outputs == []
    stream.page.command("insert")
    wait_for(lambda: notebook.levels() == [200])


def test_a_camera_without_results_gives_its_own_picture(kernel, notebook):
    webcam = nbs.Webcam()
    with pytest.warns(UserWarning, match="no stream runs"):
        webcam.frame = encode(grey(70))
    webcam.insert()
    assert notebook.levels() == [70]


def test_where_there_is_nothing_to_insert_or_nowhere_to_put_it_is_said(kernel):
    with pytest.raises(RuntimeError, match="found no picture"):
        nbs.ImageView().insert()
    with pytest.raises(RuntimeError, match="where there is no notebook"):
        nbs.ImageView(grey(1)).insert()
    nbs.Webcam().insert_shown()
