"""An in-memory comm in place of the kernel's: records what widgets send, and delivers what a test plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import comm
import comm.base_comm
import ipywidgets

from nbstream.kernel.clock import set_clock

from .fake_clock import FakeClock
from .waiting import happened


class MockComm(comm.base_comm.BaseComm):
    """A comm without a kernel. `sent`: (type, data, buffers) of each message, oldest first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sent: list[tuple[str, dict[str, Any], list[bytes]]] = []
        super().__init__(*args, **kwargs)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any
    ) -> None:
        with happened:
            self.sent.append((msg_type, data or {}, [bytes(one) for one in buffers or []]))
            happened.notify_all()

    def custom_messages(self) -> list[tuple[dict[str, Any], list[bytes]]]:
        """(content, buffers) of the custom messages that the kernel has sent."""
        return [
            (data["content"], buffers)
            for kind, data, buffers in list(self.sent)
            if kind == "comm_msg" and data.get("method") == "custom"
        ]

    def deliver(self, content: Any, buffers: Sequence[bytes] = ()) -> None:
        """Play the page: a custom message."""
        data = {"method": "custom", "content": content}
        self._handle(data, buffers)

    def deliver_update(self, **state: Any) -> None:
        """Play the page: set traits."""
        self._handle({"method": "update", "state": state, "buffer_paths": []}, ())

    def _handle(self, data: dict[str, Any], buffers: Sequence[bytes]) -> None:
        message: Any = {"content": {"data": data}, "buffers": [memoryview(one) for one in buffers]}
        self.handle_msg(message)


class MockKernel:
    """What `mock_kernel` gives: the clock of all widgets that are made inside it."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock


@contextmanager
def mock_kernel(clock: FakeClock | None = None) -> Iterator[MockKernel]:
    """Let widgets that are made inside talk to mocked comms and live by a fake clock; close them all at the end.

    A fixture of yours is two lines::

        @pytest.fixture
        def kernel():
            with nbstream.testing.mock_kernel() as kernel:
                yield kernel
    """
    kernel = MockKernel(clock or FakeClock())
    before = set_clock(kernel.clock)
    try:
        with mock.patch.object(comm, "create_comm", MockComm):
            yield kernel
    finally:
        set_clock(before)
        ipywidgets.Widget.close_all()
