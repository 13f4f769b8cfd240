"""JupyterLab in a real Firefox: its camera and the synthetic one, and thirty starts of each microphone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .cells import Diary, cells_of, results_of
from .firefox import FIREFOX, PULSE, Firefox, Loudspeaker
from .screen import COUNT_PREVIEW, RUN_ALL, RUN_SLOW_CELL, measured, rate, through_holdup
from .servers import HostServer, start_host
from .test_hosts import PICTURES, record

pytestmark = [
    pytest.mark.browser,
    pytest.mark.hosts,
    pytest.mark.timeout(600),
    pytest.mark.skipif(FIREFOX is None, reason="no Firefox: apt-get install firefox-esr"),
]

STARTS = 30
MICROPHONE = """
microphone = nbs.Microphone(device={device!r})
heard = []
hearing = microphone.stream(lambda sound: heard.append(len(sound[1])))

def tell_heard(path=pathlib.Path({path!r})):
    while True:
        told = {{"count": sum(heard), "status": hearing.status}}
        path.with_suffix(".new").write_text(json.dumps(told))
        os.replace(path.with_suffix(".new"), path)
        time.sleep(0.1)

threading.Thread(target=tell_heard, daemon=True).start()
microphone
"""
# JupyterLab's commands go by the focus, which no window of a Firefox without a screen has.
FOCUS = """(() => {
    const [panel] = window.jupyterapp.shell.widgets('main');
    panel?.node.dispatchEvent(new FocusEvent('focus'));
    return Boolean(window.jupyterapp.shell.currentWidget);
})()"""
RATE_HZ = 48_000
DARK = "window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })"
IS_DARK = "document.body.dataset.jpThemeLight === 'false'"
PREVIEW = "document.querySelector('video.nbstream-preview')"
PREVIEW_S = 10
SOURCES = "document.querySelectorAll('.nbstream-source')"


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    with ExitStack() as running:
        speaker = running.enter_context(closing(Loudspeaker(tmp_path))) if PULSE else None
        yield running.enter_context(closing(Firefox(tmp_path, speaker)))


@pytest.fixture
def open_book(tmp_path: Path, firefox: Firefox) -> Iterator[Callable[[list[str], int], None]]:
    """``open_book(cells, sources)``: a notebook in JupyterLab in Firefox, run, with so many sources in it."""
    servers: list[HostServer] = []

    def open_it(cells: list[str], sources: int) -> None:
        home = tmp_path / "lab"
        home.mkdir()
        servers.append(start_host("JupyterLab", home, cells))
        firefox.open(servers[-1].url)
        firefox.wait_for("Boolean(window.jupyterapp)")
        firefox.wait_for(FOCUS)
        # Not waited for: a busy machine takes longer for it than one answer may.
        firefox.evaluate(f"void ({RUN_ALL})()")
        firefox.wait_for(f"{SOURCES}.length === {sources}")

    yield open_it
    for server in servers:
        server.close()


def test_a_stream_is_quick_and_both_cameras_give_pictures(
    tmp_path: Path,
    firefox: Firefox,
    open_book: Callable[[list[str], int], None],
    record_property: Callable[[str, object], None],
):
    diary = Diary(tmp_path / "diary.json")
    open_book(cells_of("JupyterLab", diary.path), 1)
    press(firefox, "start")
    diary.wait_for(lambda told: results_of(told) > 150)
    at_30 = measured(diary)
    firefox.evaluate(f"{SOURCES}[0].scrollIntoView()")
    firefox.picture(PICTURES / "Firefox-light.png")
    press_own(firefox, "Marks")
    diary.wait_for(lambda told: told["fps"] < 6)
    preview_fps = firefox.evaluate(f"({COUNT_PREVIEW})({PREVIEW}, {PREVIEW_S})")
    overlay_fps = rate(diary)
    choose(firefox, "synthetic")
    before = results_of(diary.read())
    diary.wait_for(lambda told: results_of(told) > before + 20)
    press_own(firefox, "Ten a second")
    diary.wait_for(lambda told: told["fps"] > 8)
    at_10 = measured(diary)
    firefox.evaluate(f"void {DARK}")
    firefox.wait_for(IS_DARK)
    firefox.picture(PICTURES / "Firefox-dark.png")
    record(record_property, at_30, at_10)
    record_property("preview_fps", round(preview_fps, 1))
    record_property("overlay_fps", overlay_fps)
    record_property("host", "JupyterLab in Firefox")


def test_half_a_minute_of_a_callback_or_a_cell_pauses_nothing(
    tmp_path: Path,
    firefox: Firefox,
    open_book: Callable[[list[str], int], None],
    record_property: Callable[[str, object], None],
):
    diary = Diary(tmp_path / "diary.json")
    open_book(cells_of("JupyterLab", diary.path), 1)
    press(firefox, "start")
    diary.wait_for(lambda told: results_of(told) > 20)
    read_note = partial(firefox.evaluate, f"{SOURCES}[0].querySelector('.nbstream-note').innerText")
    press_own(firefox, "Hold up")
    record_property("callback", through_holdup(diary, read_note))
    firefox.evaluate(f"({RUN_SLOW_CELL})()")
    record_property("cell", through_holdup(diary, read_note))
    record_property("host", "JupyterLab in Firefox")


@pytest.mark.skipif(PULSE is None, reason="nothing to play sound on: apt-get install pulseaudio")
@pytest.mark.parametrize("device", ["", "synthetic"], ids=["device", "synthetic"])
def test_a_microphone_never_starts_frozen(
    tmp_path: Path,
    firefox: Firefox,
    open_book: Callable[[list[str], int], None],
    device: str,
):
    ear = Diary(tmp_path / "ear.json")
    setup = cells_of("JupyterLab", tmp_path / "diary.json")[0]
    open_book([setup, MICROPHONE.format(device=device, path=str(ear.path))], 1)
    for _ in range(STARTS):
        # Three seconds: a browser's audio that is asked for its time may stand still after two.
        least = ear.read()["count"] + 3 * RATE_HZ
        press(firefox, "start")
        ear.wait_for(partial(has_heard, least), timeout_s=30)
        press(firefox, "stop")
        ear.wait_for(lambda told: told["status"] == "idle", timeout_s=30)


def has_heard(least: int, told: dict[str, Any]) -> bool:
    return bool(told["count"] > least)


def press(firefox: Firefox, name: str) -> None:
    firefox.wait_for(f"!{SOURCES}[0].querySelector('.nbstream-{name}').disabled")
    firefox.evaluate(f"{SOURCES}[0].querySelector('.nbstream-{name}').click()")


def press_own(firefox: Firefox, name: str) -> None:
    buttons = "[...document.querySelectorAll('button')]"
    firefox.evaluate(f"{buttons}.find((one) => one.textContent.trim() === '{name}').click()")


def choose(firefox: Firefox, device: str) -> None:
    firefox.evaluate(
        f"(() => {{ const list = {SOURCES}[0].querySelector('select'); list.value = '{device}';"
        " list.dispatchEvent(new Event('change')); return list.value; })()"
    )
