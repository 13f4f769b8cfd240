"""Whether the server in front of this kernel leaves out pictures that a page's line does not take."""

from __future__ import annotations

import os

SERVER_SKIPS = "NBSTREAM_SERVER_SKIPS"
"""A variable of the environment, set by the server extension, which its kernels inherit."""


def server_skips() -> bool:
    """Whether it does, so that a page behind a thin line need not hold up the others."""
    return os.environ.get(SERVER_SKIPS) == "1"
