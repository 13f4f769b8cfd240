"""record: a camera of this machine, or what a function makes of it, as a film."""

from __future__ import annotations

import argparse
import time

from ..kernel.clock import current_clock
from ..recordings.film.film_recorder import Recorder
from ..widgets.fed.kernel_camera import KernelCamera
from ..widgets.image_view import ImageView
from .named import function_named

LOOK_EVERY_S = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked."""
    parser.add_argument("film", help="the file: .mp4, .webm or .gif; it must not be there yet")
    parser.add_argument(
        "function", nargs="?", help="module:function whose results are recorded; left out: pictures"
    )
    parser.add_argument("--camera", default="0", help="number, path or address (default: 0)")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long (default: 10)")


def run(options: argparse.Namespace) -> int:
    """Record; 1 where the camera failed."""
    device = int(options.camera) if options.camera.isdigit() else options.camera
    function = None if options.function is None else function_named(options.function)
    camera, view = KernelCamera(device), ImageView()
    try:
        with Recorder(camera if function is None else view, options.film) as recorder:
            binding = camera.stream(function or (lambda _picture: None), outputs=view)
            binding.start()
            end_s = current_clock().now_s() + options.seconds
            while current_clock().now_s() < end_s and binding.status in (
                "asking",
                "waiting",
                "live",
            ):
                time.sleep(LOOK_EVERY_S)
            why = binding.error
            binding.close()
    finally:
        camera.close()
        view.close()
    print(f"{options.film}: {recorder.picture_count} pictures")
    if why is not None:
        print(why)
    return 0 if why is None else 1
