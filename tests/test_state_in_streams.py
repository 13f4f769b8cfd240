"""A state goes from call to call of a stream."""

from __future__ import annotations

import nbstream as nbs
from nbstream.testing import FakePage, wait_for


def count_up(frame, count):
    return frame, count + 1


def test_a_state_goes_from_call_to_call_and_survives_stop(kernel):
    webcam, view, count = nbs.Webcam(), nbs.ImageView(), nbs.State(0)
    webcam.stream(count_up, inputs=[webcam, count], outputs=[view, count])
    page = FakePage(kernel, webcam, view)
    for calls in (1, 2):
        page.start()
        page.wait_for_status("live")
        page.send_frame()
        wait_for(lambda: count.value == calls)  # noqa: B023 - waited for at once
        page.stop()
    count.reset()
    assert count.value == 0


def test_a_state_is_not_rolled_back_by_an_error(kernel):
    seen = nbs.State([])

    def fails(frame, seen):
        seen.append(1)
        raise ValueError("a fault")

    webcam = nbs.Webcam()
    binding = webcam.stream(fails, inputs=[webcam, seen], outputs=None)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: binding.error)
    assert seen.value == [1]
