"""A value that a stream keeps between calls."""

from __future__ import annotations

import threading

import pytest

import nbstream as nbs


def test_it_begins_with_a_copy_of_its_initial_value():
    initial = {"count": [0]}
    state = nbs.State(initial)
    initial["count"].append(1)
    assert state.value == {"count": [0]}


def test_reset_gives_a_fresh_copy_each_time():
    state = nbs.State([])
    state.value.append(1)
    state.reset()
    assert state.value == []
    state.value.append(2)
    state.reset()
    assert state.value == []


def test_without_anything_it_begins_as_none():
    assert nbs.State().value is None


def test_a_factory_makes_what_cannot_be_copied():
    state = nbs.State(factory=threading.Lock)
    first = state.value
    state.reset()
    assert state.value is not first


def test_an_initial_value_that_cannot_be_copied_is_refused_with_what_to_do():
    with pytest.raises(TypeError, match=r"type lock.*State\(factory=\.\.\.\)"):
        nbs.State(threading.Lock())


def test_an_initial_value_and_a_factory_do_not_go_together():
    with pytest.raises(TypeError, match="give one of them"):
        nbs.State([], factory=list)


def test_it_shows_its_value():
    assert repr(nbs.State(3)) == "State(3)"
