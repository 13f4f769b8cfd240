"""The harness itself, with plain ipywidgets: if these fail, look no further."""

from __future__ import annotations

import pytest

HEARD = """
import ipywidgets, threading, time
slider = ipywidgets.IntSlider(3)
heard = []
def note(widget, content, buffers):
    heard.append([content, [bytes(part).decode() for part in buffers], threading.current_thread().name])
    widget.send({"thanks": content}, [part for part in buffers])
slider.on_msg(note)
"""


def test_a_trait_and_a_custom_message_go_up_and_come_back(page):
    page.execute(HEARD)
    comm_id = page.evaluate("slider.comm.comm_id")
    opened = [message["content"]["comm_id"] for message in page.published("comm_open")]
    assert comm_id in opened

    page.wait_for_end(page.send_update(comm_id, value=7))
    assert page.evaluate("slider.value") == 7

    page.send_custom(comm_id, {"hello": 1}, [b"abc"])
    page.wait_for(lambda: page.custom_messages(comm_id))
    assert page.custom_messages(comm_id) == [({"thanks": {"hello": 1}}, [b"abc"])]
    page.execute("slider.value = 9")
    assert {"value": 9} in page.updates(comm_id)


def test_a_message_with_a_subshell_is_handled_while_a_cell_runs(page):
    page.execute(HEARD)
    # What a kernel of version 7.4 and later routes by: see nbstream/kernel/wiring.py.
    page.execute(
        "if hasattr(slider.comm, '_reply_subshell_for'):\n"
        "    slider.comm._reply_subshell_for = lambda data, default: default"
    )
    comm_id = page.evaluate("slider.comm.comm_id")
    subshell = page.create_subshell()
    cell = page.execute("print('began', flush=True); time.sleep(1)", wait=False)
    page.wait_for(lambda: page.printed(cell))
    page.send_custom(comm_id, "in a subshell", subshell=subshell)
    page.wait_for(lambda: page.custom_messages(comm_id))
    assert not page.is_idle_after(cell)
    page.wait_for_end(cell)
    assert page.evaluate("heard[0][2]") != "MainThread"


def test_two_pages_hear_the_same_and_are_told_apart(kernel):
    one, other = kernel.new_page(), kernel.new_page()
    one.execute(HEARD)
    comm_id = one.evaluate("slider.comm.comm_id")
    other.send_custom(comm_id, "from the other")
    for page in (one, other):
        page.wait_for(lambda page=page: page.custom_messages(comm_id))
    sessions = [page.published("comm_msg")[-1]["parent_header"]["session"] for page in (one, other)]
    assert sessions[0] == sessions[1]


def test_an_error_in_a_cell_and_an_interrupt_reach_the_test(kernel, page):
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        page.execute("1 / 0")
    cell = page.execute("print('began', flush=True); __import__('time').sleep(60)", wait=False)
    page.wait_for(lambda: page.printed(cell))
    kernel.interrupt()
    with pytest.raises(AssertionError, match="KeyboardInterrupt"):
        page.wait_for_end(cell)
