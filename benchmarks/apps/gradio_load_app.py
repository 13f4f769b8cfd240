"""Gradio's camera stream for many users; hands each picture's number back.  usage: gradio_load_app.py PORT EVERY_S"""

from __future__ import annotations

import sys
from typing import Any

import gradio

PORT, EVERY_S = int(sys.argv[1]), float(sys.argv[2])


def identity(frame: Any, number: float) -> Any:
    """Return what came."""
    return frame, number


with gradio.Blocks() as demo:
    camera = gradio.Image(sources="webcam", type="numpy")
    result = gradio.Image(streaming=True)
    count = gradio.Number(visible="hidden")
    camera.stream(
        identity,
        [camera, count],
        [result, count],
        time_limit=600,
        stream_every=EVERY_S,
        concurrency_limit=None,
    )
demo.launch(server_name="127.0.0.1", server_port=PORT, quiet=True)
