"""Whatever a page says, nothing is raised, nothing hangs, and what comes next of the same run comes through."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbstream.testing import mock_kernel

from .hostile import Message, jpeg_header_of, lies_in
from .siege import GOOD_JPEG, OWNER, Siege

# Of each kind of message the widget that hears it: camera 0, view 1, microphone 2, player 3.
KINDS = [
    *((0, kind) for kind in ("hello", "beat", "camera", "command", "frame")),
    *((1, "painted"), (2, "chunk"), (3, "played")),
]


@pytest.mark.parametrize(("at", "kind"), KINDS)
def test_a_lie_in_any_field_costs_no_more_than_its_message(kernel, at, kind):
    siege = Siege(kernel)
    siege.prove(Message(None, []))

    def sound() -> Message:
        messages = siege.sound_messages(at)
        return next(one for one in messages if one.content["type"] == kind)

    for lie in lies_in(sound()):
        siege.strike(siege.widgets[at], lie.told_in(sound()))


@pytest.mark.parametrize(
    "lies",
    [
        {"seq": 2**53, "kept_from": 2**53},
        {"seq": 2**53 - 1, "kept_from": 2**53 - 1},
        {"first_sample": 2**53 - 1000},
        {"first_sample": 0},
        {"captured_at_ms": 1e15, "sent_at_ms": 1e15},
        {"sample_rate_hz": 768_000, "first_sample": 2**40},
    ],
    ids=str,
)
def test_lies_in_several_fields_of_a_chunk_cost_no_more_than_one(kernel, lies):
    siege = Siege(kernel)
    siege.prove(Message(None, []))
    *_, chunk = siege.sound_messages(2)
    siege.strike(siege.microphone, Message({**chunk.content, **lies}, chunk.buffers))


@pytest.mark.parametrize("size_px", [(65535, 65535), (65535, 1), (1, 65535), (4097, 4097), (0, 0)])
def test_a_header_that_claims_a_huge_picture_is_refused_though_the_message_says_the_same(
    kernel, size_px
):
    siege = Siege(kernel)
    siege.prove(Message(None, []))
    width_px, height_px = size_px
    *_, frame = siege.sound_messages(0)
    stated = {"width_px": width_px, "height_px": height_px}
    huge = jpeg_header_of(width_px, height_px, GOOD_JPEG)
    siege.strike(siege.webcam, Message({**frame.content, **stated}, [huge]))


def test_a_crowd_of_pages_between_two_words_of_the_owner_takes_nothing_from_it(kernel):
    siege = Siege(kernel)
    for number in range(500):
        for widget in siege.widgets:
            hello = {"nbstream": 1, "type": "hello", "client": f"guest {number}", "views": 1}
            widget.comm.deliver(hello)
    assert siege.eye.drain().newest["state"]["owner"] == OWNER
    siege.prove(Message(None, []))


@settings(deadline=None, max_examples=15)
@given(st.randoms(use_true_random=False))
def test_messages_changed_by_chance_do_no_harm(chance: Random):
    with mock_kernel() as kernel:
        siege = Siege(kernel)
        for _ in range(20):
            siege.strike(*siege.message(chance))
