"""What the pages of a source are told, with a stream and without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import nbstream as nbs
from nbstream.protocol.to_page import StateContent
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, level_of


def test_a_page_that_says_hello_is_told_the_state(kernel):
    page = FakePage(kernel, nbs.Webcam(), says_hello=False)
    assert page.state == {}
    page.hello()
    assert page.status == "idle"


def test_a_state_has_the_fields_of_the_contract(kernel):
    page = FakePage(kernel, nbs.Webcam())
    assert page.state.keys() == {"nbstream", "type", *StateContent.__annotations__}


GOLDEN = [
    entry
    for path in (Path(__file__).parent / "golden").glob("*.json")
    for entry in json.loads(path.read_text())
    if entry["direction"] == "to_page" and entry["valid"]
]


def kinds_in(content: Any, prefix: str = "") -> set[tuple[str, str]]:
    """(path, kind) of each value in a JSON value; what is named by a widget's id counts as any name."""
    if isinstance(content, dict):
        anonymous = prefix.endswith(".credits")
        found = {(prefix, "object")}
        for name, value in content.items():
            found |= kinds_in(value, f"{prefix}.{'*' if anonymous else name}")
        return found
    if isinstance(content, list):
        return {(prefix, "list")}.union(*(kinds_in(one, f"{prefix}[]") for one in content))
    if isinstance(content, bool):
        return {(prefix, "bool")}
    if isinstance(content, (int, float)):
        return {(prefix, "number")}
    return {(prefix, "null" if content is None else "text")}


def test_whatever_is_really_sent_has_the_shape_of_the_golden_messages(kernel):
    def talks_and_fails(frame):
        print("a line")  # noqa: T201
        if len(seen) < 2:
            seen.append(frame)
            raise ValueError("a fault")
        return frame

    seen: list[Any] = []
    stream = Stream(kernel, talks_and_fails, time_limit=30, concurrency_limit=1).go_live()
    waiting = Stream(kernel, talks_and_fails, concurrency_limit=1, client="page-2")
    waiting.page.start()
    for _ in range(2):
        stream.page.send_frame()
        wait_for(lambda: stream.webcam._session._credits._ended_through == stream.page.seq)
    stream.one_result()
    stream.view.value = None
    kernel.clock.advance(1)
    stream.page.send_frame(lost=True)
    stream.page.beat()
    stream.page.camera("failed", reason="unplugged", message="The camera was unplugged.")
    sent = [
        content
        for widget in (stream.webcam, stream.view, waiting.webcam)
        for content, _ in widget.comm.custom_messages()
    ]
    assert {one["type"] for one in sent} == {"state", "credit", "result"}
    for kind in ("state", "credit", "result"):
        golden = [one["content"] for one in GOLDEN if one["content"]["type"] == kind]
        allowed = set().union(*(kinds_in(one) for one in golden))
        for content in (one for one in sent if one["type"] == kind):
            assert content.keys() == golden[0].keys()
            assert kinds_in(content) <= allowed


def test_states_and_credits_are_numbered_upwards(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    stream.page.stop()
    messages = [content for content, _ in stream.webcam.comm.custom_messages()]
    states = [one["index"] for one in messages if one["type"] == "state"]
    assert states == sorted(set(states))
    credits_seen = [one["credit"]["index"] for one in messages if "credit" in one]
    assert credits_seen == sorted(set(credits_seen))


def test_while_the_camera_is_wanted_the_state_is_told_once_a_second(kernel):
    stream = Stream(kernel).go_live()
    before = stream.page.state["index"]
    for _ in range(3):
        stream.page.beat()
        kernel.clock.advance(1)
    assert stream.page.state["index"] == before + 3


def test_an_idle_source_is_silent(kernel):
    stream = Stream(kernel)
    before = stream.page.state["index"]
    kernel.clock.advance(10)
    assert stream.page.state["index"] == before


def test_a_camera_without_a_stream_previews(kernel):
    webcam = nbs.Webcam()
    page = FakePage(kernel, webcam)
    page.start()
    assert page.status == "live"
    page.send_frame(grey(70))
    assert level_of(webcam.snapshot()) == 70
    assert page.credit["may_send_through"] > page.seq
    page.stop()
    assert page.status == "idle"


def test_a_camera_without_a_stream_tells_why_it_failed(kernel):
    page = FakePage(kernel, nbs.Webcam())
    page.start(camera=False)
    page.camera("failed", reason="missing", message="No camera.")
    assert page.status == "failed"
    assert page.state["error"] == {"text": "No camera.", "count": 1}
    page.start()
    assert page.status == "live"


def test_a_stream_takes_the_preview_over(kernel):
    webcam, view = nbs.Webcam(), nbs.ImageView()
    page = FakePage(kernel, webcam, view)
    page.start()
    binding = webcam.stream(lambda frame: frame, outputs=view)
    wait_for(lambda: binding.status == "live")
    page.send_frame(grey(70))
    assert level_of(page.wait_for_result(view)) == 70


def test_a_closed_source_hears_and_says_nothing(kernel):
    stream = Stream(kernel).go_live()
    session, comm = stream.webcam._session, stream.webcam.comm
    stream.webcam.close()
    before = len(comm.sent)
    session.receive(stream.page._message("hello", views=1))
    session.stop()
    kernel.clock.advance(30)
    assert len(comm.sent) == before


@pytest.mark.parametrize("source", [nbs.Webcam, nbs.Microphone])
def test_a_closed_source_cannot_be_started_or_streamed(kernel, source):
    widget = source()
    widget.close()
    widget.stop()
    with pytest.raises(RuntimeError, match=r"is closed; make another"):
        widget.start()
    with pytest.raises(RuntimeError, match=r"is closed; make another"):
        widget.stream(lambda _: None)
    assert widget.bindings == []
