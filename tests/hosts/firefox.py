"""A real Firefox, headless, driven over WebDriver BiDi: no driver is needed, only its own port and a websocket."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time
from itertools import count
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.browser.lab import free_port

START_S = 90.0
ANSWER_S = 60.0
SIZE = ["--width=1400", "--height=1000"]
# Devices that it makes up, and no question to a person.
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
}
FIREFOX = shutil.which("firefox") or shutil.which("firefox-esr")
PULSE = shutil.which("pulseaudio")


class Loudspeaker:
    """Something to play sound on that nobody hears: without any, Firefox's audio does not begin."""

    def __init__(self, home: Path) -> None:
        assert PULSE is not None
        self.address = f"unix:{home / 'loudspeaker'}"
        own = f"module-native-protocol-unix auth-anonymous=1 socket={home / 'loudspeaker'}"
        command = [PULSE, "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        self._process = subprocess.Popen(
            [*command, "-L", "module-null-sink", "-L", own],
            env={**os.environ, "XDG_RUNTIME_DIR": str(home), "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until_s = time.monotonic() + START_S
        while not (home / "loudspeaker").exists():
            if time.monotonic() > until_s:
                self.close()
                raise RuntimeError(f"pulseaudio did not start within {START_S:g} s")
            time.sleep(0.1)

    def close(self) -> None:
        """End it."""
        _end(self._process)


class Firefox:
    """A running Firefox with one page and a profile of its own in `home`; it plays on `speaker`."""

    def __init__(self, home: Path, speaker: Loudspeaker | None) -> None:
        assert FIREFOX is not None
        profile = home / "firefox"
        profile.mkdir()
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in PREFERENCES.items()
        ]
        (profile / "user.js").write_text("\n".join(lines))
        port = free_port()
        command = [FIREFOX, "--headless", *SIZE, f"--remote-debugging-port={port}"]
        self._process = subprocess.Popen(
            [*command, "--profile", str(profile), "about:blank"],
            env={
                **os.environ,
                "PULSE_SERVER": speaker.address if speaker else "unix:/nowhere",
                "HOME": str(home),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._ids = count(1)
        self._opened = contextlib.ExitStack()
        try:
            self._line = self._connect(port)
            self._ask("session.new", capabilities={})
            tree = self._ask("browsingContext.getTree")
        except BaseException:
            self.close()
            raise
        self._page = tree["contexts"][0]["context"]

    def open(self, url: str) -> None:
        """Load a page; what it loads later is not waited for."""
        self._ask("browsingContext.navigate", context=self._page, url=url, wait="none")

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page, awaited if need be, through JSON.

        Raises TimeoutError where the page does not answer for `ANSWER_S`: it stands still.
        """
        answer = self._ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._page},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait_for(self, expression: str, timeout_s: float = 120) -> None:
        """Wait until an expression in the page is true."""
        until_s = time.monotonic() + timeout_s
        while not self.evaluate(expression):
            assert time.monotonic() < until_s, f"not so after {timeout_s} s: {expression}"
            time.sleep(0.2)

    def picture(self, path: Path) -> None:
        """Save what is to be seen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shot = self._ask("browsingContext.captureScreenshot", context=self._page)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """End it."""
        self._opened.close()
        _end(self._process)

    def _connect(self, port: int) -> ClientConnection:
        until_s = time.monotonic() + START_S
        while time.monotonic() < until_s:
            try:
                line = connect(f"ws://127.0.0.1:{port}/session", max_size=None, proxy=None)
                return self._opened.enter_context(line)
            except (OSError, WebSocketException):
                time.sleep(0.3)
        raise RuntimeError(f"Firefox did not start within {START_S:g} s")

    def _ask(self, method: str, **params: Any) -> Any:
        number = next(self._ids)
        self._line.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._line.recv(timeout=ANSWER_S))
            if answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
