"""A long stream: does memory grow, does the latency drift?

usage: python -m benchmarks.soak [SECONDS] [--codec video]

1800 s of JPEG unless said; from 600 s on it writes its part of docs/performance.md.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import CDPSession, sync_playwright

from tests.browser.clip import write_clip

from .observe import Running, observe
from .report import PAGE, insert
from .systems import Job, nbstream_cells, notebook

SAMPLES = 30
# Caches fill and pools grow at first: what comes before is no slope.
SETTLED_AFTER = 0.2
SHORTEST_WRITTEN_S = 600
# Where on the page what is found has its place.
MARKERS = {"jpeg": "soak", "video": "soak-video"}
# A change per hour that nobody would notice in a day's work, as a share of the whole.
NEGLIGIBLE = 0.02
MEGABYTE = 1e6
# jupyter_client keeps the signatures of so many messages, 65 536 unless set: half an hour and 16 MB to fill,
# in kernel and server each, and would hide what else grows.
DIGESTS = 1024
FEW_DIGESTS_IN_KERNEL = f"get_ipython().kernel.session.digest_history_size = {DIGESTS}"
FEW_DIGESTS_IN_SERVER = f"--Session.digest_history_size={DIGESTS}"


@dataclass(frozen=True)
class Sample:
    """One look, `at_s` seconds after the stream began: megabytes, and what was seen since the look before."""

    at_s: float
    kernel_mb: float
    server_mb: float
    page_mb: float
    page_process_mb: float
    p50_ms: float
    fps: float


@dataclass(frozen=True)
class Slope:
    """A straight line through the samples: change per hour, and how far off it may be (95 %)."""

    per_hour: float
    margin: float
    mean: float

    @property
    def is_flat(self) -> bool:
        """Whether no change at all fits as well, or the change is negligible."""
        return abs(self.per_hour) <= max(self.margin, NEGLIGIBLE * abs(self.mean))


def slope(times_s: list[float], values: list[float]) -> Slope:
    """Fit a line by least squares; three points at least."""
    mean_s, mean = statistics.fmean(times_s), statistics.fmean(values)
    spread = sum((at_s - mean_s) ** 2 for at_s in times_s)
    pairs = list(zip(times_s, values, strict=True))
    per_s = sum((at_s - mean_s) * (value - mean) for at_s, value in pairs) / spread
    misses = sum((value - mean - per_s * (at_s - mean_s)) ** 2 for at_s, value in pairs)
    error = math.sqrt(misses / (len(pairs) - 2) / spread)
    return Slope(per_s * 3600, 2 * error * 3600, mean)


def watch(seconds: float, codec: str) -> list[Sample]:
    """Stream for that long, both ways with that codec, and take samples."""
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = write_clip(Path(folder) / "clip.y4m")
        job = Job(clip, camera=f"codec={codec!r}", view=f"codec={codec!r}")
        cells = [FEW_DIGESTS_IN_KERNEL, *nbstream_cells(job)]
        options = [FEW_DIGESTS_IN_SERVER]
        with notebook(playwright, clip, cells, server_options=options) as (book, running):
            server = psutil.Process(running.pid)
            kernel = psutil.Process(book.evaluate("__import__('os').getpid()"))
            devtools = running.page.context.new_cdp_session(running.page)
            running.page.wait_for_timeout(5000)
            for number in range(1, SAMPLES + 1):
                at_s = number * seconds / SAMPLES
                samples.append(_look(at_s, seconds / SAMPLES, running, devtools, kernel, server))
                print(samples[-1], flush=True)
    return samples


def _look(
    at_s: float,
    seconds: float,
    running: Running,
    devtools: CDPSession,
    kernel: psutil.Process,
    server: psutil.Process,
) -> Sample:
    seen = observe(running, seconds)
    # The probe's own notes are no memory of the stream's.
    running.page.evaluate("() => { __probe.captured = {}; __probe.begin(__probe.output); }")
    devtools.send("HeapProfiler.collectGarbage")
    used_bytes = devtools.send("Runtime.getHeapUsage")["usedSize"]
    return Sample(
        at_s,
        kernel.memory_info().rss / MEGABYTE,
        server.memory_info().rss / MEGABYTE,
        used_bytes / MEGABYTE,
        _largest_page_process_bytes(running) / MEGABYTE,
        seen.p50_ms or math.nan,
        seen.fps,
    )


def _largest_page_process_bytes(running: Running) -> int:
    """Memory of the page's process that it shares with no other, pictures and messages outside of the heap included."""
    browser = running.page.context.browser
    assert browser is not None
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    memory = [psutil.Process(p["id"]).memory_info() for p in processes if p["type"] == "renderer"]
    largest: int = max(one.rss - one.shared for one in memory)
    return largest


def table(samples: list[Sample]) -> str:
    """Return what became of each number, as Markdown."""
    settled = samples[int(len(samples) * SETTLED_AFTER) :]
    times_s = [sample.at_s for sample in settled]
    lines = [
        f"{samples[-1].at_s / 60:.0f} minutes, {len(samples)} looks; slopes from minute {times_s[0] / 60:.0f} on.",
        "",
        "| | first look | last look | change per hour | |",
        "|---|---|---|---|---|",
    ]
    for name, words in (
        ("kernel_mb", "kernel, MB"),
        ("server_mb", "server, MB"),
        ("page_mb", "page after garbage collection, MB"),
        ("page_process_mb", "page's process, MB"),
        ("p50_ms", "p50, ms"),
        ("fps", "frames per second"),
    ):
        values = [getattr(sample, name) for sample in settled]
        line = slope(times_s, values)
        told = f"{line.per_hour:+.1f} ± {line.margin:.1f}"
        verdict = "no slope" if line.is_flat else "**slope**"
        first, last = getattr(samples[0], name), values[-1]
        lines.append(f"| {words} | {first:.1f} | {last:.1f} | {told} | {verdict} |")
    return "\n".join(lines)


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=1800)
    parser.add_argument("--codec", choices=list(MARKERS), default="jpeg")
    arguments = parser.parse_args()
    found = table(watch(arguments.seconds, arguments.codec))
    print(f"\n{found}")
    if arguments.seconds >= SHORTEST_WRITTEN_S:
        text = insert(PAGE.read_text("utf-8"), MARKERS[arguments.codec], found)
        PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
