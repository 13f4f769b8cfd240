"""Where the text goes that a function writes, in a real kernel: its cell and its widget."""

from __future__ import annotations

from .real_kernel import PlayedPage
from .stream_page import StreamPage

SETUP = """
import logging, sys, threading, time, warnings
import nbstream as nbs

webcam, view = nbs.Webcam(), nbs.ImageView()
"""
BIND = """
def talk(frame):
    print("printed")
    print("to stderr", file=sys.stderr)
    logging.getLogger("mine").warning("logged")
    warnings.warn("warned")
    thread = threading.Thread(target=lambda: print("by a thread"))
    thread.start()
    thread.join()
    for done in range(4):
        sys.stderr.write(f"\\r{done}/3")
    sys.stderr.write("\\n")
    return frame

binding = webcam.stream(talk, outputs=view)
"""


def text_in(page: PlayedPage, cell: str) -> str:
    return "".join(one["content"]["text"] for one in page.published("stream", cell))


def test_all_that_a_function_writes_is_in_its_cell_and_in_its_widget(page):
    page.execute(SETUP)
    cell = page.execute(BIND)
    stream = StreamPage(page)
    stream.start()
    other = page.execute("'another cell'")
    stream.wait_for_result(stream.send_frame())
    wanted = ["printed", "to stderr", "logged", "warned", "by a thread", "3/3"]
    page.wait_for(lambda: all(one in text_in(page, cell) for one in wanted))
    stream.beat()
    page.wait_for(lambda: "3/3" in stream.state["log"])
    log = stream.state["log"]
    assert [one for one in ("printed", "to stderr", "logged", "by a thread") if one in log] == [
        "printed",
        "to stderr",
        "logged",
        "by a thread",
    ]
    assert any(line.endswith("UserWarning: warned") for line in log)
    assert text_in(page, other) == ""


def test_a_function_that_prints_much_leaves_the_cell_small(page):
    page.execute(SETUP)
    cell = page.execute(
        "def shout(frame):\n"
        "    print('loud ' * 4000)\n"
        "    return frame\n"
        "binding = webcam.stream(shout, outputs=view, stream_every=0)"
    )
    stream = StreamPage(page)
    stream.start()
    for grey in range(10):
        stream.wait_for_result(stream.send_frame(grey))
    page.wait_for(lambda: "[nbstream] What shout() prints from here on" in text_in(page, cell))
    # Another cell's print comes behind all that was written before it.
    other = page.execute("print('whole')")
    assert text_in(page, other) == "whole\n"
    assert len(text_in(page, cell)) < 25_000
