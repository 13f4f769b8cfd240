"""Whatever becomes of the messages, every sample is heard once and in order, or told as a gap."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import nbstream as nbs
from nbstream.testing import FakeMicrophone, mock_kernel, wait_for

RATE = 8000

FATES = st.lists(
    st.tuples(
        st.sampled_from(
            ["arrives", "lost", "doubled", "late", "replay", "beat", "resend", "hold", "free"]
        ),
        st.integers(1, 2000),
    ),
    max_size=30,
)


class Ear:
    """Keeps what it hears; held up until it is let go."""

    def __init__(self) -> None:
        self.samples: list[int] = []
        self.gaps_s: list[float] = []
        self.finals: list[bool] = []
        self._free = threading.Event()
        self._free.set()

    def hold(self, held: bool) -> None:
        """Let no call return until it is let go."""
        if held:
            self._free.clear()
        else:
            self._free.set()

    def __call__(self, sound: tuple[int, Any], meta: nbs.SoundMeta) -> None:
        self.samples += sound[1].tolist()
        self.gaps_s.append(meta.gap_s)
        self.finals.append(meta.final)
        self._free.wait()


def play(page: FakeMicrophone, ear: Ear, fates: list[tuple[str, int]]) -> int:
    """Send sound whose messages, and function, fare as `fates` says; return how many samples were said."""
    said = 0
    late: list[int] = []
    for fate, count in fates:
        if fate == "beat":
            page.beat()
        elif fate == "resend":
            page.answer_receipt()
        elif fate in ("hold", "free"):
            ear.hold(fate == "hold")
        elif fate == "replay":
            for seq in late:
                page.send_again(seq)  # a server delivers what it queued, once more or at last
            late.clear()
        else:
            samples = np.arange(said, said + count, dtype=np.int64).astype(np.int16)
            said += count
            seq = page.speak(samples, lost=fate in ("lost", "late"))
            if fate == "doubled":
                page.repeat()
            elif fate == "late":
                late.append(seq)
    ear.hold(False)
    return said


def settle(page: FakeMicrophone) -> None:
    """Let the page send again until the kernel has everything."""
    page.beat()
    while page.receipt["missing_through"]:
        page.answer_receipt()
        page.pass_time(1)


@settings(deadline=None, max_examples=60)
@given(FATES, st.integers(0, 500))
def test_every_sample_is_heard_once_and_in_order(fates, rest):
    with mock_kernel() as kernel:
        microphone, ear = nbs.Microphone(), Ear()
        stream = microphone.stream(ear, metadata=True, stream_every=0.1)
        page = FakeMicrophone(kernel, microphone)
        page.start()
        page.wait_for_status("live")
        said = play(page, ear, fates)
        settle(page)
        last = np.arange(said, said + rest, dtype=np.int64).astype(np.int16)
        page.stop(last)
        wait_for(lambda: stream.life.runner is None)
        expected = np.arange(said + rest, dtype=np.int64).astype(np.int16).tolist()
        assert ear.samples == expected
        assert not any(ear.gaps_s)
        assert ear.finals == [False] * (len(ear.finals) - 1) + [True]


@settings(deadline=None, max_examples=40)
@given(FATES, st.integers(1, 20))
def test_what_is_heard_and_what_is_told_to_be_missing_add_up_to_what_was_said(fates, given_up):
    with mock_kernel() as kernel:
        microphone, ear = nbs.Microphone(max_backlog_s=1), Ear()
        stream = microphone.stream(ear, metadata=True, stream_every=0.1)
        page = FakeMicrophone(kernel, microphone)
        page.start()
        page.wait_for_status("live")
        said = play(page, ear, fates)
        page.beat()
        # The page gives some up that were not stored, and says so with the next.
        kept_from = min(page.seq + 1, page.receipt["received_through"] + given_up)
        samples = np.arange(said, said + 100, dtype=np.int64).astype(np.int16)
        page.speak(samples, kept_from=kept_from)
        settle(page)
        page.stop()
        wait_for(lambda: stream.life.runner is None)
        assert len(ear.samples) + sum(ear.gaps_s) * RATE == np.float64(said + 100).round(3)


# --- streams that come and go ------------------------------------------------------------------


class Account:
    """One stream of a microphone: what it heard, and what it was told is missing."""

    def __init__(self, microphone: nbs.Microphone, **options: Any) -> None:
        self.ear = Ear()
        self.stream = microphone.stream(self.ear, metadata=True, stream_every=0.1, **options)

    def pause_or_resume(self) -> None:
        if self.stream.current_status == "live":
            self.stream.pause()
        else:
            self.stream.resume()
        # The slot of the call that runs is given back first.
        wait_for(lambda: self.stream.current_status == "live" or self.stream.life.runner is None)
        wait_for(lambda: self.stream.current_status != "waiting")

    def wait_for_end(self) -> None:
        wait_for(lambda: self.stream.life.runner is None)

    def check(self, said: int) -> None:
        """Nothing came twice or out of order, and what did not come was told."""
        heard = np.array(self.ear.samples)
        assert (np.diff(heard) > 0).all()
        assert round(len(heard) + sum(self.ear.gaps_s) * RATE, 3) == said
        assert self.ear.finals[-1]


def speak_on(page: FakeMicrophone, count: int) -> None:
    """Say so many samples more; while nobody listens the page numbers them all the same."""
    first = page.sample_count
    page.speak(np.arange(first, first + count, dtype=np.int64).astype(np.int16))


STEPS = st.lists(st.one_of(st.integers(1, 1500), st.sampled_from(["first", "second"])), max_size=20)


@settings(deadline=None, max_examples=40)
@given(STEPS)
def test_streams_of_one_microphone_that_pause_and_resume_lose_nothing_untold(steps):
    with mock_kernel() as kernel:
        microphone = nbs.Microphone()
        accounts = {"first": Account(microphone), "second": Account(microphone, add=True)}
        page = FakeMicrophone(kernel, microphone)
        page.start()
        page.wait_for_status("live")
        for step in steps:
            if isinstance(step, int):
                speak_on(page, step)
            else:
                accounts[step].pause_or_resume()
        for account in accounts.values():
            if account.stream.current_status != "live":
                account.pause_or_resume()
        speak_on(page, 100)
        said = page.sample_count
        page.stop()
        for account in accounts.values():
            account.wait_for_end()
            account.check(said)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(1, 1500), max_size=5), min_size=1, max_size=6))
def test_what_two_pages_say_in_turn_is_heard_once_and_in_order(turns):
    with mock_kernel() as kernel:
        microphone = nbs.Microphone()
        account = Account(microphone)
        pages = [FakeMicrophone(kernel, microphone, client=f"page-{n}") for n in range(2)]
        pages[0].start()
        pages[0].wait_for_status("live")
        said: list[int] = []
        for number, counts in enumerate(turns):
            page = pages[number % 2]
            if number:
                kernel.clock.advance(1)  # so long there is no microphone
                page.command("take_over")
                page.camera_on()
                page.wait_for_status("live")
            for count in counts:
                samples = np.arange(len(said), len(said) + count, dtype=np.int64).astype(np.int16)
                assert page.speak(samples)
                said += samples.tolist()
        page.stop()
        wait_for(lambda: account.stream.life.runner is None)
        assert account.ear.samples == said
        assert account.ear.finals[-1]
