"""Where a stream's function is called in a Python without threads, such as a browser's: on the host's event loop."""

from __future__ import annotations

import contextvars

from ...calls.call_thread import CallThread, Job
from ...kernel.host import can_start_threads


class CallLoop(CallThread):
    """Runs jobs on the event loop of its host, between the messages: in the one thread that there is."""

    def run(self, job: Job) -> None:
        """Have `job` run soon; it must not wait for anything."""
        from asyncio import get_running_loop  # those that have threads need not import it

        get_running_loop().call_soon(job, context=self._context.copy())

    def is_mine(self) -> bool:
        """Never: whoever asks is in no job, since jobs wait for nothing."""
        return False


def call_thread(name: str, context: contextvars.Context) -> CallThread:
    """Make the place for a stream's calls: a thread where there can be one."""
    return CallThread(name, context) if can_start_threads() else CallLoop(name, context)
