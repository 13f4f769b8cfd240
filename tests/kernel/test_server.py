"""The server extension, on a real jupyter_server with a real kernel websocket."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import websocket
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1

from nbstream.testing import wait_for

ROOT = Path(__file__).parents[2]
EXTENSIONS = '{"nbstream.server": True, "tests.kernel.nodelay_probe": True}'
V1 = "v1.kernel.websocket.jupyter.org"
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server as it is installed: its address and its log."""
    with running_server(tmp_path_factory.mktemp("server")) as found:
        yield found


def answers(url: str) -> bool:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(url, timeout=2).close()
        return True
    return False


@contextlib.contextmanager
def kernel_of(url: str) -> Iterator[str]:
    """A new kernel; its number."""
    request = urllib.request.Request(f"{url}/api/kernels", data=b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        kernel = json.load(answer)["id"]
    try:
        yield kernel
    finally:
        end = urllib.request.Request(f"{url}/api/kernels/{kernel}", method="DELETE")
        urllib.request.urlopen(end, timeout=60).close()


def websocket_to(url: str, kernel: str, session: str = "probe") -> websocket.WebSocket:
    """As JupyterLab opens it; one that does not read takes little."""
    address = f"{url.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id={session}"
    little = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)]
    return websocket.create_connection(address, timeout=60, subprotocols=[V1], sockopt=little)


def connection_count(url: str, kernel: str) -> int:
    with urllib.request.urlopen(f"{url}/api/kernels/{kernel}", timeout=10) as answer:
        count: int = json.load(answer)["connections"]
        return count


def kernel_info_request(number: str) -> bytes:
    """A request as the browser sends it."""
    return request("kernel_info_request", number)


def request(kind: str, number: str, **content: object) -> bytes:
    header = {"msg_id": number, "msg_type": kind, "session": "probe", "version": "5.3"}
    header |= {"username": "", "date": "2030-01-01T00:00:00Z"}
    parts = [json.dumps(one).encode() for one in (header, {}, {}, content)]
    message: bytes = serialize_msg_to_ws_v1(parts, "shell")
    return message


def wait_for_words_about(connection: websocket.WebSocket, number: str) -> None:
    """Wait until the kernel speaks of a request."""
    while f'"{number}"'.encode() not in connection.recv():
        pass


def nodelay_of_a_kernel_websocket(url: str) -> list[bool]:
    with kernel_of(url) as kernel:
        connection = websocket_to(url, kernel)
        with urllib.request.urlopen(f"{url}/nodelay", timeout=10) as answer:
            nodelay: list[bool] = json.load(answer)["nodelay"]
        connection.close()
        return nodelay


def test_the_extension_turns_nodelay_on_for_kernel_websockets(server):
    url, log = server
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


def test_what_comes_on_a_connection_that_was_replaced_does_not_hold_the_server_up(server):
    url, log = server
    with kernel_of(url) as kernel:
        old, new = websocket_to(url, kernel), websocket_to(url, kernel)
        # What was still on its way when the page came back.
        old.send_binary(kernel_info_request("late"))
        new.send_binary(kernel_info_request("after"))
        wait_for_words_about(new, "after")
        assert connection_count(url, kernel) >= 1
        for one in (old, new):
            one.shutdown()
    assert "struct.error" not in log.read_text()


def test_attempts_that_were_given_up_are_not_taken_for_the_end_of_a_connection(server):
    url, _ = server
    with kernel_of(url) as kernel:
        connection = websocket_to(url, kernel)
        wait_for(lambda: connection_count(url, kernel) == 1)
        target = urlsplit(url)
        key = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
        for number in range(20):
            with socket.create_connection((target.hostname, target.port)) as attempt:
                path = f"/api/kernels/{kernel}/channels?session_id=other{number}"
                request = f"GET {path} HTTP/1.1\r\nHost: {target.netloc}\r\n{key}\r\n"
                attempt.sendall(
                    f"{request}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
                )
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.send_binary(kernel_info_request("after"))
        wait_for_words_about(connection, "after")
        wait_for(lambda: connection_count(url, kernel) == 1, 10, "the one connection there is")
        connection.shutdown()


def numbers_said(connection: websocket.WebSocket, count: int, within_s: float) -> list[int]:
    """The numbers in the code of cells that the kernel runs, as it tells everybody of them."""
    found: list[int] = []
    deadline_s = time.monotonic() + within_s
    connection.settimeout(1)
    while len(found) < count and time.monotonic() < deadline_s:
        with contextlib.suppress(websocket.WebSocketTimeoutException):
            told = bytes(connection.recv_data()[1])
            found += map(int, re.findall(rb'"code": ?"(\d+)"', told))
    return found


def test_the_last_words_of_a_page_reach_the_kernel_though_another_page_is_there(server):
    words = list(range(20))
    url, _ = server
    with kernel_of(url) as kernel:
        staying = websocket_to(url, kernel, "staying")
        staying.send_binary(kernel_info_request("begin"))
        wait_for_words_about(staying, "begin")
        leaving = websocket_to(url, kernel, "leaving")
        said = [request("execute_request", f"last {one}", code=str(one)) for one in words]
        frames = [websocket.ABNF.create_frame(one, websocket.ABNF.OPCODE_BINARY) for one in said]
        frames.append(websocket.ABNF.create_frame(b"\x03\xe9", websocket.ABNF.OPCODE_CLOSE))
        # At once, as by a document that goes away.
        assert leaving.sock is not None
        leaving.sock.sendall(b"".join(frame.format() for frame in frames))
        leaving.shutdown()
        assert numbers_said(staying, len(words), within_s=30) == words
        staying.shutdown()


RESULTS = 300
SHOW_RESULTS = f"""
import os, time
from comm import create_comm
from nbstream.protocol.to_page import result_message

assert os.environ["NBSTREAM_SERVER_SKIPS"] == "1"
comm = create_comm(target_name="probe")
for seq in range(1, {RESULTS} + 1):
    content = result_message(seq, "image/jpeg", 30_000, captured_at_ms=None, frame_seq=None, credits={{}})
    comm.send({{"method": "custom", "content": content}}, buffers=[bytes(30_000)])
    time.sleep(0.005)
print("shown", "all")
"""


def test_a_browser_that_does_not_take_the_pictures_gets_the_newest_and_few_others(server):
    url, _ = server
    with kernel_of(url) as kernel:
        quick, slow = websocket_to(url, kernel, "quick"), websocket_to(url, kernel, "slow")
        quick.send_binary(request("execute_request", "show", code=SHOW_RESULTS, silent=False))
        while b"shown all" not in quick.recv():
            pass
        seqs: list[int] = []
        while seqs[-1:] != [RESULTS]:
            found = re.search(rb'"seq": ?(\d+)', bytes(slow.recv_data()[1]))
            seqs += [int(found[1])] if found else []
        assert seqs == sorted(seqs)
        assert len(seqs) < RESULTS / 3
        for one in (quick, slow):
            one.shutdown()
