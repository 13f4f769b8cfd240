"""The hand-over to a worker that hears: the newest picture, all the sound, and an end that loses none of it."""

from __future__ import annotations

import threading

import numpy as np

from nbstream.pictures.frame import Frame
from nbstream.runs.inbox import Inbox
from nbstream.sounds.chunk import Captured, Chunk
from nbstream.sounds.store import SoundPosition, SoundStore

MIC = "microphone"


def sound(first: int, count: int = 500, *, final: bool = False) -> Chunk:
    samples = np.zeros((count, 1), np.int16)
    return Chunk(MIC, 1, 1, first, 1000, samples, float(first), 0.0, final=final)


def picture(seq: int) -> Frame:
    return Frame("camera", 1, seq, b"", 1, 1, 0.0, 0.0)


def inbox(left: list[Captured] | None = None) -> Inbox:
    kept: list[Captured] = [] if left is None else left
    return Inbox({MIC: SoundStore(0.5, 60, SoundPosition(1, 0))}, left_unread=kept.append)


def take_in_thread(box: Inbox) -> tuple[threading.Thread, list[Captured | None]]:
    taken: list[Captured | None] = []
    thread = threading.Thread(target=lambda: taken.append(box.take()))
    thread.start()
    return thread, taken


def test_pictures_are_replaced_and_sound_is_kept():
    left: list[Captured] = []
    box = inbox(left)
    for number in range(3):
        assert box.put(picture(number))
        assert box.put(sound(number * 500))
    taken = [box.take(), box.take()]
    assert [one.seq for one in left] == [0, 1]
    assert sorted(type(one).__name__ for one in taken) == ["Chunk", "Frame"]
    assert [one.sample_count for one in taken if isinstance(one, Chunk)] == [1500]
    assert [one.seq for one in taken if isinstance(one, Frame)] == [2]


def test_behind_a_slow_function_sound_and_pictures_take_turns():
    box = inbox()
    kinds = []
    for number in range(6):
        box.put(picture(number))
        box.put(sound(number * 500))
        kinds.append(type(box.take()).__name__)
    assert kinds == ["Chunk", "Frame"] * 3


def test_the_taker_waits_until_enough_was_said():
    box = inbox()
    thread, taken = take_in_thread(box)
    box.put(sound(0, 100))
    box.put(sound(100, 400))
    thread.join(10)
    assert [one.sample_count for one in taken if isinstance(one, Chunk)] == [500]


def test_sound_of_a_source_that_is_not_heard_is_refused():
    assert not Inbox({}).put(sound(0))


def test_at_the_end_what_is_held_is_given_out_and_nothing_new_is_taken():
    box = inbox()
    box.put(sound(0, 100))
    box.put(picture(1))
    box.end(final=False, await_end=False)
    assert not box.put(sound(100))
    assert not box.put(picture(2))
    left = box.take()
    assert isinstance(left, Chunk)
    assert (left.sample_count, left.final) == (100, False)
    assert box.take() is None


def test_an_end_that_is_awaited_comes_with_the_last_piece():
    box = inbox()
    box.put(sound(0, 100))
    box.end(final=True, await_end=True)
    thread, taken = take_in_thread(box)
    assert box.put(sound(100, 50, final=True))
    thread.join(10)
    (last,) = taken
    assert isinstance(last, Chunk)
    assert (last.sample_count, last.final) == (150, True)
    assert box.take() is None


def test_an_end_that_does_not_come_is_given_up():
    box = inbox()
    box.put(sound(0, 100))
    box.end(final=True, await_end=True)
    thread, taken = take_in_thread(box)
    box.stop_waiting()
    thread.join(10)
    assert [one.final for one in taken if isinstance(one, Chunk)] == [True]
    assert not box.put(sound(100))


def test_whoever_ends_it_again_can_only_shorten_the_wait():
    box = inbox()
    box.put(sound(0, 100))
    box.end(final=True, await_end=False)
    box.end(final=False, await_end=True)
    left = box.take()
    assert isinstance(left, Chunk)
    assert left.final
    assert box.take() is None


def test_closing_drops_what_is_held_and_lets_a_waiting_taker_go():
    box = inbox()
    box.put(sound(0, 100))
    thread, taken = take_in_thread(box)
    box.close()
    thread.join(10)
    assert taken == [None]
    assert box.take() is None
    assert not box.put(sound(100))


def test_a_picture_that_is_unread_at_the_end_is_told_and_none_is_taken_afterwards():
    left: list[Captured] = []
    box = inbox(left)
    box.put(picture(1))
    box.put(sound(0, 100))
    box.end(final=False, await_end=False)
    assert [one.seq for one in left if isinstance(one, Frame)] == [1]
    assert not box.put(picture(2))
    assert isinstance(box.take(), Chunk)
    assert box.take() is None
