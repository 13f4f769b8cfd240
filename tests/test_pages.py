"""Who is here and who is gone: the same for the pages of a source, a display and a player."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
from nbstream.kernel.clock import Clock
from nbstream.pages import pages
from nbstream.pages.pages import MAX_PAGES, Page, Pages, SourcePages
from nbstream.pages.rising import RisingIndex
from nbstream.protocol.from_page import GONE_AFTER_S
from nbstream.testing import FakeClock, FakePage, FakeSpeaker, mock_kernel, wait_for

from .streaming import grey

LONG_S = 3 * GONE_AFTER_S


class Cells:
    """Whether a cell runs, in the thread in which the messages come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.running, self.ended = False, 0
        monkeypatch.setattr(pages, "in_main_thread", lambda: True)
        monkeypatch.setattr(pages, "cell_is_running", lambda: self.running)
        monkeypatch.setattr(pages, "cells_ended", lambda: self.ended)

    def run(self) -> None:
        self.running = True

    def end(self) -> None:
        self.running, self.ended = False, self.ended + 1


class Kind:
    """A widget of one kind, and its pages, which say nothing by themselves."""

    def __init__(self, kernel: Any) -> None:
        self.kernel = kernel

    def come(self, client: str) -> Any:
        raise NotImplementedError

    def speak(self, page: Any) -> None:
        """What a page says once a second."""
        raise NotImplementedError

    def go_on(self, page: Any) -> None:
        """What a person does who finds the stream paused: nothing, but with a camera."""

    def serves(self, page: Any) -> bool:
        """Whether the next five pictures or sounds reach that page, which answers them."""
        raise NotImplementedError

    def pass_time(self, seconds: float, *alive: Any) -> None:
        for _ in range(round(seconds)):
            self.kernel.clock.advance(1.0)
            for page in alive:
                self.speak(page)


class SourceKind(Kind):
    def __init__(self, kernel: Any) -> None:
        super().__init__(kernel)
        self.webcam = nbs.Webcam()
        self.calls: list[int] = []
        self.binding = self.webcam.stream(lambda frame: self.calls.append(1))

    def come(self, client: str) -> Any:
        page = FakePage(self.kernel, self.webcam, client=client)
        if self.binding.status == "idle":
            self.go_on(page)
        return page

    def speak(self, page: Any) -> None:
        page.beat()

    def go_on(self, page: Any) -> None:
        if self.binding.status == "live" and page.state["owner"] != page.client:
            page.command("take_over")
        else:
            page.command("resume")
        page.camera_on()
        page.wait_for_status("live")

    def serves(self, page: Any) -> bool:
        if page.state["owner"] != page.client or self.binding.status != "live":
            return False
        for _ in range(5):
            wanted = len(self.calls) + 1
            page.send_frame()
            wait_for(partial(self._has_called, wanted))
        return True

    def _has_called(self, count: int) -> bool:
        return len(self.calls) >= count


class DisplayKind(Kind):
    def __init__(self, kernel: Any) -> None:
        super().__init__(kernel)
        self.view = nbs.ImageView(grey(1))

    def come(self, client: str) -> Any:
        return FakePage(self.kernel, nbs.Webcam(), self.view, client=client, paints=False)

    def speak(self, page: Any) -> None:
        self.view.value = grey(2)
        page.paint(self.view)

    def serves(self, page: Any) -> bool:
        before = len(page.results(self.view))
        for _ in range(5):
            self.view.value = grey(3)
            page.paint(self.view)
        return len(page.results(self.view)) >= before + 5


class PlayerKind(Kind):
    def __init__(self, kernel: Any) -> None:
        super().__init__(kernel)
        self.player = nbs.AudioPlayer()

    def come(self, client: str) -> Any:
        page = FakeSpeaker(self.kernel, self.player, client)
        if not self.player.queued_s:
            self._play(30)
        return page

    def speak(self, page: Any) -> None:
        page.say("playing", 0)

    def serves(self, page: Any) -> bool:
        page.play_all()
        before = len(page.pieces)
        for _ in range(5):
            self._play(1)
            page.play_all()
        return len(page.pieces) == before + 5 and self.player.queued_s == 0

    def _play(self, seconds: float) -> None:
        self.player.play((8000, np.ones(round(8000 * seconds), np.int16)))


@pytest.fixture(params=[SourceKind, DisplayKind, PlayerKind])
def kind(request):
    with mock_kernel() as kernel:
        yield request.param(kernel)


def go_on(kind: Kind, page: Any) -> None:
    kind.speak(page)
    kind.go_on(page)


def test_a_page_that_is_silent_for_long_is_here_again_with_its_next_message(kind):
    page = kind.come("page")
    kind.pass_time(LONG_S)
    go_on(kind, page)
    assert kind.serves(page)


def test_silence_while_a_cell_holds_the_messages_up_is_no_absence(kind, monkeypatch):
    cells = Cells(monkeypatch)
    page = kind.come("page")
    kind.speak(page)
    cells.run()
    kind.pass_time(LONG_S)
    cells.end()
    # What waited behind the cell has not been handled yet.
    kind.pass_time(GONE_AFTER_S - 1)
    kind.speak(page)
    assert kind.serves(page)


def test_a_cell_that_ended_just_before_the_kernel_looks_holds_nothing_against_the_page(
    kind, monkeypatch
):
    cells = Cells(monkeypatch)
    page = kind.come("page")
    kind.speak(page)
    kind.pass_time(GONE_AFTER_S - 1)
    cells.end()
    kind.pass_time(GONE_AFTER_S - 1)
    kind.speak(page)
    assert kind.serves(page)


@pytest.mark.parametrize("after_s", [1, 5, GONE_AFTER_S - 1, LONG_S])
def test_a_page_that_crashed_and_came_back_is_served(kind, after_s):
    kind.come("before the crash")
    kind.pass_time(after_s)
    page = kind.come("after it")
    kind.pass_time(GONE_AFTER_S + 2, page)
    kind.go_on(page)
    assert kind.serves(page)


@pytest.mark.parametrize("how", ["bye", "crash"])
def test_of_two_pages_one_goes_and_the_other_goes_on(kind, how):
    first = kind.come("first")
    kind.pass_time(3, first)
    second = kind.come("second")
    kind.pass_time(3, first, second)
    if how == "bye":
        first.bye()
    kind.pass_time(GONE_AFTER_S + 2, second)
    kind.go_on(second)
    assert kind.serves(second)


def test_a_page_that_only_looks_holds_up_nobody(kind):
    page = kind.come("page")
    kind.come("silent page")
    kind.pass_time(LONG_S, page)
    assert kind.serves(page)


def test_of_a_flood_of_pages_the_newest_are_kept_and_the_real_one_is_served(kind):
    page = kind.come("page")
    for number in range(5 * MAX_PAGES):
        kind.come(f"page {number}")
        if number % MAX_PAGES == 0:
            kind.speak(page)
    go_on(kind, page)
    assert kind.serves(page)


# --- the account itself ------------------------------------------------------------------------


def account(clock: Clock) -> Pages[Page]:
    return Pages(clock, Page)


def test_of_too_many_pages_the_one_that_was_silent_the_longest_is_forgotten():
    known = account(FakeClock())
    for number in range(MAX_PAGES):
        known.heard(str(number))
    known.heard("0")
    known.heard("one more")
    assert len(known) == MAX_PAGES
    assert known.get("1") is None
    assert known.get("0") is not None


def test_the_page_that_captures_is_never_forgotten_for_others():
    known = SourcePages(FakeClock())
    known.heard("owner")
    known.owner = "owner"
    for number in range(2 * MAX_PAGES):
        known.heard(str(number))
    assert known.owner_is_here
    assert len(known) == MAX_PAGES


def test_silence_counts_from_when_there_was_something_to_say():
    clock = FakeClock()
    known = account(clock)
    page = known.heard("page")
    clock.advance(LONG_S)
    known.expect(page)
    clock.advance(GONE_AFTER_S - 1)
    assert not known.is_gone(page)
    clock.advance(1)
    assert known.forget_gone() == ["page"]


@pytest.mark.parametrize(
    ("report_index", "is_news"), [(None, True), (6, True), (5, False), (4, False)]
)
def test_what_a_page_said_of_itself_is_not_undone_by_what_it_said_before(report_index, is_news):
    known = SourcePages(FakeClock())
    known.heard("page")
    assert known.accept_report("page", 5)
    assert known.accept_report("page", report_index) is is_news


@pytest.mark.parametrize("huge", [10_000, 2**31, 2**53])
def test_a_number_that_no_page_has_come_to_is_not_believed_and_costs_one_message(huge):
    clock = FakeClock()
    numbers = RisingIndex()
    assert [numbers.accept(index, clock.now_s()) for index in (1, huge, 2, 2)] == [
        True,
        False,
        True,
        False,
    ]
    # A page that was cut off for long has come further.
    clock.advance(3600)
    assert numbers.accept(10_000, clock.now_s())


def test_should_it_be_the_first_the_true_ones_begin_anew():
    numbers = RisingIndex()
    assert [numbers.accept(index, 0.0) for index in (2**53, 5, 4, 6)] == [True, True, False, True]


@pytest.mark.parametrize(
    ("stood_s", "has_threads", "owner", "gave_up"),
    [
        (GONE_AFTER_S, True, "page", True),
        (GONE_AFTER_S - 0.1, True, "page", False),
        (GONE_AFTER_S, False, "page", False),  # where a busy kernel stands still
        (GONE_AFTER_S, True, "another page", False),
    ],
)
def test_a_page_gives_up_a_kernel_that_stands_still(
    monkeypatch, stood_s, has_threads, owner, gave_up
):
    monkeypatch.setattr(pages, "can_start_threads", lambda: has_threads)
    known = SourcePages(FakeClock())
    known.heard("page")
    known.owner = owner
    assert known.gave_up(stood_s) == gave_up
