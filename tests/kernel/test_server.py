"""The server extension, on a real jupyter_server with a real kernel websocket."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import websocket

from nbstream.testing import wait_for

ROOT = Path(__file__).parents[2]
EXTENSIONS = '{"nbstream.server": True, "tests.kernel.nodelay_probe": True}'
OTHER = "tests.kernel.nodelay_probe.OtherConnection"

pytestmark = pytest.mark.kernel


@contextlib.contextmanager
def running_server(home: Path, *options: str) -> Iterator[tuple[str, Path]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyter_server", f"--port={port}", "--ip=127.0.0.1"]
    command += ["--no-browser", "--allow-root", "--IdentityProvider.token="]
    command += ["--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={home}"]
    command += [f"--ServerApp.jpserver_extensions={EXTENSIONS}", *options]
    folders = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **folders, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{url}/api"), 60, "the server's answer")
        yield url, log
    finally:
        process.terminate()
        process.wait(20)


def answers(url: str) -> bool:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(url, timeout=2).close()
        return True
    return False


def nodelay_of_a_kernel_websocket(url: str) -> list[bool]:
    request = urllib.request.Request(f"{url}/api/kernels", data=b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        kernel = json.load(answer)["id"]
    address = f"{url.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id=probe"
    connection = websocket.create_connection(address, timeout=60)
    try:
        with urllib.request.urlopen(f"{url}/nodelay", timeout=10) as answer:
            nodelay: list[bool] = json.load(answer)["nodelay"]
            return nodelay
    finally:
        connection.close()
        end = urllib.request.Request(f"{url}/api/kernels/{kernel}", method="DELETE")
        urllib.request.urlopen(end, timeout=60).close()


def test_the_extension_turns_nodelay_on_for_kernel_websockets(tmp_path):
    with running_server(tmp_path) as (url, log):
        assert nodelay_of_a_kernel_websocket(url) == [True]
    assert "[nbstream] TCP_NODELAY is on" in log.read_text()


def test_an_option_leaves_the_server_as_it_is(tmp_path):
    with running_server(tmp_path, "--NbstreamServer.tcp_nodelay=False") as (url, log):
        assert nodelay_of_a_kernel_websocket(url) == [False]
    assert "NbstreamServer.tcp_nodelay is False" in log.read_text()


def test_the_extension_stands_back_where_the_class_was_replaced(tmp_path):
    option = f"--ServerApp.kernel_websocket_connection_class={OTHER}"
    with running_server(tmp_path, option) as (url, log):
        assert nodelay_of_a_kernel_websocket(url) == [False]
    assert "not the stock class" in log.read_text()
