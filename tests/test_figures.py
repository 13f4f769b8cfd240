"""Figures that a function makes with pyplot: drawn, closed, and nobody else's."""

from __future__ import annotations

import functools
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

import nbstream as nbs
import nbstream.gradio as gr
from nbstream.pictures.figures import own_figures
from nbstream.pictures.result_pixels import to_pixels
from nbstream.testing import FakePage, wait_for

from .conftest import stream_threads
from .gradio_app import press
from .streaming import Stream, grey, level_of

mpl.use("agg")
import matplotlib.pyplot as plt


@pytest.fixture(autouse=True)
def _no_figures_of_others():
    plt.close("all")
    yield
    plt.close("all")


def plain(color: Any) -> Figure:
    figure = plt.figure(figsize=(1, 1), dpi=20)
    figure.set_facecolor(color)
    return figure


def grey_of(frame: Any) -> str:
    return str(frame.mean() / 255)


open_in_the_function: list[int] = []


def returns(frame):
    open_in_the_function.append(len(plt.get_fignums()))
    return plain(grey_of(frame))


def makes_more_than_it_returns(frame):
    open_in_the_function.append(len(plt.get_fignums()))
    plain("black")
    figure = plain(grey_of(frame))
    plain("black")
    return figure


def returns_pixels(frame):
    open_in_the_function.append(len(plt.get_fignums()))
    figure = plain(grey_of(frame))
    figure.canvas.draw()
    return np.array(figure.canvas.buffer_rgba())  # type: ignore[attr-defined]


def yields(frame):
    for _ in range(3):
        open_in_the_function.append(len(plt.get_fignums()))
        yield plain(grey_of(frame))


async def awaits(frame):
    return returns(frame)


async def yields_and_awaits(frame):
    for figure in yields(frame):
        yield figure


kept: list[Figure] = []


def keeps(frame):
    open_in_the_function.append(len(plt.get_fignums()))
    if not kept:
        kept.append(plain("black"))
    kept[0].set_facecolor(grey_of(frame))
    return kept[0]


KINDS = [returns, makes_more_than_it_returns, returns_pixels, yields, awaits, yields_and_awaits]


@pytest.mark.parametrize("fn", [*KINDS, keeps], ids=lambda fn: fn.__name__)
def test_a_figure_is_shown_and_closed_whatever_kind_of_function_made_it(kernel, fn):
    open_in_the_function.clear()
    kept.clear()
    stream = Stream(kernel, fn).go_live()
    shown: list[int] = []
    for number, level in enumerate([50, 150, 250, 100], 1):
        stream.page.send_frame(grey(level))
        expected = number * (3 if "yields" in fn.__name__ else 1)
        wait_for(lambda count=expected: stream.binding.stats["counts"].get("results") == count)  # type: ignore[misc]
        shown.append(level_of(stream.page.results(stream.view)[-1]))
        assert plt.get_fignums() == []
    assert shown == [50, 150, 250, 100]
    assert max(open_in_the_function) <= 1
    assert stream.binding.error is None


@pytest.mark.parametrize("fn", [returns, makes_more_than_it_returns], ids=lambda fn: fn.__name__)
def test_in_an_executor_as_well(kernel, fn):
    webcam, view = nbs.Webcam(), nbs.ImageView()
    with ThreadPoolExecutor(1) as pool:
        webcam.stream(fn, outputs=view, executor=pool)
        page = FakePage(kernel, webcam, view)
        page.start()
        page.wait_for_status("live")
        page.send_frame(grey(150))
        assert level_of(page.wait_for_result(view)) == 150
        assert pool.submit(plt.get_fignums).result() == []


def test_a_figure_that_a_pool_of_the_functions_made_is_closed_as_well(kernel):
    with ThreadPoolExecutor(1) as pool:
        stream = Stream(kernel, lambda frame: pool.submit(plain, grey_of(frame)).result()).go_live()
        assert [stream.one_result(level) for level in (50, 150)] == [50, 150]
        wait_for(lambda: not plt.get_fignums())
        of_a_cell = plain("white")
        pool.submit(plt.figure, of_a_cell).result()  # made the current one there
        with own_figures():
            to_pixels(of_a_cell)
    assert plt.get_fignums() == [of_a_cell.number]


def gives_figures():
    plain("black")
    for level in ("0.2", "0.8"):
        plt.gcf().set_facecolor(level)
        yield plt.gcf()


def draws_beside():
    for _ in range(3):
        plain("black")
        yield grey(100)


@pytest.mark.parametrize("give", [gives_figures, draws_beside])
def test_what_the_program_of_a_source_draws_is_of_no_cell(kernel, give):
    of_a_cell = plain("white")
    got: list[Any] = []
    binding = nbs.FrameSource(give(), fps=None).stream(lambda frame: got.append(frame.mean()))
    binding.start()
    wait_for(lambda: binding.status == "idle" and got)
    assert got == ([51.0, 204.0] if give is gives_figures else [100.0] * 3)
    assert (plt.get_fignums(), plt.gcf()) == ([of_a_cell.number], of_a_cell)


@pytest.mark.parametrize("fn", [returns, makes_more_than_it_returns, yields, awaits])
def test_what_an_event_of_an_app_draws_is_of_no_cell(kernel, fn):
    of_a_cell = plain("white")
    open_in_the_function.clear()
    demo = gr.Blocks()
    with demo:
        picture, button = gr.Plot(), gr.Button()
        button.click(functools.partial(fn, grey(100)), None, picture)
    demo.launch()
    for _ in range(2):
        press(button)
        wait_for(lambda: isinstance(picture.read(), Figure))
    demo.close()
    wait_for(lambda: not stream_threads())
    assert (plt.get_fignums(), plt.gcf()) == ([of_a_cell.number], of_a_cell)
    assert max(open_in_the_function) <= 1


def test_a_figure_for_each_of_two_outputs(kernel):
    webcam, left, right = nbs.Webcam(), nbs.ImageView(), nbs.ImageView()
    webcam.stream(lambda frame: (plain("0.2"), plain("0.8")), outputs=[left, right])
    page = FakePage(kernel, webcam, left, right)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    assert [level_of(page.wait_for_result(one)) for one in (left, right)] == [50, 200]
    assert plt.get_fignums() == []


def test_a_generator_goes_on_with_its_current_figure(kernel):
    def draws_on(frame):
        plain("black")
        for level in (0.2, 0.8):
            plt.gcf().set_facecolor(str(level))
            yield plt.gcf()

    stream = Stream(kernel, draws_on).go_live()
    stream.page.send_frame()
    wait_for(lambda: stream.binding.stats["counts"].get("results") == 2)
    assert [level_of(one) for one in stream.page.results(stream.view)] == [50, 200]


def test_a_figure_of_a_cell_stays_the_cells_though_a_function_draws_on_it_and_returns_it(kernel):
    figure = plain("black")
    axes = figure.add_axes((0, 0, 1, 1))

    def draws(frame):
        plt.sca(axes)
        axes.set_facecolor(grey_of(frame))
        axes.set_axis_off()
        figure.set_facecolor(grey_of(frame))
        return figure

    stream = Stream(kernel, draws).go_live()
    assert [stream.one_result(level) for level in (50, 150)] == [50, 150]
    assert plt.get_fignums() == [1]
    assert plt.gcf() is figure


def test_what_a_cell_draws_meanwhile_is_the_cells():
    made, go_on = threading.Event(), threading.Event()

    def a_call() -> None:
        with own_figures():
            plain("black")
            made.set()
            go_on.wait(10)

    thread = threading.Thread(target=a_call)
    figure = plain("white")
    thread.start()
    assert made.wait(10)
    assert plt.gcf() is figure
    second = plain("white")
    go_on.set()
    thread.join(10)
    assert (plt.get_fignums(), plt.gcf()) == ([1, 2], second)


def test_pyplot_that_comes_with_the_first_call_leaves_nothing_behind():
    code = """
from nbstream.pictures.figures import own_figures
from nbstream.pictures.result_pixels import to_pixels
from nbstream.pictures.result_pixels import to_pixels
import numpy
def fn():
    import matplotlib
    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    return plt.figure(), plt
for _ in range(2):
    with own_figures():
        figure, plt = fn()
        to_pixels(figure)
    assert plt.get_fignums() == [], plt.get_fignums()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_pyplot_is_not_imported_for_it():
    code = """
import sys
from nbstream.pictures.figures import close_older, own_figures
with own_figures():
    close_older()
assert "matplotlib" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_list_of_matplotlib_inline_does_not_keep_them(monkeypatch):
    class Show:
        _to_draw: list[Any] = []  # noqa: RUF012 - as it is there

    monkeypatch.setitem(
        sys.modules, "matplotlib_inline.backend_inline", type("Inline", (), {"show": Show})
    )
    of_a_cell = plain("white")
    Show._to_draw.append(of_a_cell)
    with own_figures():
        Show._to_draw.append(plain("black"))
    assert Show._to_draw == [of_a_cell]
