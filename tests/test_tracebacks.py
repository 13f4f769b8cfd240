"""Tracebacks for people."""

from __future__ import annotations

import traceback

import numpy as np
import pytest

from nbstream.calls.caller import Caller
from nbstream.calls.tracebacks import report, user_traceback
from nbstream.errors import ResultError
from nbstream.protocol.page_text import MAX_TEXT_CHARS


def error_of(fn) -> BaseException:
    """What `fn` raises when the library calls it."""
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - any
        Caller(fn).call([], {}, lambda value: None)
    return caught.value


def their_function():
    raise ValueError("theirs")


def test_the_users_frames_are_shown_and_not_the_librarys():
    text = user_traceback(error_of(their_function))
    assert "in their_function" in text
    assert "ValueError: theirs" in text
    assert "calls.py" not in text


def test_causes_are_shown_without_the_librarys_frames_too():
    def calls_again():
        try:
            Caller(their_function).call([], {}, lambda value: None)
        except ValueError as error:
            raise KeyError("outer") from error

    text = user_traceback(error_of(calls_again))
    assert "theirs" in text
    assert "direct cause" in text
    assert "calls.py" not in text


def test_an_error_of_the_librarys_is_just_its_sentence():
    assert user_traceback(ResultError("f() returned None; expected ...")) == (
        "f() returned None; expected ..."
    )


def test_a_very_long_text_loses_its_middle():
    text = user_traceback(ValueError("x" * 3 * MAX_TEXT_CHARS + "the end"))
    assert len(text) <= MAX_TEXT_CHARS
    assert text.endswith("the end")
    assert text.startswith("ValueError")


def test_an_equal_error_is_counted():
    first = report(ValueError("a"), None)
    second = report(ValueError("a"), first)
    assert (first.count, second.count) == (1, 2)
    assert second.text == first.text
    assert str(second) == second.text


@pytest.mark.parametrize("other", [ValueError("b"), KeyError("a")])
def test_another_error_begins_a_new_count(other):
    first = report(report(ValueError("a"), None).exception, None)
    assert report(other, first).count == 1


def test_an_error_that_cannot_say_what_it_is_is_reported_all_the_same():
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    first = report(MuteError(), None)
    assert "MuteError" in first.text
    assert report(MuteError(), first).count == 2


def test_a_window_of_opencv_is_an_error_that_says_to_return_the_picture():
    cv2 = pytest.importorskip("cv2")
    with pytest.raises(cv2.error) as caught:
        cv2.imshow("window", np.zeros((4, 4), np.uint8))
    text = user_traceback(caught.value)
    assert "Rebuild the library" in text
    assert text.endswith("(leave out cv2.imshow, waitKey and destroyAllWindows).")
    assert "return the picture and name a display in outputs=" in text


def test_an_error_of_one_place_whose_number_changes_is_counted_and_shown_as_it_is_now():
    def f(number):
        raise IndexError(f"no box {number}")

    first = report(error_of(lambda: f(1)), None)
    second = report(error_of(lambda: f(2)), first)
    assert second.count == 2
    assert "no box 2" in second.text


def test_an_error_of_another_line_begins_a_new_count():
    def f(number):
        if number == 1:
            raise IndexError("a")
        raise IndexError("a")

    first = report(error_of(lambda: f(1)), None)
    assert report(error_of(lambda: f(2)), first).count == 1


def test_what_an_error_of_the_librarys_is_about_counts_by_its_words():
    first = report(ResultError("f() returned None"), None)
    assert report(ResultError("f() returned 3"), first).count == 1
    assert report(ResultError("f() returned None"), first).count == 2


def test_an_object_that_is_raised_again_and_again_does_not_grow():
    kept = ValueError("kept")

    def f():
        raise kept

    reported = None
    lengths = []
    for _ in range(10):
        reported = report(error_of(f), reported)
        lengths.append(len(traceback.extract_tb(kept.__traceback__)))
    assert len(set(lengths)) == 1
    assert reported is not None
    assert reported.count == 10


def test_an_error_whose_words_exit_is_reported_all_the_same():
    class ExitError(Exception):
        def __str__(self) -> str:
            raise SystemExit

    assert "ExitError" in report(ExitError(), None).text


def test_half_a_surrogate_pair_in_an_error_is_replaced():
    text = report(ValueError("bad \ud83d"), None).text
    assert text.encode()
    assert text.endswith("bad \ufffd")
