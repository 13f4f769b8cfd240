"""What may happen to kernel, page and line while both live: camera and microphone go on, and nothing is lost."""

from __future__ import annotations

import pytest

from .scene import BIND, BIND_CELL, DISPLAY, SHOW_CELL, Scene
from .table import GOES_ON, Fault, fault, that_go_on

LONG_CELL_S = 10
CUT_S = 5.0
# Ten are asked for in a second, and a busy machine shows few of them; none would come if they waited for the cell.
FEWEST_DURING_CELL = LONG_CELL_S
# On a busy machine ipywidgets' echo of an older value takes a step back.
MOST_STEPS_BACK = 20


def run_beside_the_stream(scene: Scene, code: str) -> None:
    """Run a cell, and see that pictures come meanwhile."""
    scene.notebook.watch(DISPLAY)
    scene.notebook.run_cell(scene.notebook.append_cell(code))
    assert len(scene.notebook.shown()) >= FEWEST_DURING_CELL


@fault("a cell that runs for 10 s", "goes on while it runs", group=GOES_ON)
def a_cell_that_sleeps(scene: Scene) -> None:
    run_beside_the_stream(scene, f"time.sleep({LONG_CELL_S})")


@fault("a cell that awaits for 10 s", "goes on while it runs", group=GOES_ON)
def a_cell_that_awaits(scene: Scene) -> None:
    run_beside_the_stream(scene, f"await asyncio.sleep({LONG_CELL_S})")


@fault(
    "a call that holds Python's lock for 5 s",
    "stands still meanwhile, and goes on at once afterwards",
    group=GOES_ON,
)
def a_cell_that_holds_the_gil(scene: Scene) -> None:
    scene.notebook.run_cell(scene.notebook.append_cell("ctypes.PyDLL(None).sleep(5)"))


@fault("a cell that raises", "goes on", group=GOES_ON)
def a_cell_that_raises(scene: Scene) -> None:
    scene.notebook.run_cell(scene.notebook.append_cell("1 / 0"))
    assert "ZeroDivisionError" in scene.notebook.errors()[-1]


@fault("interrupt", "the cell ends, the streams go on", group=GOES_ON)
def an_interrupt(scene: Scene) -> None:
    cell = scene.notebook.append_cell("print('began', flush=True); time.sleep(60)")
    scene.notebook.run_cell(cell, wait=False)
    scene.notebook.wait_for_text(cell, "began")
    scene.notebook.interrupt()
    scene.notebook.wait_for_text(cell, "KeyboardInterrupt")


@fault(
    "the cell of the stream run ten times",
    "goes on, each time with the new function",
    group=GOES_ON,
)
def a_cell_that_is_run_again(scene: Scene) -> None:
    for number in range(10):
        code = BIND.replace("see,", f"lambda frame, value: (see(frame, value), {number})[0],")
        scene.notebook.set_source(BIND_CELL, code)
        scene.notebook.run_cell(BIND_CELL)
    assert scene.notebook.evaluate("(len(webcam.bindings), len(mic.bindings))") == [1, 1]


@fault(
    "the cell that shows the widgets run again", "goes on; the camera does not blink", group=GOES_ON
)
def a_cell_that_shows_again(scene: Scene) -> None:
    scene.notebook.run_cell(SHOW_CELL)


@fault("the widgets shown in a second place", "one camera, seen in both", group=GOES_ON)
def a_second_view(scene: Scene) -> None:
    scene.page.evaluate(
        """async index => {
            const app = window.jupyterapp;
            const notebook = app.shell.currentWidget.content;
            notebook.activeCellIndex = index;
            await app.commands.execute('notebook:create-output-view');
        }""",
        SHOW_CELL,
    )
    scene.page.wait_for_function("() => document.querySelectorAll('.nbstream-source').length === 4")
    assert scene.notebook.live_tracks() == 2
    scene.page.evaluate(
        "async name => void (await window.jupyterapp.commands.execute('docmanager:open', {path: name}))",
        scene.notebook.name,
    )


@fault("the notebook saved and renamed", "goes on", group=GOES_ON)
def a_new_name(scene: Scene) -> None:
    name = f"new_{scene.notebook.name}"
    scene.page.evaluate("name => window.jupyterapp.shell.currentWidget.context.rename(name)", name)
    scene.notebook.name = name


@fault(
    "the page's main thread busy for 3 s", "goes on; the sound of that time comes", group=GOES_ON
)
def a_busy_page(scene: Scene) -> None:
    scene.page.evaluate(
        "() => { const until = performance.now() + 3000; while (performance.now() < until); }"
    )


@fault(
    "the slider moved all the time",
    "goes on; each value counts from the next call on",
    group=GOES_ON,
)
def a_slider(scene: Scene) -> None:
    handle = scene.page.locator(".widget-slider .noUi-handle").first
    handle.focus()
    key, wanted = (
        ("ArrowRight", 40) if scene.notebook.evaluate("slider.value") == 0 else ("ArrowLeft", 0)
    )
    for _ in range(40):
        handle.press(key)
    for _ in range(MOST_STEPS_BACK):
        if scene.notebook.evaluate("slider.value") == wanted:
            break
        handle.press(key)
    scene.notebook.wait_for_value("slider.value", wanted)


@fault(
    "the connection cut for 5 s",
    "goes on without a click; the sound of that time comes",
    group=GOES_ON,
    everyday=True,
)
def a_short_cut(scene: Scene) -> None:
    scene.link.cut_for(CUT_S)


@fault("a slow line, 250 kB/s", "fewer pictures, all of the sound", group=GOES_ON)
def a_slow_line(scene: Scene) -> None:
    scene.link.limit_upload(250_000)
    scene.wait_for_pictures(20)
    scene.wait_for_sound()
    scene.link.limit_upload(None)


DISTURBED = "window.__line.lost + window.__line.doubled + window.__line.swapped"


def disturbed_line(scene: Scene, **how: float) -> None:
    """Lose, double or swap messages in both directions for a while, at least one of them."""
    before: int = scene.page.evaluate(DISTURBED)
    scene.page.evaluate("how => Object.assign(window.__line, how)", how)
    scene.wait_for_pictures(30, timeout_s=60)
    scene.page.wait_for_function(f"before => {DISTURBED} > before", arg=before)
    scene.page.evaluate("() => Object.assign(window.__line, { lose: 0, double: 0, swap: 0 })")


@fault("1 % of the messages lost", "goes on; lost sound is sent again", group=GOES_ON)
def one_message_in_a_hundred_lost(scene: Scene) -> None:
    disturbed_line(scene, lose=0.01)


@fault("10 % of the messages lost", "goes on; lost sound is sent again", group=GOES_ON)
def one_message_in_ten_lost(scene: Scene) -> None:
    disturbed_line(scene, lose=0.1)


@fault("messages doubled", "goes on; nothing counts twice", group=GOES_ON)
def doubled_messages(scene: Scene) -> None:
    disturbed_line(scene, double=0.3)


@fault("messages in another order", "goes on, sound in its order", group=GOES_ON)
def swapped_messages(scene: Scene) -> None:
    disturbed_line(scene, swap=0.2)


@pytest.mark.faults
@pytest.mark.parametrize("one", that_go_on())
def test_the_streams_go_on(scene: Scene, one: Fault, outcome):
    one.function(scene)
    recovery_s = scene.recover()
    for source in (scene.camera, scene.microphone):
        source.wait_for_status("Live")
    found = scene.stop()
    outcome(
        recovery_s=recovery_s,
        frames_lost=found.frames_lost,
        samples_lost=found.samples_lost,
    )
    assert (found.samples_lost, found.told_s) == (0, 0), found
