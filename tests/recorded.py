"""Recordings for tests, made by a stream."""

from __future__ import annotations

import ipywidgets
import numpy as np

import nbstream as nbs
from nbstream.testing import FakePage


def mix(frame, level):
    return frame // 2 + np.uint8(level)


def record_mix(kernel, path, levels=(10, 20, 30), fn=mix, **options):
    """A recording of one call per level, each with its own value of a slider; gives what was shown."""
    webcam, view, slider = nbs.Webcam(), nbs.ImageView(), ipywidgets.IntSlider(max=255)
    results = []

    def keep(frame, level):
        result = fn(frame, level)
        results.append(result)
        return result

    binding = webcam.stream(keep, inputs=[webcam, slider], outputs=view)
    page = FakePage(kernel, webcam, view)
    with binding.record(path, **options) as recorder:
        page.start()
        page.wait_for_status("live")
        for count, level in enumerate(levels, 1):
            slider.value = level
            page.send_frame(noise(level))
            page.wait_for_result(view, count)
        binding.stop()
    return results, recorder


def noise(seed):
    return np.random.default_rng(seed).integers(0, 255, (48, 64, 3), np.uint8)


def equal(first, second):
    return len(first) == len(second) and all(map(np.array_equal, first, second))
