"""What the function returned, dealt out to the outputs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from nbstream.calls.returned import SKIP, deal, skip
from nbstream.errors import ResultCountError


@dataclass(frozen=True)
class Output:
    key: str

    @property
    def name(self) -> str:
        return self.key.upper()


A, B = Output("a"), Output("b")


def dealt(value, *outputs):
    return list(deal(value, outputs, "fn"))


@pytest.mark.parametrize("value", [5, None, (1, 2), [1, 2], {}, {"x": 1}])
def test_with_one_output_the_value_is_its_own_tuple_or_not(value):
    assert dealt(value, A) == [(0, value)]


@pytest.mark.parametrize("value", [(1, 2), [1, 2]])
def test_several_outputs_get_one_each(value):
    assert dealt(value, A, B) == [(0, 1), (1, 2)]


def test_a_dict_whose_keys_are_all_outputs_is_dealt_out_by_name():
    assert dealt({"b": 2}, A, B) == [(1, 2)]
    assert dealt({"a": 1}, A) == [(0, 1)]


def test_an_empty_dict_changes_none_of_several_outputs():
    assert dealt({}, A, B) == []


def test_without_outputs_whatever_comes_is_ignored():
    assert dealt((1, 2, 3)) == []


def test_skip_leaves_an_output_as_it_is():
    assert skip() is SKIP
    assert dealt(skip(), A) == []
    assert dealt(skip(), A, B) == []
    assert dealt((skip(), 2), A, B) == [(1, 2)]
    assert dealt({"a": skip(), "b": 2}, A, B) == [(1, 2)]
    assert repr(skip()) == "nbstream.skip()"


def test_none_is_a_value():
    assert dealt((None, 2), A, B) == [(0, None), (1, 2)]


@pytest.mark.parametrize(
    ("value", "came"),
    [
        ((1,), "returned 1 values"),
        ((1, 2, 3), "returned 3 values"),
        (None, "returned None"),
        (5, "returned a single int"),
        ({"a": 1, "x": 2}, "returned a single dict"),
        ({1: 1}, "returned a single dict"),
    ],
)
def test_a_wrong_number_of_results_is_named_with_what_was_wanted(value, came):
    with pytest.raises(ResultCountError) as caught:
        dealt(value, A, B)
    assert f"fn() {came}" in str(caught.value)
    assert "a tuple of 2 values (A, B)" in str(caught.value)
