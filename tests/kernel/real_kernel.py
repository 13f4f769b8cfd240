"""A real IPython kernel, and pages that a test plays: raw messages out, every iopub message collected.

Each `PlayedPage` has connections and a session id of its own, as each browser page has. Sending happens in the test's
thread; one reader thread per page collects what the kernel publishes, until `close()` ends it.
"""

from __future__ import annotations

import ast
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import zmq
from jupyter_client.connect import write_connection_file
from jupyter_client.session import Session

Found = TypeVar("Found")
Message = dict[str, Any]


class RealKernel:
    """A kernel process with folders of its own in `home`."""

    def __init__(self, home: Path) -> None:
        self._pages: list[PlayedPage] = []
        path, connection = write_connection_file(
            str(home / "kernel.json"), key=secrets.token_hex(16).encode()
        )
        self._connection: dict[str, Any] = dict(connection)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", path],
            env={**os.environ, "IPYTHONDIR": str(home / "ipython")},
            cwd=home,
            stdin=subprocess.DEVNULL,
        )

    def new_page(self) -> PlayedPage:
        """Connect one more page and wait until the kernel answers it."""
        page = PlayedPage(self._connection)
        self._pages.append(page)
        page.wait_until_connected()
        return page

    def interrupt(self) -> None:
        """Interrupt the main thread, as the square button does."""
        self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Kill the kernel's process, as the machine does that has no memory left."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the pages and the kernel."""
        for page in self._pages:
            page.close()
        self._process.kill()
        self._process.wait()


class PlayedPage:
    """The browser's side of one page. `messages` are all iopub messages so far, oldest first."""

    def __init__(self, connection: dict[str, Any]) -> None:
        self._session = Session(key=connection["key"].encode())
        self._zmq = zmq.Context()
        self._shell = self._connect(zmq.DEALER, connection, "shell_port")
        self._control = self._connect(zmq.DEALER, connection, "control_port")
        self._iopub = self._connect(zmq.SUB, connection, "iopub_port")
        self._iopub.subscribe(b"")
        self.messages: list[Message] = []
        self._arrived = threading.Condition()  # guards `messages`
        self._ended = threading.Event()
        self._reader = threading.Thread(target=self._read, name="played page", daemon=True)
        self._reader.start()

    def wait_until_connected(self, timeout_s: float = 60) -> None:
        """Wait until the kernel's answers are heard: a subscription takes a moment, and says nothing when it holds."""
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            self._send("kernel_info_request", {})
            with self._arrived:
                if self._arrived.wait_for(lambda: self.messages, 0.1):
                    return
        raise AssertionError(f"the kernel did not answer within {timeout_s} s")

    # --- code ---------------------------------------------------------------------------------------------------------

    def execute(self, code: str, wait: bool = True, timeout_s: float = 20) -> str:
        """Run a cell; return its message id. Waits for its end and raises what it raised, unless ``wait=False``."""
        request = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        msg_id = self._send("execute_request", request)
        if wait:
            self.wait_for_end(msg_id, timeout_s)
        return msg_id

    def wait_for_end(self, msg_id: str, timeout_s: float = 20) -> None:
        """Wait until the kernel is idle after that message; raise AssertionError with the cell's traceback."""
        self.wait_for(lambda: self.is_idle_after(msg_id), timeout_s)
        for error in self.published("error", msg_id):
            raise AssertionError("\n".join(error["content"]["traceback"]))

    def is_idle_after(self, msg_id: str) -> bool:
        """Whether the kernel has said that it is done with that message."""
        return any(
            status["content"]["execution_state"] == "idle"
            for status in self.published("status", msg_id)
        )

    def evaluate(self, expression: str) -> Any:
        """Return the value of a Python expression in the kernel, through JSON."""
        msg_id = self.execute(f"__import__('json').dumps({expression})")
        (result,) = self.published("execute_result", msg_id)
        return json.loads(ast.literal_eval(result["content"]["data"]["text/plain"]))

    def printed(self, msg_id: str) -> str:
        """Return what was printed to that cell's output."""
        return "".join(part["content"]["text"] for part in self.published("stream", msg_id))

    # --- messages -----------------------------------------------------------------------------------------------------

    def published(self, msg_type: str, parent_id: str | None = None) -> list[Message]:
        """Return the iopub messages of a type so far; only those with that parent, if given."""
        with self._arrived:
            return [
                message
                for message in self.messages
                if message["msg_type"] == msg_type
                and parent_id in (None, message["parent_header"].get("msg_id"))
            ]

    def custom_messages(self, comm_id: str) -> list[tuple[Any, list[bytes]]]:
        """Return the custom messages that the kernel sent on a widget's comm: (content, buffers)."""
        return [
            (message["content"]["data"]["content"], [bytes(part) for part in message["buffers"]])
            for message in self.published("comm_msg")
            if message["content"]["comm_id"] == comm_id
            and message["content"]["data"]["method"] == "custom"
        ]

    def updates(self, comm_id: str) -> list[dict[str, Any]]:
        """Return the trait states that the kernel sent on a widget's comm, echoes of ours left out."""
        return [
            message["content"]["data"]["state"]
            for message in self.published("comm_msg")
            if message["content"]["comm_id"] == comm_id
            and message["content"]["data"]["method"] == "update"
        ]

    def open_state(self, comm_id: str) -> dict[str, Any]:
        """Return the trait state with which the kernel opened a widget's comm."""
        (opened,) = (
            message["content"]["data"]["state"]
            for message in self.published("comm_open")
            if message["content"]["comm_id"] == comm_id
        )
        state: dict[str, Any] = opened
        return state

    def wait_for(self, condition: Callable[[], Found], timeout_s: float = 20) -> Found:
        """Wait until `condition()` is true, looked at after each iopub message; return what it returned."""
        with self._arrived:
            if self._arrived.wait_for(condition, timeout_s):
                return condition()
        kinds = [message["msg_type"] for message in self.messages[-20:]]
        raise AssertionError(f"not so after {timeout_s} s; the last messages were {kinds}")

    # --- the page speaks ----------------------------------------------------------------------------------------------

    def create_subshell(self) -> str:
        """Make a subshell, as JupyterLab does for each comm target; return its id."""
        request = self._session.msg("create_subshell_request")
        self._session.send(self._control, request)
        while self._control.poll(20_000):
            _, reply = self._session.recv(self._control)
            assert reply is not None  # None is for a socket that has nothing
            if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                subshell: str = reply["content"]["subshell_id"]
                return subshell
        raise AssertionError("the kernel made no subshell within 20 s")

    def send_custom(
        self,
        comm_id: str,
        content: Any,
        buffers: Iterable[bytes] = (),
        subshell: str | None = None,
    ) -> str:
        """Send a custom message to a widget; return its message id."""
        data = {"method": "custom", "content": content}
        return self._send("comm_msg", {"comm_id": comm_id, "data": data}, buffers, subshell)

    def send_update(self, comm_id: str, subshell: str | None = None, **state: Any) -> str:
        """Set traits of a widget from the page; return the message's id."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        return self._send("comm_msg", {"comm_id": comm_id, "data": data}, (), subshell)

    def close(self) -> None:
        """End the reader and the connections."""
        self._ended.set()
        self._reader.join()
        self._zmq.destroy(linger=0)

    # ------------------------------------------------------------------------------------------------------------------

    def _connect(self, kind: int, connection: dict[str, Any], port: str) -> zmq.Socket[bytes]:
        socket: zmq.Socket[bytes] = self._zmq.socket(kind)
        socket.connect(f"tcp://{connection['ip']}:{connection[port]}")
        return socket

    def _send(
        self,
        msg_type: str,
        content: Message,
        buffers: Iterable[bytes] = (),
        subshell: str | None = None,
    ) -> str:
        # Replies are taken away unread: nobody wants them, and the socket holds only so many.
        while self._shell.poll(0):
            self._shell.recv_multipart()
        message = self._session.msg(msg_type, content)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self._session.send(self._shell, message, buffers=[memoryview(part) for part in buffers])
        msg_id: str = message["header"]["msg_id"]
        return msg_id

    def _read(self) -> None:
        while not self._ended.is_set():
            if not self._iopub.poll(50):
                continue
            _, message = self._session.recv(self._iopub)
            assert message is not None
            with self._arrived:
                self.messages.append(message)
                self._arrived.notify_all()
