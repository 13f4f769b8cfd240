"""A widget's first messages wait behind a cell, since their subshell is still being made, and later ones do not."""

from __future__ import annotations

from .real_kernel import PlayedPage
from .stream_page import CAMERA, StreamPage
from .test_wiring import BIND, SETUP, running_cell

OFF = {**CAMERA, "state": "off", "label": None, "width_px": None, "height_px": None}


def test_what_a_page_said_before_its_camera_was_on_does_not_end_the_stream_as_the_cell_ends(
    page: PlayedPage,
):
    page.execute(SETUP)
    page.execute(BIND + "\nwebcam.start()")
    early = StreamPage(page, with_subshell=False)
    later = StreamPage(page)
    with running_cell(page, "time.sleep(2)"):
        early.send("hello", views=0, report_index=1)
        for index, views in ((2, 1), (3, 1), (4, 0)):
            early.send("beat", run=1, views=views, sent_through=0, camera=OFF, report_index=index)
        later.send("beat", run=1, views=1, sent_through=0, camera=OFF, report_index=5)
        page.wait_for(lambda: later.state.get("owner") == "played")
        later.send("camera", run=1, camera=CAMERA, report_index=6)
        page.wait_for(lambda: later.state["status"] == "live")
    # Behind what waited for the cell.
    early.send("hello", views=0, report_index=7)
    page.evaluate("1")
    later.send("hello", to=later.view, views=1)
    later.wait_for_result(later.send_frame())
    assert page.evaluate("binding.status") == "live"
