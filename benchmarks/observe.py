"""Watch the result of a running stream for some seconds, in the same way for every system."""

from __future__ import annotations

import bisect
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

import psutil
from playwright.sync_api import Page

from .far.reach import RunningLine

# A number that comes later than this after the camera showed it belongs to the clip's last round.
LONGEST_MS = 3500
# Of the clip: after so many pictures, which are so far apart, it starts again.
LOOP = 300
FRAME_MS = 1000 / 30
# A busy page sees not each picture of its camera. What it saw this many pictures before or after tells when it was.
NEAR = 15
Legs = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Observation:
    """What was seen of one system; None where it cannot be had.

    `worst_second_fps`: pictures in the second that showed fewest. `bytes_up_per_picture`: what the
    page sent, for each picture that it sent (WebRTC: that it showed). `captured_per_shown`: pictures that the page sent
    for each one that it showed. `legs_ms`: nbstream's own account of its way, `{leg: {p50, p95, max}}`.
    """

    fps: float
    worst_second_fps: float
    p50_ms: float | None
    p95_ms: float | None
    max_ms: float | None
    backwards: int
    cpu_ms_per_frame: float
    bytes_up_per_picture: float
    captured_per_shown: float | None
    size_px: tuple[int, int] | None
    legs_ms: Legs = field(default_factory=dict)


@dataclass(frozen=True)
class Running:
    """A stream that runs: its page, the process whose CPU counts (with children), CSS of the result (None: search).

    `line`: over which the page reaches its server; None: there is none.
    """

    page: Page
    pid: int
    output: str | None = None
    line: RunningLine | None = None


def observe(
    running: Running,
    seconds: float,
    meanwhile: Callable[[float], None] | None = None,
) -> Observation:
    """Watch the numbered pictures that the stream shows.

    Parameters
    ----------
    running
        The stream.
    seconds
        For how long.
    meanwhile
        What happens in these seconds; called with them, and ends after them. None: nothing happens.
    """
    page = running.page
    if running.output:
        page.locator(running.output).first.scroll_into_view_if_needed()
    page.evaluate("output => window.__probe.begin(output)", running.output)
    sent_before = page.evaluate("() => window.__traffic.read()")
    cpu_before_s, began_s = cpu_s(running.pid), time.monotonic()
    (meanwhile or (lambda wait_s: page.wait_for_timeout(wait_s * 1000)))(seconds)
    seen = page.evaluate(
        "() => ({captured: __probe.captured, shown: __probe.shown, endedMs: Date.now()})"
    )
    elapsed_s, used_s = time.monotonic() - began_s, cpu_s(running.pid) - cpu_before_s
    sent = page.evaluate("() => window.__traffic.read()")
    return summarize(seen, sent_before, sent, elapsed_s, used_s)


def summarize(
    seen: dict[str, Any],
    sent_before: dict[str, Any],
    sent: dict[str, Any],
    elapsed_s: float,
    cpu_used_s: float,
) -> Observation:
    """Make an observation of what the probe (`seen`) and the traffic counter (before, after) noted in that time."""
    captured = {int(number): times for number, times in seen["captured"].items()}
    shown = _result(seen["shown"])
    numbers = [entry["number"] for entry in shown]
    times_ms = [entry["atMs"] for entry in shown]
    ages = [age_ms(n, at_ms, captured) for n, at_ms in zip(numbers, times_ms, strict=True)]
    lags_ms = sorted(age for age in ages if age is not None)
    count = max(len(shown), 1)
    pictures = None if sent["pictures"] is None else sent["pictures"] - sent_before["pictures"]
    return Observation(
        fps=len(shown) / elapsed_s,
        worst_second_fps=worst_second(times_ms, seen["endedMs"], elapsed_s),
        p50_ms=quantile(lags_ms, 0.5),
        p95_ms=quantile(lags_ms, 0.95),
        max_ms=quantile(lags_ms, 1),
        backwards=count_backwards(numbers),
        cpu_ms_per_frame=cpu_used_s * 1000 / count,
        bytes_up_per_picture=(sent["bytes"] - sent_before["bytes"]) / max(pictures or count, 1),
        captured_per_shown=None if pictures is None else pictures / count,
        size_px=(shown[-1]["widthPx"], shown[-1]["heightPx"]) if shown else None,
    )


def _result(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the element that showed most: a page can have several that show numbers, such as a still preview."""
    by_element = sorted(shown, key=lambda entry: str(entry["element"]))
    groups = [list(group) for _, group in groupby(by_element, lambda entry: entry["element"])]
    return max(groups, key=len, default=[])


def worst_second(times_ms: list[float], ended_ms: float, elapsed_s: float) -> float:
    """Return how many of the times lie in the emptiest of the whole seconds before the end."""
    seconds = [0] * max(int(elapsed_s), 1)
    for at_ms in times_ms:
        k = int((ended_ms - at_ms) / 1000)
        if 0 <= k < len(seconds):
            seconds[k] += 1
    return float(min(seconds))


def age_ms(number: int, shown_at_ms: float, captured: dict[int, list[float]]) -> float | None:
    """Time since the camera last showed that number; None if it is not known for this round of the clip.

    Parameters
    ----------
    number
        What the result shows.
    shown_at_ms
        When it came on the screen.
    captured
        For each number the times at which the camera showed it, rising.
    """
    offsets = [0, *(offset for steps in range(1, NEAR + 1) for offset in (steps, -steps))]
    for offset in offsets:
        seen_at_ms = captured.get((number - offset) % LOOP, [])
        k = bisect.bisect_right(seen_at_ms, shown_at_ms - offset * FRAME_MS)
        if k:
            lag_ms = shown_at_ms - offset * FRAME_MS - seen_at_ms[k - 1]
            if lag_ms < LONGEST_MS:
                return lag_ms
    return None


def quantile(sorted_values: list[float], q: float) -> float | None:
    """The value below which that share of the values lies; None if there are none."""
    last = len(sorted_values) - 1
    return sorted_values[min(last, int(q * len(sorted_values)))] if sorted_values else None


def count_backwards(numbers: list[int]) -> int:
    """How often a picture came after a newer one."""
    return sum((after - before) % LOOP > LOOP / 2 for before, after in pairwise(numbers))


def cpu_s(pid: int) -> float:
    """Processor time of a process and its children, in seconds."""
    total_s = 0.0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total_s += times.user + times.system
    return total_s
