"""The truth about the synthetic scene is the same for tests in Python as for those in TypeScript."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from .scene_truth import MARKER, QR_CODE, corners_of

STATED = json.loads((Path(__file__).parent / "scene_corners.json").read_text())


@pytest.mark.parametrize("one", STATED, ids=lambda one: str(one["frame_number"]))
def test_the_corners_are_those_that_the_scene_states(one):
    where = one["frame_number"], one["width_px"], one["height_px"]
    np.testing.assert_allclose(corners_of(MARKER, *where), one["marker"], atol=1e-3)
    np.testing.assert_allclose(corners_of(QR_CODE, *where), one["qr_code"], atol=1e-3)
