"""`Scores` shows how sure a function is of each class."""

from __future__ import annotations

import math

import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import wait_for

from .streaming import Stream, grey


def shown(scores: nbs.Scores) -> list[tuple[str, float]]:
    return [
        (text.value, bar.value)
        for bar, text in zip(scores._bars, scores._texts, strict=True)
        if text.value
    ]


def test_the_best_are_shown_first_and_no_more_than_was_asked_for():
    scores = nbs.Scores({"cup": 0.25, "pen": 0.5, "key": 0.125}, top=2)
    assert shown(scores) == [("pen 50%", 0.5), ("cup 25%", 0.25)]
    assert list(scores.value) == ["pen", "cup", "key"]
    scores.value = None
    assert (shown(scores), scores.value) == ([], {})


@pytest.mark.parametrize(
    "given",
    [
        {"cup": 0.25, "pen": np.float32(0.5)},
        (["cup", "pen"], np.array([0.25, 0.5])),
        (("cup", "pen"), [0.25, 0.5]),
    ],
)
def test_a_dict_or_a_pair_of_labels_and_numbers_is_taken(given):
    assert shown(nbs.Scores(given)) == [("pen 50%", 0.5), ("cup 25%", 0.25)]


def test_what_is_no_number_is_left_out_and_what_is_beyond_is_cut():
    assert shown(nbs.Scores({"a": math.nan, "b": 1.5, "c": -1.0})) == [
        ("b 150%", 1),
        ("c -100%", 0),
    ]


@pytest.mark.parametrize(
    "wrong",
    ["cup", [0.5, 0.5], {"cup": "sure"}, (["cup"], [0.5, 0.5]), (1, 2), np.zeros(3)],
    ids=repr,
)
def test_what_does_not_fit_is_refused_with_what_to_return(wrong):
    with pytest.raises(nbs.ResultError, match=r"expected a dict of label to number.*dict\(zip"):
        nbs.Scores().value = wrong


@pytest.mark.parametrize("top", [0, 21, 2.5, True])
def test_a_number_of_bars_out_of_range_is_refused(top):
    with pytest.raises(ValueError, match="an integer from 1 to 20"):
        nbs.Scores(top=top)


def test_a_stream_writes_it_and_an_error_says_what_came(kernel):
    scores = nbs.Scores()
    stream = Stream(kernel, lambda frame: {"bright": frame.mean() / 255}, outputs=scores).go_live()
    stream.page.send_frame(grey(255))
    wait_for(lambda: shown(scores) == [("bright 100%", 1.0)])
    stream.webcam.stream(lambda frame: "bright", outputs=scores)
    stream.page.send_frame(grey(255))
    wait_for(lambda: bool(stream.page.state.get("error")))
    assert "for scores; expected a dict" in stream.page.state["error"]["text"]
