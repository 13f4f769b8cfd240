"""Test your streams without a browser: a mocked comm, a page that you play, and a clock that you move.

::

    from nbstream import testing

    def test_my_filter():
        with testing.mock_kernel() as kernel:
            webcam, view = nbs.Webcam(), nbs.ImageView()
            stream = webcam.stream(my_filter, outputs=view, time_limit=30, on_limit="stop")
            page = testing.FakePage(kernel, webcam, view)
            page.start()
            page.send_frame(np.zeros((48, 64, 3), np.uint8))
            assert page.wait_for_result(view).shape == (48, 64, 3)
            page.pass_time(30)
            testing.wait_for(lambda: stream.status == "idle")
"""

from .fake_clock import FakeClock
from .fake_microphone import FakeMicrophone
from .fake_page import FakePage
from .fake_speaker import FakeSpeaker
from .fake_webcam import FakeWebcam
from .keeping_up import assert_keeps_up
from .mock_comm import MockComm, MockKernel, mock_kernel
from .pictures import coloured, number_of, numbered, pictures_of
from .stream_run import CallTiming, StreamRun, run_stream
from .waiting import wait_for

__all__ = [
    "CallTiming",
    "FakeClock",
    "FakeMicrophone",
    "FakePage",
    "FakeSpeaker",
    "FakeWebcam",
    "MockComm",
    "MockKernel",
    "StreamRun",
    "assert_keeps_up",
    "coloured",
    "mock_kernel",
    "number_of",
    "numbered",
    "pictures_of",
    "run_stream",
    "wait_for",
]
