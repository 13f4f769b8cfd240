"""What the measurements must show; every comparison is between systems of one run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .observe import Observation
from .results import Results

# The screen shows whole frames of 16.7 ms: whoever misses one waits for the next.
SCREEN_MS = 21


@dataclass(frozen=True)
class Check:
    """One target: in words, what was found, the limit in this run, and whether it is met."""

    what: str
    found: float
    limit: float
    is_met: bool
    unit: str = ""

    def __str__(self) -> str:
        sign = "met" if self.is_met else "**not met**"
        return f"| {self.what} | {_number(self.found)}{self.unit} | {_number(self.limit)}{self.unit} | {sign} |"


def check_all(results: Results) -> list[Check]:
    """Return the targets that this run can decide: a system that was left out decides nothing."""
    checks = (_identity30, _identity10, _sleep300, _hd30, _slider, _busy, _detector, _package)
    return [check for part in checks for check in part(results)]


def at_most(what: str, found: float | None, limit: float | None, unit: str = "") -> Iterator[Check]:
    """Yield a check that the number is not above its limit; nothing if either is missing."""
    if found is not None and limit is not None:
        yield Check(what, found, limit, found <= limit, unit)


def at_least(
    what: str, found: float | None, limit: float | None, unit: str = ""
) -> Iterator[Check]:
    """Yield a check that the number is not below its limit; nothing if either is missing."""
    if found is not None and limit is not None:
        yield Check(what, found, limit, found >= limit, unit)


def _identity30(results: Results) -> Iterator[Check]:
    ours = results.get("identity30", "nbstream")
    if ours is None:
        return
    floor, fastrtc, gradio = (
        results.get("identity30", name) for name in ("floor", "fastrtc", "gradio")
    )
    yield from at_least(
        "30 fps: frames per second, at least 0.97 x floor", ours.fps, times(0.97, floor, "fps")
    )
    yield from at_most("30 fps: pictures that came after a newer one", ours.backwards, 0)
    p50_ms = ours.p50_ms
    yield from at_most(
        f"30 fps: p50, at most floor + {SCREEN_MS} ms", p50_ms, _above(floor, SCREEN_MS), " ms"
    )
    yield from at_most(
        "30 fps: p50, at most 0.6 x FastRTC", p50_ms, times(0.6, fastrtc, "p50_ms"), " ms"
    )
    yield from at_most(
        "30 fps: p50, at most 0.35 x Gradio", p50_ms, times(0.35, gradio, "p50_ms"), " ms"
    )
    yield from at_most("30 fps: p95 - p50", spread_ms(ours), 20, " ms")
    yield from at_most(
        "30 fps: CPU of server and kernel per shown frame, at most 0.25 x Gradio",
        ours.cpu_ms_per_frame,
        times(0.25, gradio, "cpu_ms_per_frame"),
        " ms",
    )
    yield from at_most(
        "30 fps: bytes up per picture sent, at most 0.2 x Gradio",
        times(0.001, ours, "bytes_up_per_picture"),
        times(0.0002, gradio, "bytes_up_per_picture"),
        " kB",
    )


def _identity10(results: Results) -> Iterator[Check]:
    floor = results.get("identity10", "floor")
    for system, more_ms in (("nbstream", SCREEN_MS), ("nbstream-stock", 38)):
        ours = results.get("identity10", system)
        if ours is None:
            continue
        where = "stock server" if system == "nbstream-stock" else "extension on"
        yield from at_most(
            f"10 fps: p50, {where}, at most floor + {more_ms} ms",
            ours.p50_ms,
            _above(floor, more_ms),
            " ms",
        )
        yield from at_most(f"10 fps: p95 - p50, {where}", spread_ms(ours), 20, " ms")


def _sleep300(results: Results) -> Iterator[Check]:
    ours = results.get("sleep300", "nbstream")
    if ours is None:
        return
    floor = results.get("identity10", "floor") or results.get("identity30", "floor")
    three_floors_ms = times(3, floor, "p50_ms")
    limit_ms = None if three_floors_ms is None else 300 + three_floors_ms
    what = "function of 300 ms:"
    yield from at_most(f"{what} p50, at most 300 ms + 3 x floor", ours.p50_ms, limit_ms, " ms")
    yield from at_least(f"{what} frames per second", ours.fps, 3.1)
    yield from at_most(f"{what} captured per shown frame", ours.captured_per_shown, 1.2)


def _hd30(results: Results) -> Iterator[Check]:
    ours, floor = results.get("hd30", "nbstream"), results.get("hd30", "floor")
    if ours is None:
        return
    yield from at_least(
        "1280x720: frames per second, at least 0.95 x floor", ours.fps, times(0.95, floor, "fps")
    )
    yield from at_most(
        "1280x720: p50, at most floor + 35 ms", ours.p50_ms, _above(floor, 35), " ms"
    )
    if ours.size_px is not None:
        yield from at_least("1280x720: width of the result", ours.size_px[0], 1280, " px")


def _slider(results: Results) -> Iterator[Check]:
    rest, dragged = results.get("slider", "at rest"), results.get("slider", "dragged")
    if dragged is None:
        return
    late = results.facts.get("slider_late")
    yield from at_most("slider dragged: calls that got an older value", late, 0)
    yield from at_least(
        "slider dragged: frames per second, at least 0.97 x at rest",
        dragged.fps,
        times(0.97, rest, "fps"),
    )


def _busy(results: Results) -> Iterator[Check]:
    found = results.get("busy", "default")
    if found is not None:
        what = "cell runs `while True: pass`: frames in the worst second"
        yield from at_least(what, found.worst_second_fps, 15)


def _detector(results: Results) -> Iterator[Check]:
    for name, mark_count in (("a mask and a box", 1), ("a mask and 298 boxes", 298)):
        found = results.get("detector", name)
        if found is not None:
            what = f"detector of 200 ms, {name}:"
            yield from at_least(f"{what} frames per second of the preview", found.fps, 28)
            rate = results.facts.get(f"detector_rate_{mark_count}")
            yield from at_least(f"{what} how often boxes come per second", rate, 4)


def _package(results: Results) -> Iterator[Check]:
    facts = results.facts
    parts_ms = facts.get("import_parts_ms")
    yield from at_most(
        "import, at most 1.1 x anywidget and numpy",
        facts.get("import_ms"),
        None if parts_ms is None else 1.1 * parts_ms,
        " ms",
    )
    what = "import: how many of cv2, PIL, matplotlib come along"
    yield from at_most(what, facts.get("import_heavy"), 0)
    for name, words, limit_kb in (
        ("bundle_bytes", "bundle (code and style), minified", 90),
        ("bundle_gzip_bytes", "bundle (code and style), gzipped", 30),
    ):
        if name in facts:
            yield from at_most(words, facts[name] / 1000, limit_kb, " kB")


def times(factor: float, found: Observation | None, name: str) -> float | None:
    """Return a multiple of one number of an observation; None if it is not there."""
    value: float | None = None if found is None else getattr(found, name)
    return None if value is None else factor * value


def spread_ms(found: Observation) -> float | None:
    """Return p95 - p50."""
    if found.p95_ms is None or found.p50_ms is None:
        return None
    return found.p95_ms - found.p50_ms


def _above(found: Observation | None, more_ms: float) -> float | None:
    p50_ms = times(1, found, "p50_ms")
    return None if p50_ms is None else p50_ms + more_ms


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"
