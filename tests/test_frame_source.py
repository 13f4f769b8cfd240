"""`FrameSource`: a source in the kernel, which needs no page."""

from __future__ import annotations

import gc
import threading
from functools import partial
from itertools import chain
from typing import Any

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import FakeClock, FakePage, mock_kernel, number_of, numbered, wait_for

COUNT = 12


def pictures(count=COUNT):
    return [numbered(number) for number in range(count)]


def have(things, count):
    return len(things) == count


def all_was_offered(binding, *, kept):
    """Whether the source has given what it could to a function that is held up."""
    superseded = binding.stats["counts"].get("superseded", 0)
    return not binding.intake.has_room() if kept else superseded == COUNT - 2


def run_through(binding):
    """Start it, and wait until it has stopped by itself."""
    binding.start()
    wait_for(lambda: binding.status == "idle" and not binding.life.needs_camera)


@pytest.mark.parametrize("options", [{}, {"pictures": "all"}], ids=["newest", "all"])
def test_as_fast_as_it_goes_every_picture_comes_once_and_in_order(kernel, options):
    got: list[Any] = []
    source = nbs.FrameSource(pictures(), fps=None)
    binding = source.stream(lambda frame: got.append(number_of(frame)), **options)
    assert binding.status == "idle"
    run_through(binding)
    assert got == list(range(COUNT))
    run_through(binding)
    assert got == 2 * list(range(COUNT))  # a list begins anew


def test_the_function_gets_the_very_pixels_and_may_paint_on_them(kernel):
    noise = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
    before = noise.copy()
    got: list[Any] = []

    def paint(frame):
        got.append(frame.copy())
        frame[:] = 0

    run_through(nbs.FrameSource([noise, noise], fps=None).stream(paint))
    assert [np.array_equal(one, before) for one in got] == [True, True]
    assert np.array_equal(noise, before)


@pytest.mark.parametrize(("color", "shape"), [("rgb", (8, 9, 3)), ("gray", (8, 9))])
def test_pictures_of_any_form_come_as_the_color_says(kernel, color, shape):
    from PIL import Image

    floats = np.full((8, 9), 0.5)
    rgba = np.full((8, 9, 4), 128, np.uint8)
    encoded = nbs.ImageView(value=rgba[:, :, :3], format="png")
    things = [floats, rgba, Image.fromarray(rgba), encoded.frame]
    got: list[Any] = []
    run_through(nbs.FrameSource(things, fps=None, color=color).stream(got.append))
    assert [one.shape for one in got] == [shape] * 4
    assert all(abs(int(one.mean()) - 128) <= 1 for one in got)


def test_a_function_gives_pictures_until_it_gives_none(kernel):
    left = pictures(3)
    got: list[Any] = []
    source = nbs.FrameSource(lambda: left.pop(0) if left else None, fps=None)
    run_through(source.stream(lambda frame: got.append(number_of(frame))))
    assert got == [0, 1, 2]


def test_pictures_are_timed_by_fps(kernel):
    got: list[Any] = []
    binding = nbs.FrameSource(pictures(4), fps=10).stream(got.append)
    binding.start()
    for count in range(1, 5):
        wait_for(partial(have, got, count))
        kernel.clock.advance(0.09)
        assert len(got) == count
        kernel.clock.advance(0.02)
    wait_for(lambda: binding.status == "idle")


class SlowlySetClock(FakeClock):
    """Half a second passes between the moment at which a thread reads it and that at which it sets a timer."""

    def call_later(self, delay_s, callback):
        if threading.current_thread().name.startswith("nbstream-"):
            self.advance(0.5)
        return super().call_later(delay_s, callback)


def test_time_that_passes_while_a_timer_is_set_is_not_lost():
    got: list[Any] = []
    with mock_kernel(SlowlySetClock()) as kernel:
        binding = nbs.FrameSource(pictures(4), fps=1).stream(got.append, pictures="all")
        begun_s = kernel.clock.now_s()
        run_through(binding)  # nothing but the setting of timers moves the clock here
        assert len(got) == 4
        assert kernel.clock.now_s() - begun_s >= 3


@pytest.mark.parametrize(("kept", "called"), [("newest", 2), ("all", COUNT)])
def test_behind_a_slow_function_the_newest_wins_unless_all_are_wanted(kernel, holdup, kept, called):
    binding = nbs.FrameSource(pictures(), fps=10).stream(holdup, pictures=kept)
    binding.start()
    holdup.wait_until_entered()
    kernel.clock.advance((COUNT - 1) / 10 + 0.05)  # the last one is not too old then
    wait_for(partial(all_was_offered, binding, kept=kept == "all"))
    holdup.release(100)
    wait_for(lambda: binding.status == "idle")
    assert holdup.call_count == called


def test_a_pause_loses_nothing_where_all_are_wanted_and_time_stands_still(kernel):
    got: list[Any] = []

    def look(frame):
        got.append(number_of(frame))
        if len(got) == 3:
            binding.pause()

    binding = nbs.FrameSource(pictures(), fps=None).stream(look, pictures="all")
    binding.start()
    wait_for(lambda: binding.status == "paused" and not binding.life.is_in_call)
    kernel.clock.advance(100)
    assert got == [0, 1, 2]
    binding.resume()
    wait_for(lambda: binding.status == "idle")
    assert got == list(range(COUNT))


def test_several_at_once_come_as_a_list(kernel, holdup):
    got: list[Any] = []
    metas: list[Any] = []

    def take(frames, level, meta):
        got.append([number_of(frame) for frame in frames])
        metas.append([one.index for one in meta])
        if len(got) == 1:
            holdup(None)

    source, slider = nbs.FrameSource(pictures(9), fps=None), ipywidgets.IntSlider(value=3)
    binding = source.stream(take, inputs=[source, slider], pictures="all", batch=4, metadata=True)
    binding.start()
    holdup.wait_until_entered()
    wait_for(lambda: not binding.intake.has_room())
    holdup.release()
    wait_for(lambda: binding.status == "idle")
    assert list(chain(*got)) == list(range(9))
    assert len(got[1]) == 4
    assert list(chain(*metas)) == list(range(1, 10))
    assert binding.stats["counts"]["frames"] == 9


def test_time_limit_errors_and_step_are_those_of_any_stream(kernel):
    def fails(frame):
        raise ValueError("a fault")

    source = nbs.FrameSource(pictures(), fps=None)
    binding = source.stream(fails, max_errors=2)
    binding.start()
    wait_for(lambda: binding.status == "paused")
    assert "a fault" in str(binding.error)
    with pytest.raises(ValueError, match="a fault"):
        binding.step()
    endless = nbs.FrameSource(lambda: numbered(1), fps=10)
    limited = endless.stream(lambda frame: None, time_limit=5, on_limit="stop")
    limited.start()
    wait_for(lambda: limited.stats["counts"].get("frames"))
    kernel.clock.advance(5.1)
    wait_for(lambda: limited.status == "idle")


def test_what_is_no_picture_fails_the_source_in_words(kernel):
    binding = nbs.FrameSource([numbered(1), "no picture"], fps=None).stream(lambda frame: None)
    binding.start()
    wait_for(lambda: binding.status == "failed")
    assert "picture 2 of the source is a str; expected a uint8 array" in str(binding.error)


def test_what_a_program_raises_fails_the_source(kernel):
    def give():
        yield numbered(1)
        raise OSError("the lab camera is off")

    binding = nbs.FrameSource(give(), fps=None).stream(lambda frame: None)
    binding.start()
    wait_for(lambda: binding.status == "failed")
    assert "the lab camera is off" in str(binding.error)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (("film.mp4",), TypeError, "expected an iterable of pictures"),
        ((7,), TypeError, "int 7; expected an iterable"),
        (([], 0), ValueError, "fps is 0; expected a number above 0"),
        (([], True), ValueError, "fps is True"),
    ],
)
def test_what_cannot_be_is_refused(given, error, said):
    with pytest.raises(error, match=said):
        nbs.FrameSource(*given)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"batch": 3}, 'expected None without pictures="all"'),
        ({"pictures": "some"}, 'expected "newest" or "all"'),
        ({"pictures": "all", "on": "capture"}, "a press is for one picture"),
        ({"pictures": "all", "batch": 0}, "expected an integer >= 1"),
    ],
)
def test_options_that_do_not_fit_each_other_are_refused(kernel, options, said):
    with pytest.raises(ValueError, match=said):
        nbs.FrameSource([]).stream(lambda frame: None, **options)


def test_a_page_sees_a_preview_and_starts_and_stops_it(kernel):
    source = nbs.FrameSource(lambda: numbered(5), fps=10)
    got: list[Any] = []
    source.stream(got.append)
    page = FakePage(kernel, source)
    page.hello()
    page.command("start")
    page.wait_for_status("live")
    assert (page.state["owner"], page.state["shows_result"]) == ("kernel", True)
    shown = page.wait_for_result(source)
    assert shown is not None
    assert number_of(shown) == 5
    page.command("take_over")
    page.command("stop")
    page.wait_for_status("idle")
    count = len(got)
    kernel.clock.advance(1)
    assert len(got) == count


def test_pages_that_come_and_go_change_nothing(kernel, caplog):
    source = nbs.FrameSource(lambda: numbered(5), fps=10)
    got: list[Any] = []
    binding = source.stream(got.append)
    page = FakePage(kernel, source)
    page.hello()
    page.command("start")
    page.wait_for_status("live")
    page.bye()
    kernel.clock.advance(60)
    assert binding.status == "live"
    count = len(got)
    kernel.clock.advance(0.2)
    wait_for(lambda: len(got) > count)
    assert "shown nowhere" not in caplog.text


def test_closing_ends_the_thread_and_what_it_reads(kernel):
    closed = threading.Event()

    def give():
        try:
            while True:
                yield numbered(1)
        finally:
            closed.set()

    source = nbs.FrameSource(give(), fps=10)
    called = threading.Event()
    source.stream(lambda frame: called.set()).start()
    assert called.wait(10)
    source.close()
    del source
    # Once its threads have ended, nothing holds what it reads.
    wait_for(lambda: gc.collect() >= 0 and closed.is_set())
