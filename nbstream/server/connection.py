"""Our class of connections between a browser and its kernel."""

from __future__ import annotations

import socket
from asyncio import Future
from typing import Any

import zmq
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from .line import Line

UNSENT_BYTES = 32_768
"""What the system keeps of a connection beyond what is on its way; what it does not take, we know of."""


class PromptWebsocketConnection(ZMQChannelsWebsocketConnection):
    """The stock connection, with small messages sent at once and old pictures left out on a line that stands.

    It is not led astray by its own end.
    """

    _spoken: str | None = None
    _was_counted = False
    _line: Line

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line = Line(super()._on_zmq_reply)

    @property
    def subprotocol(self) -> Any:
        """The format of messages: that of the whole connection, also for what comes after its end."""
        return super().subprotocol or self._spoken

    def connect(self) -> Any:
        """Connect to the kernel, as the stock class does."""
        self._spoken = super().subprotocol
        self._was_counted = True
        self.websocket_handler.set_nodelay(True)
        self._keep_little_unsent()
        return super().connect()

    def disconnect(self) -> Any:
        """Disconnect, as the stock class does; who never was connected takes nothing from who is.

        What the browser said last goes to the kernel first: a stream that is closed drops what it holds.
        """
        for stream in self.channels.values():
            if stream is not None and not stream.closed():
                stream.flush(zmq.POLLOUT)
        self._line.close()
        if self._was_counted:
            return super().disconnect()  # type: ignore[no-untyped-call]
        # One is taken off again, and with the other there is a connection left, whose messages are not to be kept.
        for _ in range(2):
            self.multi_kernel_manager.notify_connect(self.kernel_id)
        super().disconnect()  # type: ignore[no-untyped-call]
        self.multi_kernel_manager.notify_disconnect(self.kernel_id)
        return None

    @property
    def write_message(self) -> Any:
        """Write to the browser, as the stock class does, and note what the line does not take at once."""
        return self._write

    def _write(self, message: Any, binary: bool = False) -> Future[None]:
        sent = self.websocket_handler.write_message(message, binary)
        self._line.wrote(sent)
        return sent

    def _on_zmq_reply(self, stream: Any, msg_list: Any) -> None:
        # As a dictionary it is in the format of old clients, which get all.
        if isinstance(msg_list, dict) or self._line.takes(stream, msg_list):
            super()._on_zmq_reply(stream, msg_list)  # type: ignore[no-untyped-call]

    def _keep_little_unsent(self) -> None:
        connection = self.websocket_handler.ws_connection
        option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
        if option is not None and connection is not None and connection.stream is not None:
            connection.stream.socket.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)
