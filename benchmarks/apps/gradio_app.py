"""Gradio's camera stream as its documentation writes it.  usage: gradio_app.py PORT ASKED_FPS SLEEP_S"""

from __future__ import annotations

import sys
import time
from typing import Any

import gradio

PORT, ASKED_FPS, SLEEP_S = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])


def identity(frame: Any) -> Any:
    """Return the picture, after the pause that was asked for."""
    if SLEEP_S:
        time.sleep(SLEEP_S)
    return frame


with gradio.Blocks() as demo:
    camera = gradio.Image(sources="webcam", type="numpy")
    result = gradio.Image(streaming=True)
    camera.stream(
        identity, camera, result, time_limit=120, stream_every=1 / ASKED_FPS, concurrency_limit=30
    )
demo.launch(server_name="127.0.0.1", server_port=PORT, quiet=True)
