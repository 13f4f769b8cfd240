"""What a recording holds of the values of inputs and results: they come back as they were."""

from __future__ import annotations

import io
import json
import tarfile
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbstream as nbs
from nbstream.recordings.container import END, member_bytes
from nbstream.recordings.values import Unrecorded, digest_of, freeze, inline, thaw, to_json

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.booleans()), inner, max_size=4)
    ),
    max_leaves=20,
)


def there_and_back(value):
    told = json.loads(json.dumps(to_json(freeze(value), inline)))
    return thaw(told, pytest.fail)


@given(plain)
@settings(deadline=None)
def test_plain_values_come_back_as_they_were(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)
    assert digest_of(freeze(back)) == digest_of(freeze(value))


@pytest.mark.parametrize("dtype", ["u1", "<i2", ">i2", "<f4", "f8", "?", "c16"])
def test_arrays_and_numbers_of_numpy_come_back_as_they_were(dtype):
    array = np.arange(12).reshape(3, 4)[:, ::2].astype(dtype)
    back = there_and_back(array)
    assert np.array_equal(back, array)
    assert back.dtype == array.dtype
    assert back.flags.writeable
    number = there_and_back(array[0, 1])
    assert (number, type(number)) == (array[0, 1], type(array[0, 1]))


def test_what_is_no_plain_value_is_named_and_has_no_digest():
    back = there_and_back([1, threading])
    assert back == [1, Unrecorded("builtins.module")]
    assert digest_of(freeze([1, threading])) is None
    deep: list = []
    for _ in range(100):
        deep = [deep]
    assert isinstance(there_and_back(deep), Unrecorded)
    assert isinstance(there_and_back([0] * 200_000), Unrecorded)
    assert there_and_back(nbs.skip()) is nbs.skip()
    assert np.isnan(there_and_back(float("nan")))


@pytest.mark.parametrize(
    "value",
    [
        np.datetime64("2026-01-01"),
        np.array(["a word", "another"]),
        np.array([object(), None]),
        np.zeros(2, [("x", "i4"), ("y", "i4")]),
        np.void(b"abc"),
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_arrays_of_no_numbers_and_endless_numbers_are_named_only(value):
    back = there_and_back([1, value])
    assert back[0] == 1
    assert isinstance(back[1], Unrecorded)
    assert digest_of(freeze(value)) is None


def test_what_differs_has_another_digest():
    values = [1, 1.0, True, "1", b"1", [1], (1,), {1: 1}, None, np.uint8(1), np.array([1]), []]
    values += [np.zeros((2, 3)), np.zeros((3, 2)), np.zeros(6), np.zeros(6, np.float32)]
    assert len({digest_of(freeze(one)) for one in values}) == len(values)


def test_a_member_is_what_tar_makes():
    data = member_bytes("calls/1.json", b"{}") + END
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        file = archive.extractfile("calls/1.json")
        assert file is not None
        assert file.read() == b"{}"
