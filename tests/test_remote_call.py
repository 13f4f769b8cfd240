"""One call in a worker: whatever happens there, an answer comes back that the kernel can read."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import numpy as np
import pytest

from nbstream.calls.remote_call import Reply, Request, answer, answer_pickled
from nbstream.calls.returned import SKIP
from nbstream.kernel.print_tap import tap
from nbstream.pictures.codecs import decode_jpeg, encode
from nbstream.pictures.encoding import Encoding, Picture

GREY = np.full((48, 64, 3), 100, np.uint8)
JPEG = encode(GREY)


class StubbornError(Exception):
    """Can be pickled, and not be read again, as many whose constructor wants more than a message."""

    def __reduce__(self) -> tuple[Any, ...]:
        return StubbornError.remade, ()

    @staticmethod
    def remade() -> None:
        raise TypeError("missing 1 required positional argument")


def fail_stubbornly(frame: Any) -> None:
    raise StubbornError("no: because")


def leave(frame: Any) -> None:
    raise SystemExit(3)


def give_a_lock(frame: Any) -> Any:
    return threading.Lock()


def talk(frame: Any) -> int:
    print("so dark")  # noqa: T201
    return int(frame.mean())


def shout(frame: Any) -> None:
    for number in range(10_000):
        print(number)  # noqa: T201


def ask(fn: Any, *args: Any, encodings: Any = ()) -> Reply:
    """Call as in another process, where all is bytes."""
    request = pickle.dumps(Request("1", args, {}, encodings))
    reply: Reply = pickle.loads(answer_pickled(pickle.dumps(fn), request))
    return reply


def test_pictures_are_decoded_as_the_port_wants_them_and_other_values_stay():
    shapes = answer(
        lambda *args: [getattr(one, "shape", one) for one in args],
        Request("1", [Picture(JPEG), Picture(JPEG, "gray", 2), "edges"], {}),
    ).value
    assert shapes == [(48, 64, 3), (24, 32), "edges"]


def test_results_are_encoded_for_the_outputs_that_show_pictures():
    reply = answer(
        lambda: (GREY, 7, GREY), Request("1", [], {}, [Encoding(), None, Encoding("png")])
    )
    assert decode_jpeg(reply.value[0]).shape == (48, 64, 3)
    assert reply.value[1] == 7
    assert reply.value[2].startswith(b"\x89PNG")


def test_what_is_no_picture_comes_back_as_it_is_so_that_the_output_can_refuse_it():
    assert answer(lambda: "text", Request("1", [], {}, [Encoding()])).value == "text"


def test_skip_and_none_survive_the_way():
    assert ask(give_skip, encodings=[Encoding()]).value is SKIP
    assert ask(give_none, encodings=[Encoding()]).value is None


def give_skip() -> Any:
    return SKIP


def give_none() -> None:
    return None


def test_prints_come_along(capsys):
    reply = ask(talk, Picture(JPEG))
    assert (reply.value, reply.printed) == (100, "so dark\n")


def test_what_is_printed_between_two_calls_is_not_the_functions(capsys):
    tap.open()
    ask(talk, Picture(JPEG))
    print("between")  # noqa: T201
    tap.close()
    assert capsys.readouterr().out == "between\n"


def test_much_that_is_printed_comes_along_cut_in_the_middle():
    printed = ask(shout, Picture(JPEG)).printed
    assert printed.startswith("0\n1\n")
    assert printed.endswith("9998\n9999\n")
    assert len(printed) < 40_000


def test_a_damaged_picture_is_no_error_of_the_function():
    reply = ask(talk, Picture(JPEG[:200]))
    assert reply.error is None
    assert reply.corrupt


@pytest.mark.parametrize(
    ("fn", "kind", "words"),
    [
        (fail_stubbornly, RuntimeError, "StubbornError: no: because"),
        (leave, SystemExit, "3"),
        (give_a_lock, TypeError, "cannot leave its process"),
    ],
)
def test_errors_and_results_that_cannot_travel_become_ones_that_can(fn, kind, words):
    reply = ask(fn, Picture(JPEG))
    assert isinstance(reply.error, kind)
    assert words in str(reply.error)


def test_a_function_that_cannot_be_read_there_is_an_error_of_that_call():
    request = pickle.dumps(Request("1", [], {}))
    reply: Reply = pickle.loads(answer_pickled(b"cnowhere\nat_all\n.", request))
    assert isinstance(reply.error, ModuleNotFoundError)


def test_a_function_is_unpickled_once_per_worker():
    function = pickle.dumps(give_none)
    request = pickle.dumps(Request("1", [], {}))
    from nbstream.calls.remote_call import _load

    _load.cache_clear()
    for _ in range(3):
        answer_pickled(function, request)
    assert _load.cache_info().misses == 1


def test_the_places_of_an_error_are_told():
    reply = ask(fail_stubbornly, Picture(JPEG))
    assert reply.places[-1][2] == "fail_stubbornly"
