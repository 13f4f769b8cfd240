"""A stream from its start to its time limit in Pyodide: what is run there (see pyodide.mjs).

NumPy for Pyodide is in no registry of packages, so something that only looks like it stands in: pictures go through
this stream as encoded bytes.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import threading
import time
import types
from collections.abc import Callable
from typing import Any

PATIENCE_S = 60.0


class _Anything(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __getitem__(cls, item: object) -> Any:
        return cls

    def __or__(cls, other: object) -> Any:
        return cls

    __ror__ = __or__


class _Thing(metaclass=_Anything):
    def __init__(self, *values: object, **options: object) -> None: ...


class _LooksLikeNumPy(types.ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        return getattr(_Thing, name)


async def story(picture_base64: str) -> None:
    """Tell as JSON what came of the stream."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, "/repository")
    sys.path.append("/packages")
    for name in ("numpy", "numpy.typing", "numpy.lib", "numpy.lib.stride_tricks"):
        sys.modules[name] = _LooksLikeNumPy(name)
    from nbstream.kernel import clock
    from nbstream.testing import mock_kernel

    with mock_kernel() as kernel:
        clock.set_clock(clock._machine_clock())
        told = await _stream(kernel, base64.b64decode(picture_base64))
    print(json.dumps({"platform": sys.platform, "has_threads": _has_threads(), **told}))  # noqa: T201


async def _stream(kernel: Any, picture: bytes) -> dict[str, Any]:
    import nbstream as nbs
    from nbstream.testing import FakePage

    async def same(data: bytes) -> bytes:
        await asyncio.sleep(0.01)
        return data

    webcam, view = nbs.Webcam(), nbs.ImageView()
    options: dict[str, Any] = {"stream_every": 0, "time_limit": 2, "on_limit": "stop"}
    binding = webcam.stream(same, [(webcam, "frame")], view, **options)
    page = FakePage(kernel, webcam, view)
    page.start()
    await _until(lambda: binding.status == "live")
    while binding.status == "live":
        if page.credit["may_send_through"] > page.seq:
            page.send_frame(picture)
        await asyncio.sleep(0.01)
    await _until(lambda: binding.status == "idle")
    shown = [buffers[0] for _, buffers in page._received.results(view)]
    binding.close()
    return {"results": len(shown), "are_pictures": set(shown) == {picture}}


async def _until(condition: Callable[[], object]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until_s, "it did not become so"
        await asyncio.sleep(0.01)


def _has_threads() -> bool:
    try:
        threading.Thread(target=print).start()
    except RuntimeError:
        return False
    return True
