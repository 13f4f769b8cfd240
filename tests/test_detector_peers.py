"""What the real supervision and the real MediaPipe return is drawn as the same in plain words is.

Each is installed into an environment of its own, as the peers of the benchmarks are. Of ultralytics, which needs half
a gigabyte, `test_detected.py` has objects with the same attributes.
"""

from __future__ import annotations

import functools
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.environments import ENVIRONMENT, python_of

pytestmark = [pytest.mark.wheel, pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[1]
SAME = {
    "supervision": ["boxes", "tracked boxes", "turned boxes", "nothing"],
    "mediapipe": [
        "boxes", "two hands", "a gesture", "a hand alone", "a person", "a face", "all of a person", "nobody"
    ],
}  # fmt: skip


@functools.cache
def drawn(peer: str) -> dict[str, Any]:
    """By what it is: what is drawn of a result, and of the same in plain words."""
    command = [str(python_of(peer)), "-m", f"tests.detector_peers.of_{peer}"]
    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT)}
    made = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    found: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(("peer", "what"), [(peer, one) for peer in SAME for one in SAME[peer]])
def test_a_result_is_drawn_as_the_same_in_plain_words(peer, what):
    real, plain = drawn(peer)[what]
    assert real == plain
    assert bool(real[0]) == (what not in ("nothing", "nobody"))


def test_masks_cover_what_the_same_mask_covers_and_have_their_box():
    (shown, tint), (plain, plain_tint) = drawn("supervision")["masks"]
    assert [share > 0 for share in tint] == [share > 0 for share in plain_tint]
    assert [one for one in shown if one[0] == "box"] == [one for one in plain if one[0] == "box"]


def test_a_body_has_the_same_points():
    (((kind, points, _),), _), (((plain_kind, plain_points, _),), _) = drawn("supervision")[
        "bodies"
    ]
    assert (kind, points) == (plain_kind, plain_points)
