"""A server extension for tests: `GET /nodelay` tells of each open kernel websocket whether TCP_NODELAY is on."""

from __future__ import annotations

import socket
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class NodelayHandler(JupyterHandler):
    def get(self) -> None:
        handlers = list(ZMQChannelsWebsocketConnection._open_sessions.values())
        streams = [handler.ws_connection.stream for handler in handlers if handler.ws_connection]
        sockets = [stream.socket for stream in streams if stream]
        self.finish(
            {
                "nodelay": [
                    bool(s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)) for s in sockets
                ]
            }
        )


class OtherConnection(ZMQChannelsWebsocketConnection):
    """Somebody else's connection class."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tests.kernel.nodelay_probe"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.web_app.add_handlers(".*$", [("/nodelay", NodelayHandler)])
