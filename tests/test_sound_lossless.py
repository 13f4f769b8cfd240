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
        wait_for(lambda: stream._runner is None)
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
        wait_for(lambda: stream._runner is None)
        assert len(ear.samples) + sum(ear.gaps_s) * RATE == np.float64(said + 100).round(3)
