"""`ImageView(save_last=True)`: what is saved of a notebook holds the last picture; nothing holds one otherwise."""

from __future__ import annotations

import base64
from contextvars import ContextVar

import pytest
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import format_display_data
from IPython.core.interactiveshell import InteractiveShell

import nbstream as nbs
from nbstream.testing import wait_for

from .streaming import Stream, grey, level_of

# As kernels know in which cell they are.
CELL: ContextVar[str | None] = ContextVar("cell", default=None)


def saved_level(view: nbs.ImageView) -> int | None:
    """The grey level of the picture in the state that is saved."""
    saved = view.get_state()["_saved"]
    if saved is None or saved["mime"] is None:
        return None
    assert saved["mime"] == "image/jpeg"
    return level_of(nbs.ImageView(saved["bytes"]).value)


def beside_widget(view: nbs.ImageView) -> str | None:
    """The picture in a cell's output, in Base64."""
    forms, _ = view._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in forms
    picture: str | None = forms.get("image/jpeg")
    return picture


def test_a_picture_that_is_set_is_saved(kernel):
    view = nbs.ImageView(grey(100), save_last=True)
    assert saved_level(view) == 100
    picture = beside_widget(view)
    assert picture is not None
    assert base64.b64decode(picture) == view.frame
    view.value = grey(50)
    assert saved_level(view) == 50
    view.value = None
    assert saved_level(view) is None
    assert beside_widget(view) is None


def test_of_a_stream_its_last_result_is_saved_and_none_while_it_is_live(kernel):
    stream = Stream(kernel)
    stream.view.save_last = True
    stream.go_live()
    assert stream.one_result(100) == 100
    assert saved_level(stream.view) is None
    stream.page.command("stop")
    wait_for(lambda: saved_level(stream.view) == 100)


def test_nothing_is_saved_unasked_nor_once_it_is_asked_no_longer(kernel):
    view = nbs.ImageView(grey(100))
    assert view.get_state()["_saved"] is None
    assert beside_widget(view) is None
    view.save_last = True
    assert saved_level(view) == 100
    view.save_last = False
    assert saved_level(view) is None
    assert beside_widget(view) is None


@pytest.fixture
def shell():
    """An IPython that notes what is displayed."""
    published = []

    class Noting(DisplayPublisher):
        def publish(self, data, metadata=None, source=None, **more):
            published.append((data, {**more, "cell": CELL.get()}))

    InteractiveShell.instance().display_pub = Noting()
    yield published
    InteractiveShell.clear_instance()


def test_the_output_of_a_cell_is_written_anew_while_no_page_shows_it(kernel, shell):
    view = nbs.ImageView(save_last=True)
    token = CELL.set("the cell that shows it")
    assert format_display_data(view) == ({}, {})
    view.value = grey(50)
    CELL.reset(token)
    (first, shown), (newer, written) = shell
    assert "image/jpeg" not in first
    assert base64.b64decode(newer["image/jpeg"]) == view.frame
    assert shown["transient"] == written["transient"]
    assert [one.get("update", False) for one in (shown, written)] == [False, True]
    # None: of whatever cell runs by then.
    assert [one["cell"] for one in (shown, written)] == ["the cell that shows it", None]


def test_a_page_that_shows_it_is_not_given_a_second_view(kernel, shell):
    stream = Stream(kernel)
    stream.view.save_last = True
    format_display_data(stream.view)
    stream.view.value = grey(100)
    assert len(shell) == 1
    assert saved_level(stream.view) == 100


def test_without_it_the_output_is_the_hosts_own(kernel, shell):
    forms, _ = format_display_data(nbs.ImageView())
    assert "application/vnd.jupyter.widget-view+json" in forms
    assert shell == []
