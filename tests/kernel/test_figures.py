"""Figures of pyplot in a real kernel with `%matplotlib inline`: those of a stream and those of a cell."""

from __future__ import annotations

from .real_kernel import PlayedPage
from .stream_page import StreamPage

SETUP = """
%matplotlib inline
import warnings, time
import matplotlib.pyplot as plt
import nbstream as nbs

warnings.filterwarnings("error", "More than")
webcam, view = nbs.Webcam(), nbs.ImageView()
calls = 0

def plot(frame):
    global calls
    plt.figure(figsize=(1, 1))
    figure, axes = plt.subplots(figsize=(1, 1))
    axes.plot([1, 2, 3])
    calls += 1
    return figure

binding = webcam.stream(plot, outputs=view, stream_every=0)
"""
OWN = """
begun = calls
mine = plt.figure()
while calls < begun + 2:
    time.sleep(0.01)
assert plt.gcf() is mine
plt.plot([1, 2])
"""


def test_no_cell_shows_a_streams_figures_and_a_cell_shows_its_own(page: PlayedPage):
    page.execute(SETUP, timeout_s=60)
    stream = StreamPage(page)
    stream.start()
    for _ in range(6):
        stream.wait_for_result(stream.send_frame())
    assert page.evaluate("str(binding.error)") == "None"
    other = page.execute("x = 1 + 1")
    assert page.published("display_data", other) == []
    own = page.execute(OWN, wait=False)
    while not page.is_idle_after(own):
        stream.wait_for_result(stream.send_frame())
    assert page.published("error", own) == []
    assert len(page.published("display_data", own)) == 1
    assert page.evaluate("str(binding.error)") == "None"
