"""What the benchmark of recordings makes of what it saw."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.recording import KINDS, table

from .test_benchmarks import GOOD


def test_what_a_recording_costs_is_told_beside_the_stream_without():
    found = {kind: [replace(GOOD, fps=28.6), replace(GOOD, fps=28.8)] for kind in KINDS}
    found["nothing"] = [replace(GOOD, fps=29.0), replace(GOOD, fps=30.0)]
    found["all for a replay"] = [replace(GOOD, fps=28.0)]
    lines = table(found).splitlines()
    assert lines[2] == "| nothing | 29.5 |  | 30.0 | 8.0 | met |"
    assert "| a film of what is shown (mp4) | 28.7 | 0.8 | 30.0 | 8.0 | met |" in lines
    assert "| all for a replay | 28.0 | 1.5 | 30.0 | 8.0 | **missed** |" in lines
