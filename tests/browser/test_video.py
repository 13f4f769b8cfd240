"""Pictures as video, both ways: made by a real browser and decoded by the kernel, made by the kernel and shown."""

from __future__ import annotations

from itertools import pairwise

import pytest

from .live_stream import Source

pytestmark = pytest.mark.kept_page

CLIP_LENGTH = 300
# A JPEG of the clip has more than 20 000.
MOST_BYTES = 9000
CELLS = [
    """
import ipywidgets, nbstream as nbs
from nbstream.pictures.codecs import decode_image

webcam, view = nbs.Webcam(codec="video"), nbs.ImageView(codec="video")
binding = webcam.stream(lambda frame: frame, outputs=view, stream_every=0.05)
""",
    "ipywidgets.HBox([webcam, view])",
]


def test_video_shows_the_cameras_numbers_with_few_bytes_and_survives_what_is_lost(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.watch(".nbstream-display")
    Source(notebook).go_live()
    shown = notebook.wait_for_shown(30)
    steps = [(after.number - before.number) % CLIP_LENGTH for before, after in pairwise(shown)]
    assert all(0 < step < CLIP_LENGTH / 2 for step in steps), shown
    notebook.wait_for_value("binding.stats['gauges'].get('video')", 1)
    notebook.wait_for_value("binding.stats['counts'].get('video_results', 0) > 0", True)
    before = notebook.evaluate("binding.stats['counts']")
    notebook.wait_for_value(f"binding.stats['counts']['results'] > {before['results'] + 20}", True)
    counts = notebook.evaluate("binding.stats['counts']")
    more = {name: count - before.get(name, 0) for name, count in counts.items()}
    assert more["bytes_up"] / more["frames"] < MOST_BYTES, more
    assert more["bytes_down"] / more["results"] < MOST_BYTES, more
    assert more["video_results"] > more["results"] / 2, more
    assert notebook.evaluate("webcam.snapshot().shape") == [480, 640, 3]

    # The kernel loses the thread: it asks for a key frame, and the stream goes on with that.
    notebook.execute("webcam._session._arrivals._video._decoded = -1")
    notebook.watch(".nbstream-display")
    notebook.wait_for_shown(10)
    assert notebook.evaluate("webcam._session._credits.key_after") is None
    assert notebook.evaluate("binding.stats['counts'].get('mended', 0)") == 0

    # So does the page, of which a result was lost.
    keys_before = notebook.evaluate("view._coder.key_seq")
    notebook.execute("view._coder._last_seq += 1000")
    notebook.wait_for_value(f"view._coder.key_seq > {keys_before}", True)
    notebook.watch(".nbstream-display")
    notebook.wait_for_shown(10)

    notebook.execute("webcam.resolution = (320, 240)")
    notebook.page.wait_for_function(
        "() => window.__probe.shown.at(-1)?.widthPx === 320", timeout=30_000
    )
    assert notebook.evaluate("binding.stats['gauges']['video']") == 1

    # What is done to the picture in mid-stream goes on as video; of odd sides it is VP8, for H.264 has none.
    for change in ("mirror = 'pixels'", "crop = (0.25, 0.25, 0.5, 0.5)", "resolution = (161, 121)"):
        notebook.execute(f"webcam.{change}")
        frames = notebook.evaluate("binding.stats['counts']['frames']")
        notebook.wait_for_value(f"binding.stats['counts']['frames'] > {frames + 15}", True)
        assert notebook.evaluate("binding.stats['gauges'].get('video')") == 1, change
    width_px, height_px = notebook.evaluate("webcam.snapshot().shape[1::-1]")
    assert width_px % 2 or height_px % 2, (width_px, height_px)
    assert notebook.evaluate("webcam._session._arrivals._video._codec") == "vp8"
    notebook.execute("webcam.mirror, webcam.crop, webcam.resolution = 'preview', None, (640, 480)")

    notebook.execute("webcam.codec = 'jpeg'")
    notebook.wait_for_value("binding.stats['gauges'].get('video')", None)
    notebook.execute("view.codec = 'jpeg'")
    notebook.watch(".nbstream-display")
    notebook.wait_for_shown(5)
