"""A jupyter_server extension: results 40 ms earlier, back at once after a cut, and thin lines that slow nobody.

jupyter_server leaves Nagle's algorithm on. The kernel's `busy` status goes out first, and the small result behind it is
held until the browser has acknowledged that, which browsers delay by 40 ms.

When a page comes back while its old connection still seems to be open, jupyter_server closes the old one and goes on
reading it, but by then takes the browser's words for another format: it unpacks up to 100 million numbers of nothing,
and stands still for 5 to 20 s, for everybody. And an attempt that the browser gave up before it was connected counts as
the end of a connection that stands.

When a connection ends, jupyter_server drops what it has read of it and not yet handed on to the kernel: the words of a
page that goes away, where another page is still there.

A browser whose line is thin gets the newest pictures and skips the others (`line`), so that it slows nobody else.

The extension is enabled by installing the package (`etc/jupyter/jupyter_server_config.d/nbstream.json`) and uses one
public setting of the server, `kernel_websocket_connection_class`. Where that class was replaced by somebody else, it
stands back and says so in the log.

Off: `c.NbstreamServer.tcp_nodelay = False` in the server's configuration, or
`jupyter server extension disable nbstream.server`.
"""

from __future__ import annotations

import os
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets import Bool
from traitlets.config import Configurable

from ..pages.skipping import SERVER_SKIPS
from .connection import PromptWebsocketConnection

__all__ = ["PromptWebsocketConnection"]

SETTING = "kernel_websocket_connection_class"


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
    os.environ[SERVER_SKIPS] = "1"  # The kernels that this server starts inherit it.
    log.info("[nbstream] TCP_NODELAY is on for kernel websockets")
