"""A jupyter_server extension that takes 40 ms off every result: TCP_NODELAY on kernel websockets.

jupyter_server leaves Nagle's algorithm on. The kernel's `busy` status goes out first, and the small result behind it is
held until the browser has acknowledged that, which browsers delay by 40 ms.

The extension is enabled by installing the package (`etc/jupyter/jupyter_server_config.d/nbstream.json`) and uses one
public setting of the server, `kernel_websocket_connection_class`. Where that class was replaced by somebody else, it
stands back and says so in the log.

Off: `c.NbstreamServer.tcp_nodelay = False` in the server's configuration, or
`jupyter server extension disable nbstream.server`.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets import Bool
from traitlets.config import Configurable

SETTING = "kernel_websocket_connection_class"


class PromptWebsocketConnection(ZMQChannelsWebsocketConnection):
    """The stock connection, with small messages sent at once."""

    def connect(self) -> Any:
        """Connect to the kernel, as the stock class does."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class NbstreamServer(Configurable):
    """What can be configured of the extension."""

    tcp_nodelay = Bool(True, help="Send small messages to the browser at once.").tag(config=True)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "nbstream.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    settings, log = server.web_app.settings, server.log
    if not NbstreamServer(config=server.config).tcp_nodelay:
        log.info("[nbstream] TCP_NODELAY is left as it is (NbstreamServer.tcp_nodelay is False)")
        return
    current = settings.get(SETTING)
    if current is not ZMQChannelsWebsocketConnection:
        log.info(
            "[nbstream] TCP_NODELAY is left as it is: %s is %r, not the stock class",
            SETTING,
            current,
        )
        return
    settings[SETTING] = PromptWebsocketConnection
    log.info("[nbstream] TCP_NODELAY is on for kernel websockets")
