"""The server extension's line to one browser: what it does not take at once is skipped, but for the newest."""

from __future__ import annotations

import json
from concurrent.futures import Future
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbstream.protocol.to_page import overlay_message, result_message, silence_message
from nbstream.server.line import STANDS_AFTER_S, Line, place_of

MOMENT_S = STANDS_AFTER_S / 4


def parts_of(comm: str, content: Any, method: str = "custom") -> list[bytes]:
    """A message of ipywidgets, as the server has it from the kernel."""
    data = {"comm_id": comm, "data": {"method": method, "content": content}}
    return [b'{"msg_type": "comm_msg"}', b"{}", b"{}", json.dumps(data).encode(), b"buffer"]


def result(seq: int, comm: str = "view", mime: str | None = "image/jpeg") -> list[bytes]:
    content = result_message(seq, mime, 6, captured_at_ms=None, frame_seq=None, credits={})
    return parts_of(comm, content)


def overlay(seq: int, name: str = "boxes", comm: str = "view") -> list[bytes]:
    content = overlay_message(name, seq, [], 0, 6, captured_at_ms=None, frame_seq=None, credits={})
    return parts_of(comm, content)


SAID = parts_of("view", silence_message(1))


class Browser:
    """A browser's socket, which takes a message when the test says so, and the clock."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.written: list[list[bytes]] = []
        self.unsent: list[Future[None]] = []  # which, unlike asyncio's, tell it at once
        self.line = Line(self.write, lambda: self.now_s)

    def write(self, stream: object, parts: list[bytes]) -> None:
        assert stream == "iopub"
        self.written.append(parts)
        self.unsent.append(Future())
        self.line.wrote(self.unsent[-1])  # type: ignore[arg-type]

    def bring(self, *messages: list[bytes]) -> None:
        for parts in messages:
            if self.line.takes("iopub", parts):
                self.write("iopub", parts)

    def take(self, count: int = 1, error: Exception | None = None) -> None:
        taken, self.unsent = self.unsent[:count], self.unsent[count:]
        for sent in taken:
            if error is None:
                sent.set_result(None)
            else:
                sent.set_exception(error)

    def take_all(self) -> None:
        while self.unsent:
            self.take()

    def stand(self) -> None:
        """Have one message that the socket does not take."""
        self.bring(SAID)
        self.now_s += 2 * STANDS_AFTER_S


@pytest.fixture
def browser():
    return Browser()


def test_a_line_that_takes_all_gets_all(browser):
    for seq in range(1, 100):
        browser.bring(result(seq), overlay(seq))
        browser.now_s += MOMENT_S
        browser.take(2)
    assert len(browser.written) == 2 * 99


def test_a_hiccup_of_the_server_costs_nothing(browser):
    browser.bring(result(1), result(2))
    browser.now_s += MOMENT_S
    browser.bring(result(3))
    assert browser.written == [result(1), result(2), result(3)]


def test_on_a_line_that_stands_the_newest_of_each_display_and_overlay_waits(browser):
    browser.stand()
    browser.bring(result(1), result(1, "other"), overlay(1), result(2), overlay(2), result(3))
    assert browser.written == [SAID]
    browser.take()
    assert sorted(browser.written[1:]) == sorted([result(1, "other"), overlay(2), result(3)])


@pytest.mark.parametrize("said", [SAID, parts_of("view", {"value": 1}, "update")])
def test_what_is_said_after_a_picture_comes_after_it(browser, said):
    browser.stand()
    browser.bring(result(1), result(1, "other"), said)
    assert browser.written == [SAID, result(1), said]


@pytest.mark.parametrize(
    "parts",
    [
        SAID,
        result(1, mime="video/vp8"),
        parts_of("view", {"type": "result"}),
        parts_of("view", {"value": 1}, "update"),
        parts_of("view", [1]),
        [b"", b"", b"", b"\xff not JSON"],
        [b"", b"", b"", b"[]"],
        [b""],
    ],
)
def test_all_else_is_never_left_out(browser, parts):
    browser.stand()
    browser.bring(parts, parts)
    assert browser.written == [SAID, parts, parts]


def test_a_display_that_is_cleared_is_cleared_in_the_end(browser):
    browser.stand()
    browser.bring(result(1), result(2, mime=None))
    browser.take_all()
    assert browser.written == [SAID, result(2, mime=None)]


def test_a_connection_that_breaks_takes_what_waits_along(browser):
    browser.stand()
    browser.bring(result(1))
    browser.line.close()
    browser.take(error=ConnectionError())
    assert browser.written == [SAID]


def test_a_name_of_a_comm_that_is_no_text_has_no_place():
    odd = [*result(1)[:3], result(1)[3].replace(b'"view"', b'["view"]')]
    assert place_of(odd) == (None, None)


@given(st.lists(st.sampled_from(["picture", "word", "take", "wait"]), max_size=200))
def test_whatever_the_line_does_the_newest_picture_and_every_word_arrive_in_order(steps):
    browser = Browser()
    brought = []
    for number, step in enumerate(steps):
        if step == "take":
            browser.take()
        elif step == "wait":
            browser.now_s += MOMENT_S
        else:
            parts = result(number) if step == "picture" else parts_of("view", {"word": number})
            brought.append((number, step, parts))
            browser.bring(parts)
        waiting = browser.line._waiting
        assert len(waiting) <= 1
    browser.take_all()
    order = [parts for _, _, parts in brought]
    places = [order.index(parts) for parts in browser.written]
    assert places == sorted(places)
    for _, step, parts in brought:
        assert step == "picture" or parts in browser.written
    if brought:
        assert brought[-1][2] in browser.written
