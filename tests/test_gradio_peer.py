"""The same scripts through the real Gradio and through ours: pictures, states, names and defaults.

Gradio is installed into the environment that the benchmarks use; it takes part in nothing else.
"""

from __future__ import annotations

import base64
import inspect
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import nbstream as nbs
import nbstream.gradio as gr
from benchmarks.environments import ENVIRONMENT, python_of
from nbstream.gradio.components.component import Component
from nbstream.gradio.events.dependency import Dependency, Options
from nbstream.gradio.tree.tables import COMMON, IDLE, REFUSED
from nbstream.testing import FakeMicrophone, FakePage, wait_for

from .browser.clip import numbered_picture, read_number
from .gradio_app import SCRIPTS, run_script
from .test_gradio_sound import wav

pytestmark = [pytest.mark.wheel, pytest.mark.timeout(900)]

PEER = Path(__file__).parent / "gradio_peer.py"
CLASSES = [
    name
    for name in gr.__all__
    if inspect.isclass(kind := getattr(gr, name))
    and kind.__name__ == name  # no other name for one of them
    and name not in ("WaveformOptions", "EventData", "SelectData")
]
COMPONENTS = [name for name in CLASSES if issubclass(getattr(gr, name), Component)]
FUNCTIONS = ["Warning", "Info", "Success", "update", "Blocks.launch", "Blocks.queue"]
METHODS = ["Progress.__call__", "Progress.tqdm"]

# --- what is asked: (script, calls), each with a picture's number or a level of sound, and the other inputs ---
PICTURES: dict[str, list[tuple[int, list[Any]]]] = {
    "identity": [(1, []), (77, [])],
    "filters": [(2, ["none"]), (3, ["negative"]), (4, ["upside down"])],
    "same_image": [(5, [True]), (6, [False])],
    "live_interface": [(7, [0]), (8, [1]), (9, [0.5])],
    "detector": [(10, [0.3]), (11, [0.9])],
}
LEVELS = [5000, 10, 3000]


def jpeg(number: int) -> bytes:
    """What the page sends: the numbered picture, 320x240."""
    picture = numbered_picture(number, 320, 240)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def sound(level: int) -> np.ndarray:
    return np.full(4000, level, np.int16)


def path_of(name: str) -> str:
    return str(next(one for one in SCRIPTS if one.stem == name))


def call(data: bytes, suffix: str, others: list[Any]) -> dict[str, Any]:
    return {"captured": base64.b64encode(data).decode(), "suffix": suffix, "others": others}


@pytest.fixture(scope="module")
def peer() -> dict[str, Any]:
    """What the real Gradio says."""
    runs = {
        path_of(name): [call(jpeg(number), "jpg", others) for number, others in calls]
        for name, calls in PICTURES.items()
    }
    runs[path_of("transcript")] = [call(wav(sound(level)), "wav", [None]) for level in LEVELS]
    job = {"signatures": [*CLASSES, *FUNCTIONS, *METHODS], "events": COMPONENTS, "runs": runs}
    done = subprocess.run(
        [str(python_of("gradio")), str(PEER)],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def pixels(text: str) -> np.ndarray:
    data = np.frombuffer(base64.b64decode(text), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert picture is not None
    return picture[:, :, ::-1]


def number_in(picture: np.ndarray) -> tuple[int | None, str]:
    """The barcode's number, and how the picture stands."""
    for how, undone in (
        ("upright", picture),
        ("upside down", np.flipud(picture)),
        ("negative", 255 - picture),
    ):
        if (number := read_number(undone)) is not None:
            return number, how
    return None, "mixed"


def ours(kernel, name: str) -> Iterator[tuple[np.ndarray, Callable[[], list[Any]]]]:
    """What comes of the same calls here: each picture, and what the other outputs show by then or soon."""
    names = run_script(name)
    dependency = names["demo"].dependencies[0]
    camera, *others = dependency.inputs
    displays = [one.widget for one in dependency.outputs if isinstance(one.widget, nbs.ImageView)]
    page = FakePage(kernel, camera.widget, *displays)
    page.start()
    page.wait_for_status("live")
    for count, (number, values) in enumerate(PICTURES[name], 1):
        for one, value in zip(others, values, strict=True):
            one.take(value)
        page.send_frame(jpeg(number))
        picture = page.wait_for_result(displays[0] if displays else None, count)
        assert picture is not None
        yield picture, lambda: [one.read() for one in dependency.outputs[1:]]
    names["demo"].close()


@pytest.mark.parametrize("name", list(PICTURES))
def test_the_same_pictures_come_out_of_the_same_script(kernel, peer, name):
    theirs = [one["shown"] for one in peer["runs"][path_of(name)]["answers"]]
    for (picture, read_others), there in zip(ours(kernel, name), theirs, strict=True):
        expected = pixels(there[0])
        assert number_in(picture) == number_in(expected)
        assert picture.shape == expected.shape
        assert np.abs(picture.astype(int) - expected).mean() < 3
        wait_for(lambda read=read_others, there=there: read() == there[1:])  # type: ignore[misc]


def test_the_same_states_come_of_the_same_sound(kernel, peer):
    answers = peer["runs"][path_of("transcript")]["answers"]
    names = run_script("transcript")
    page = FakeMicrophone(kernel, names["microphone"].widget)
    page.start()
    page.wait_for_status("live")
    for count, (level, answer) in enumerate(zip(LEVELS, answers, strict=True), 1):
        page.speak(sound(level))
        wait_for(lambda count=count: len(names["heard"].read()) == count)  # type: ignore[misc]
        wait_for(lambda words=answer["shown"][1]: names["transcript"].read() == words)  # type: ignore[misc]
        assert [list(one) for one in names["heard"].read()] == answer["states"][0]
    names["demo"].close()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_means_the_same(kernel, peer, path):
    names = run_script(path.stem)
    assert meaning_of(names["demo"].dependencies[0]) == peer["runs"][str(path)]["meaning"]
    names["demo"].close()


def meaning_of(dependency: Dependency) -> dict[str, Any]:
    options: Options = dependency.options
    events = sorted({name for _, name in dependency.targets})
    limit = options.concurrency_limit
    return {
        "events": events,
        "stream_every": options.stream_every,
        "time_limit": options.time_limit,
        "concurrency_limit": 1 if limit == "default" else limit,
        "trigger_mode": options.mode_of(events[-1]),
        "inputs": [component_of(one) for one in dependency.inputs],
        "outputs": [component_of(one) for one in dependency.outputs],
    }


def component_of(one: Any) -> list[Any]:
    shows_nothing = isinstance(one, (gr.Image, gr.Audio, gr.State, gr.Label, gr.Textbox))
    value = None if shows_nothing else one.read()
    value = {} if isinstance(one, gr.Label) else value
    return [type(one).__name__, one.label, value]


@pytest.mark.parametrize("name", [*CLASSES, *FUNCTIONS, *METHODS])
def test_arguments_and_their_defaults_are_gradios(peer, name):
    theirs = peer["signatures"][name]
    known = known_arguments(name)
    missing = {one for one in theirs if one not in known and not one.startswith("_")}
    assert not missing, f"Gradio has {missing}"
    other = {
        one: (known[one], theirs[one])
        for one in theirs.keys() & known.keys()
        if known[one] not in (theirs[one], "any")
    }
    assert not other, f"(ours, Gradio's): {other}"


def known_arguments(name: str) -> dict[str, str]:
    """Ours, heeded or not, with their defaults; "any" where ours says more than Gradio's default does."""
    thing: Any = gr
    for part in name.split("."):
        thing = getattr(thing, part)
    table = name.removeprefix("Blocks.")
    known: dict[str, str] = {}
    if inspect.isclass(thing) and table not in ("Blocks", "Interface"):
        known = {one: repr(default) for one, default in COMMON.items()} | table_of("Component")
    known |= table_of(table)
    parameters = inspect.signature(thing.__init__ if inspect.isclass(thing) else thing).parameters
    for one in parameters.values():
        known[one.name] = "required" if one.default is one.empty else repr(one.default)
    for of, argument in DIFFERENT:
        if of == name:
            known[argument] = "any"
    return known


def table_of(name: str) -> dict[str, str]:
    known = {one: repr(default) for one, default in IDLE.get(name, {}).items()}
    return known | {one: repr(two.default) for one, two in REFUSED.get(name, {}).items()}


# Where a default is an object of Gradio's, or means the same in other words.
DIFFERENT = [
    ("Dropdown", "value"),
    ("Blocks.queue", "status_update_rate"),
    ("Blocks.queue", "api_open"),
    ("Blocks.queue", "max_size"),
]


def test_the_arguments_of_an_event_and_their_defaults_are_gradios(peer):
    known = table_of("events")
    known |= {one: repr(default) for one, default in Options._field_defaults.items()}
    known |= {"fn": "'decorator'", "inputs": "None", "outputs": "None"}
    known |= {"show_progress": "'minimal'", "cancels": "None"}
    assert peer["listener"] == {one: known[one] for one in peer["listener"]}


def test_the_events_of_components_are_gradios_and_what_is_left_out_is_refused(peer):
    with gr.Blocks(css=""):
        made = {name: getattr(gr, name)() for name in COMPONENTS}
    for name, component in made.items():
        theirs = set(peer["events"][name])
        assert set(component.EVENTS) <= theirs, name
        for event in theirs - set(component.EVENTS):
            with pytest.raises(AttributeError, match=f"gr.{name} has no event '{event}'"):
                getattr(component, event)


def test_every_public_name_of_gradio_is_here_or_refused_and_stands_in_the_table(peer):
    table = (Path(__file__).parents[1] / "docs" / "gradio.md").read_text("utf-8")
    table = table[table.index("## Names") :]
    names = set(re.findall(r"[\w.]+", " ".join(re.findall("`([^`]+)`", table))))
    assert [one for one in peer["names"] if one not in names] == []
    for name in set(peer["names"]) - set(gr.__all__):
        with pytest.raises(AttributeError, match=f"nbstream.gradio has no {name} "):
            getattr(gr, name)
    assert set(gr.__all__) - set(peer["names"]) <= {"themes"}
