"""What the real supervision returns is drawn as the same plain tuples are.

It is installed into an environment of its own, as the peers of the benchmarks are.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.environments import ENVIRONMENT, python_of

pytestmark = [pytest.mark.wheel, pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def drawn() -> dict[str, Any]:
    command = [str(python_of("supervision")), "-m", "tests.detector_peer"]
    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT)}
    made = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    found: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("what", ["boxes", "tracked boxes", "turned boxes", "nothing"])
def test_a_result_is_drawn_as_the_same_in_plain_words(drawn, what):
    real, plain = drawn[what]
    assert real == plain


def test_masks_cover_what_the_same_mask_covers_and_have_their_box(drawn):
    (shown, tint), (plain, plain_tint) = drawn["masks"]
    assert [share > 0 for share in tint] == [share > 0 for share in plain_tint]
    assert [one for one in shown if one[0] == "box"] == [one for one in plain if one[0] == "box"]


def test_a_body_has_the_same_points(drawn):
    (((kind, points, _),), _), (((plain_kind, plain_points, _),), _) = drawn["bodies"]
    assert (kind, points) == (plain_kind, plain_points)
