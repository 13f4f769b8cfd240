"""The routing and lock of `nbstream/wiring.py` in a real kernel: streams and their widgets go on while a cell runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from .real_kernel import PlayedPage, RealKernel
from .stream_page import StreamPage

SETUP = """
import asyncio, threading, time
import ipywidgets, numpy as np, nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
level = ipywidgets.IntSlider(10, 0, 250)
handled_in, calls = [], []
def handled(_widget, content, _buffers):
    if content["type"] == "frame":
        handled_in.append(threading.current_thread().name)

webcam.on_msg(handled)

def fill(frame, value, meta):
    calls.append(meta.index)
    print(f"frame {meta.index}")
    return np.full_like(frame, value)
"""
BIND = "binding = webcam.stream(fill, [webcam, level], view, stream_every=0, metadata=True)"


@pytest.fixture
def stream(page: PlayedPage) -> StreamPage:
    """A page with subshell, connected to a stream that nobody has started."""
    page.execute(SETUP)
    page.execute(BIND)
    return StreamPage(page)


@contextlib.contextmanager
def running_cell(page: PlayedPage, code: str) -> Iterator[str]:
    """Run a cell and go on as soon as it has begun; what the block does must be done before the cell ends."""
    cell = page.execute(f"print('began', flush=True)\n{code}", wait=False)
    page.wait_for(lambda: "began" in page.printed(cell))
    yield cell
    assert not page.is_idle_after(cell), (
        "the cell ended before the test had seen what it waited for"
    )
    page.wait_for_end(cell)


def test_frames_are_handled_while_a_cell_sleeps_from_the_first_message_on(page, stream):
    with running_cell(page, "time.sleep(3)"):
        stream.start()  # the very first messages of this page
        for grey in range(5):
            stream.wait_for_result(stream.send_frame(grey))
    threads = page.evaluate("handled_in")
    assert len(threads) == 5
    assert all(name.startswith("subshell") for name in threads), threads


def test_frames_are_handled_while_a_cell_sleeps_after_the_kernel_has_sent_from_a_cell(page, stream):
    stream.start()
    # Without the recipe any of these makes the comm deaf until the next cell ends.
    page.execute("webcam.label = 'from a cell'; view.value = np.zeros((48, 64, 3), np.uint8)")
    with running_cell(page, "webcam.label = 'once more'; time.sleep(3)"):
        stream.wait_for_result(stream.send_frame())
    assert page.evaluate("handled_in[-1]").startswith("subshell")


def test_a_bound_slider_counts_from_the_next_call_on_while_a_cell_sleeps(page, stream):
    stream.start()
    assert stream.wait_for_result(stream.send_frame()) == 10
    slider = page.evaluate("level.comm.comm_id")
    page.execute("level.description = 'from a cell'")
    with running_cell(page, "time.sleep(3)"):
        page.send_update(slider, stream.subshell, value=200)
        assert stream.wait_for_result(stream.send_frame()) == 200
    assert page.evaluate("level.value") == 200


def test_after_stop_a_bound_widget_has_its_own_routing_back(page, stream):
    stream.start()
    stream.wait_for_result(stream.send_frame())
    own = "[n for n in ('_reply_subshell_for', 'handle_msg') if n in vars(level.comm)]"
    assert page.evaluate(own)
    stream.press("stop")
    page.wait_for(lambda: stream.state["status"] == "idle")
    # The run ends a moment later; else the test fails at its time limit.
    page.execute(f"while {own}: time.sleep(0.01)")


def test_of_what_a_stream_says_all_the_time_the_kernel_says_only_that_it_is_idle(page, stream):
    stream.start()
    stream.wait_for_result(stream.send_frame())
    assert statuses_of(page, stream.beat()) == ["idle"]
    moved = page.send_update(page.evaluate("level.comm.comm_id"), stream.subshell, value=90)
    assert statuses_of(page, moved) == ["busy", "idle"]
    with running_cell(page, "time.sleep(2)"):
        assert statuses_of(page, stream.beat()) == ["busy", "idle"]


def statuses_of(page: PlayedPage, msg_id: str) -> list[str]:
    """What the kernel says of itself before and after that message."""
    page.wait_for(lambda: page.is_idle_after(msg_id))
    return [said["content"]["execution_state"] for said in page.published("status", msg_id)]


def test_messages_of_an_awaiting_cell_are_handled_with_busy_and_idle(page, stream):
    stream.start()
    stream.wait_for_result(stream.send_frame())
    slider = page.evaluate("level.comm.comm_id")
    with running_cell(page, "await asyncio.sleep(2)"):
        updated = page.send_update(slider, stream.subshell, value=90)
        # Without these the front end's throttle would wait for ever, and the slider be dead until a reload.
        page.wait_for(lambda: page.is_idle_after(updated))
        assert stream.wait_for_result(stream.send_frame()) == 90
    page.wait_for_end(page.send_update(slider, stream.subshell, value=40))
    assert stream.wait_for_result(stream.send_frame()) == 40


def test_a_plot_of_a_running_cell_is_not_stolen(page, stream):
    page.execute("%matplotlib inline\nimport matplotlib.pyplot as plt")
    stream.start()
    stream.wait_for_result(stream.send_frame())
    slider = page.evaluate("level.comm.comm_id")
    until_told = "while level.value != 77: time.sleep(0.01)"
    drawing = f"figure, axes = plt.subplots()\n{until_told}\naxes.plot([1, 2])\ntime.sleep(1)"
    with running_cell(page, drawing) as cell:
        page.send_update(slider, stream.subshell, value=77)
        stream.wait_for_result(stream.send_frame())
    drawn = [
        message
        for message in page.published("display_data")
        if "image/png" in message["content"]["data"]
    ]
    assert [message["parent_header"]["msg_id"] for message in drawn] == [cell]


def test_prints_of_the_function_appear_where_the_stream_was_made(page):
    page.execute(SETUP)
    made = page.execute(BIND)
    stream = StreamPage(page)
    stream.start()
    with running_cell(page, "time.sleep(2)") as other:
        seq = stream.send_frame()
        page.wait_for(lambda: f"frame {seq}" in page.printed(made))
    assert "frame" not in page.printed(other)
    page.wait_for(lambda: stream.state["log"] == [f"frame {seq}"])


def test_an_interrupt_ends_the_cell_and_not_the_stream(kernel: RealKernel, page, stream):
    stream.start()
    stream.wait_for_result(stream.send_frame())
    cell = page.execute("print('began', flush=True); time.sleep(60)", wait=False)
    page.wait_for(lambda: page.printed(cell))
    kernel.interrupt()
    with pytest.raises(AssertionError, match="KeyboardInterrupt"):
        page.wait_for_end(cell)
    stream.wait_for_result(stream.send_frame())
    assert stream.state["status"] == "live"
    assert page.evaluate("binding.status") == "live"


def test_a_closed_webcam_leaves_no_thread_behind(page, stream):
    stream.start()
    stream.wait_for_result(stream.send_frame())
    ours = "[t.name for t in threading.enumerate() if t.name.startswith('nbstream')]"
    assert "nbstream-fill" in page.evaluate(ours)
    # The loop ends at once when all is well; else the test fails at its time limit.
    page.execute(f"webcam.close()\nwhile {ours}: time.sleep(0.01)")


def test_this_ipykernel_has_what_the_recipe_relies_on(page):
    page.execute("import inspect, ipykernel, ipywidgets\nwidget = ipywidgets.IntSlider()")
    version = page.evaluate("ipykernel.version_info[:2]")
    assert page.evaluate("hasattr(widget.comm, 'handle_msg')")
    assert page.evaluate("list(inspect.signature(widget.comm.handle_msg).parameters)") == ["msg"]
    assert page.evaluate("callable(widget._handle_msg)")
    if version >= [7, 4]:
        signature = "list(inspect.signature(widget.comm._reply_subshell_for).parameters)"
        assert len(page.evaluate(signature)) == 2
