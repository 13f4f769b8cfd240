"""Credits: whatever is lost, doubled or held up, the page never holds more than the window, and never starves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbstream.sources.picture_credits import LONG_CALL_MS, LONG_WINDOW, MAX_WINDOW, Arrival, Credits


def opened() -> Credits:
    account = Credits()
    account.begin(1)
    account.open = True
    return account


def test_nothing_may_be_sent_before_the_capture_is_open():
    account = Credits()
    account.begin(1)
    assert account.may_send_through == 0


def test_a_run_begins_with_the_whole_window():
    assert opened().may_send_through == MAX_WINDOW


def test_a_frame_that_is_taken_gives_its_credit_back():
    account = opened()
    assert account.arrived(1)
    assert account.may_send_through == MAX_WINDOW
    account.taken(1)
    assert account.may_send_through == MAX_WINDOW + 1


def test_a_frame_that_nobody_wants_gives_its_credit_back():
    account = opened()
    account.arrived(1)
    account.unwanted(1)
    assert account.may_send_through == MAX_WINDOW + 1


def test_a_superseded_frame_gives_its_credit_back_and_is_counted():
    account = opened()
    account.arrived(1)
    account.arrived(2)
    assert not account.unwanted(1)  # the fate of the second brings the news
    assert account.content(0.0)["superseded"] == 1
    assert account.may_send_through == MAX_WINDOW + 1


def test_a_rejected_frame_gives_its_credit_back_and_is_counted():
    account = opened()
    account.arrived(1)
    account.reject(1)
    assert account.content(0.0)["rejected"] == 1
    assert account.may_send_through == MAX_WINDOW + 1


def test_a_frame_without_a_sound_number_is_counted_and_gives_no_credit():
    account = opened()
    account.reject(None)
    assert account.content(0.0)["rejected"] == 1
    assert account.may_send_through == MAX_WINDOW


def test_a_doubled_frame_is_not_new():
    account = opened()
    assert account.arrived(1)
    assert not account.arrived(1)
    assert account.may_send_through == MAX_WINDOW


def came(account: Credits, seq: int, captured_at_ms: float) -> bool:
    is_new = account.arrived(seq, Arrival(0.0, captured_at_ms=captured_at_ms))
    if is_new:
        account.taken(seq)
        account.call_ended(seq, 1.0, "stream")
    return is_new


def test_a_number_that_is_too_high_costs_no_frame_but_the_one_that_comes_to_it():
    account = opened()
    assert [came(account, seq, 10.0 * seq) for seq in (1, 2, 3)] == [True] * 3
    assert came(account, 9, 35)
    assert [came(account, seq, 10.0 * seq) for seq in range(4, 13)] == [
        seq != 9 for seq in range(4, 13)
    ]
    content = account.content(0.0)
    assert account.ended + content["superseded"] + account.in_work == 12


def test_where_its_time_is_too_high_as_well_it_costs_one_frame_more():
    account = opened()
    came(account, 1, 10)
    assert came(account, 9, 1e9)
    assert [came(account, seq, 10.0 * seq) for seq in (2, 3, 4)] == [False, True, True]


def test_a_frame_that_was_overtaken_on_the_way_is_not_new():
    account = opened()
    assert [came(account, seq, 10.0 * seq) for seq in (1, 3, 2, 4, 2)] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_a_number_that_is_in_a_call_is_not_taken_twice_however_long_that_takes():
    account = opened()
    account.arrived(1, Arrival(0.0, captured_at_ms=1.0))
    account.taken(1)
    for seq in range(2, 200):
        assert came(account, seq, 10.0 * seq)
    assert not account.arrived(1, Arrival(0.0, captured_at_ms=1e6))


def test_a_frame_beyond_the_credit_is_refused():
    assert not opened().arrived(MAX_WINDOW + 1)


def test_a_frame_that_was_skipped_on_the_way_is_lost_and_gives_its_credit_back():
    account = opened()
    account.arrived(3)
    assert account.may_send_through == 2 + MAX_WINDOW
    assert account.content(0.0)["superseded"] == 0


def test_what_the_page_sent_and_never_came_gives_its_credit_back():
    account = opened()
    assert account.lost_through(MAX_WINDOW)
    assert account.may_send_through == 2 * MAX_WINDOW


def test_saying_again_what_was_sent_gives_no_more_credit():
    account = opened()
    account.lost_through(MAX_WINDOW)
    assert not account.lost_through(MAX_WINDOW)
    assert account.may_send_through == 2 * MAX_WINDOW


def test_a_page_cannot_claim_to_have_sent_more_than_it_was_allowed():
    account = opened()
    assert not account.lost_through(10**9)
    assert account.may_send_through == MAX_WINDOW


def test_with_long_calls_one_frame_may_wait():
    account = opened()
    account.arrived(1)
    account.taken(1)
    account.call_ended(1, LONG_CALL_MS, "consumer")
    assert account.call_is_long
    assert account.may_send_through == 1 + LONG_WINDOW


def test_the_quickest_consumer_decides_how_long_a_call_is():
    account = opened()
    account.call_ended(1, 500.0, "slow")
    account.call_ended(1, 5.0, "quick")
    assert account.call_ms == 5.0
    account.forget_calls_of("quick")
    assert account.call_ms == 500.0


def test_the_duration_of_calls_is_smoothed():
    account = opened()
    account.call_ended(1, 10.0, "consumer")
    account.call_ended(2, 20.0, "consumer")
    call_ms = account.call_ms
    assert call_ms is not None
    assert 10.0 < call_ms < 20.0


def test_a_new_run_counts_from_one_and_closes_the_credit_but_keeps_the_numbering_of_accounts():
    account = opened()
    account.arrived(1)
    account.taken(1)
    account.reject(None)
    before = account.content(0.0)["index"]
    account.begin(2)
    content = account.content(0.0)
    assert content["index"] == before + 1
    assert content["run"] == 2
    assert content["may_send_through"] == content["taken_through"] == content["rejected"] == 0
    account.open = True
    assert account.arrived(1)


def test_ended_and_taken_never_go_back():
    account = opened()
    for seq in (2, 1):
        account.taken(seq)
        account.call_ended(seq, 1.0, "consumer")
    content = account.content(0.0)
    assert (content["taken_through"], content["ended_through"]) == (2, 2)


# --- a page on a bad line ----------------------------------------------------------------------

STEPS = st.lists(
    st.sampled_from(["send", "lose", "double", "stale", "take", "end_long", "end_short", "beat"]),
    max_size=120,
)


class BadLine:
    """A page that captures whenever it may, a line that loses and doubles, and a function that takes the newest."""

    def __init__(self) -> None:
        self.credits = opened()
        self.sent_through = 0
        self.unread: int | None = None
        self.taken = 0

    def step(self, name: str) -> None:
        getattr(self, name)()

    @property
    def may_send(self) -> bool:
        return self.sent_through < self.credits.may_send_through

    def send(self) -> None:
        if self.may_send:
            self.sent_through += 1
            assert self.credits.arrived(self.sent_through)
            self.unread = self.sent_through

    def lose(self) -> None:
        if self.may_send:
            self.sent_through += 1

    def double(self) -> None:
        if self.unread == self.sent_through or self.taken == self.sent_through:
            assert not self.credits.arrived(self.sent_through)

    def stale(self) -> None:
        newest = max(self.unread or 0, self.taken)
        assert not self.credits.arrived(newest - 1)

    def take(self) -> None:
        if self.unread is not None:
            self.taken, self.unread = self.unread, None
            self.credits.taken(self.taken)

    def end_long(self) -> None:
        self.credits.call_ended(self.taken, 200.0, "consumer")

    def end_short(self) -> None:
        self.credits.call_ended(self.taken, 1.0, "consumer")

    def beat(self) -> None:
        self.credits.lost_through(self.sent_through)


@settings(deadline=None)
@given(STEPS)
def test_on_a_bad_line_a_page_never_holds_more_than_the_window(steps):
    line = BadLine()
    for name in steps:
        settled = line.credits._settled_through
        line.step(name)
        assert line.credits.may_send_through <= line.credits._settled_through + MAX_WINDOW
        assert line.credits._settled_through >= settled
        assert line.credits._settled_through <= line.sent_through


@settings(deadline=None)
@given(STEPS)
def test_on_a_bad_line_the_stream_goes_on_after_the_next_heartbeat(steps):
    line = BadLine()
    for name in steps:
        line.step(name)
    line.step("beat")
    line.step("take")
    before = line.sent_through
    line.step("send")
    assert line.sent_through == before + 1
    line.step("take")
    assert line.taken == line.sent_through


def test_it_is_told_how_late_the_frame_in_the_call_was_and_how_long_the_kernel_has_had_it():
    account = opened()
    account.arrived(1, Arrival(5.0, late_ms=20.0))
    account.arrived(2, Arrival(6.0, late_ms=30.0))
    assert account.content(7.0)["late_ms"] is None
    assert account.content(7.0)["held_ms"] is None
    account.taken(1)
    assert account.content(7.0)["late_ms"] == 20.0
    assert account.content(7.0)["held_ms"] == pytest.approx(2000)
    account.taken(2)
    assert account.content(7.0)["late_ms"] == 30.0
    assert account.content(7.5)["held_ms"] == pytest.approx(1500)
    account.begin(2)
    assert account.content(8.0)["late_ms"] is None


@pytest.mark.parametrize(
    ("way_ms", "call_ms", "window"),
    [(0, 50, 1), (49, 50, 1), (120, 50, 3), (120, 300, 1), (60_000, 30, MAX_WINDOW)],
)
def test_with_long_calls_as_many_may_be_on_the_way_as_calls_fit_into_it(way_ms, call_ms, window):
    account = opened()
    account.arrived(1, Arrival(5.0, way_ms=way_ms))
    account.taken(1)
    account.call_ended(1, float(call_ms), "consumer")
    assert account.may_send_through == 1 + window


def test_it_says_up_to_where_nothing_is_on_the_way_any_more():
    account = opened()
    assert account.content(0.0)["settled_through"] == 0
    account.arrived(3)
    assert account.content(0.0)["settled_through"] == 2
    account.taken(3)
    assert account.content(0.0)["settled_through"] == 3
