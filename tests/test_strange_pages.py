"""Rubbish of pages is dropped and counted, and logged once; the stream goes on."""

from __future__ import annotations

import logging
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbstream.testing import wait_for

from .streaming import Stream, grey


def test_rubbish_is_logged_once_and_counted(kernel, caplog):
    stream = Stream(kernel).go_live()
    with caplog.at_level(logging.INFO):
        for _ in range(50):
            stream.page.send_frame(b"\x00" * 500)
            stream.webcam.comm.deliver("rubbish")
            stream.webcam.comm.deliver({"nbstream": 1, "type": "frame", "client": 5})
            stream.view.comm.deliver("rubbish")
    assert stream.webcam._session.bad_message_count == 150
    assert len(caplog.records) <= 4
    assert all("[nbstream] dropped a message" in record.message for record in caplog.records)


def test_different_rubbish_cannot_flood_the_log_either(kernel, caplog):
    stream = Stream(kernel).go_live()
    with caplog.at_level(logging.INFO):
        for number in range(500):
            stream.webcam.comm.deliver(
                {"nbstream": 1, "type": f"{number} is unknown", "client": "c"}
            )
            stream.view.comm.deliver({"nbstream": 1, "type": f"{number} is unknown", "client": "c"})
    assert len(caplog.records) <= 40


def test_a_great_many_unknown_clients_do_not_pile_up(kernel):
    stream = Stream(kernel).go_live()
    for number in range(500):
        stream.webcam.comm.deliver({"nbstream": 1, "type": "bye", "client": f"stranger {number}"})
    assert len(stream.webcam._session._pages) < 10
    assert stream.one_result() == 100


RUBBISH: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
FIELDS = ["type", "run", "seq", "views", "camera", "painted", "action", "command_index"]
KINDS = ["hello", "beat", "camera", "frame", "painted", "command"]


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), RUBBISH, max_size=4)
        ),
        max_size=10,
    )
)
def test_whatever_a_strange_page_says_nothing_is_raised_and_the_stream_goes_on(kernel, messages):
    stream = Stream(kernel).go_live()
    for kind, fields in messages:
        content = {"nbstream": 1, "type": kind, "client": "strange page", "views": 1, **fields}
        content.setdefault("command_index", 1)
        if content.get("action") in ("stop", "start", "take_over"):
            continue
        stream.webcam.comm.deliver(content, [b"x"])
        stream.view.comm.deliver(content, [b"x"])
    assert stream.page.status == "live"
    stream.page.send_frame(grey(70))
    wait_for(lambda: stream.binding.stats["counts"].get("frames", 0) == 1)
    stream.webcam.close()
    stream.view.close()
