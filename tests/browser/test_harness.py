"""The harness itself, with a bare anywidget: if these fail, look no further."""

from __future__ import annotations

from itertools import pairwise

import pytest

pytestmark = pytest.mark.kept_page

BARE_CAMERA = '''
import anywidget, traitlets as t

class Bare(anywidget.AnyWidget):
    """Shows the camera on a canvas, with nothing between."""
    _esm = """
    async function render({ model, el }) {
      el.classList.add("bare");
      el.innerHTML = "<button class=start>Start</button><button class=stop>Stop</button>"
        + "<canvas width=640 height=480></canvas>";
      let stream = null;
      el.querySelector(".start").onclick = async () => {
        try { stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } }); }
        catch (error) { model.send({ failed: error.name }); return; }
        const video = Object.assign(document.createElement("video"), { srcObject: stream, muted: true });
        await video.play();
        const paint = () => {
          const pen = el.querySelector("canvas").getContext("2d");
          pen.setTransform(1, 0, 0, model.get("flip") ? -1 : 1, 0, model.get("flip") ? 480 : 0);
          pen.drawImage(video, 0, 0);
          video.requestVideoFrameCallback(paint);
        };
        video.requestVideoFrameCallback(paint);
        model.send({ opened: true });
      };
      el.querySelector(".stop").onclick = () => stream.getTracks().forEach((track) => track.stop());
    }
    export default { render };
    """
    flip = t.Bool(False).tag(sync=True)

heard = []
bare = Bare()
bare.on_msg(lambda widget, content, buffers: heard.append(content))
'''


def test_the_numbers_of_the_clip_are_read_from_a_canvas(open_notebook):
    notebook = open_notebook([BARE_CAMERA, "bare"])
    notebook.page.locator(".bare .start").click()
    notebook.watch(".bare")
    numbers = [one.number for one in notebook.wait_for_shown(20)]
    steps = [(after - before) % 300 for before, after in pairwise(numbers)]
    assert all(0 < step < 30 for step in steps), numbers
    # The probe's own look at the camera may miss a picture on a busy machine.
    assert len(set(numbers) & notebook.captured().keys()) > len(set(numbers)) / 2
    assert {one.where for one in notebook.shown()} == {"bottom"}
    notebook.wait_for_value("heard", [{"opened": True}])

    notebook.execute("bare.flip = True")
    assert notebook.wait_for_shown(5, where="top")

    assert notebook.live_tracks() == 1
    notebook.page.locator(".bare .stop").click()
    notebook.wait_for_live_tracks(0)


@pytest.mark.parametrize(
    ("camera", "error"), [("denied", "NotAllowedError"), ("none", "NotFoundError")]
)
def test_a_refused_and_a_missing_camera_can_be_played(open_notebook, camera, error):
    notebook = open_notebook([BARE_CAMERA, "bare"], camera=camera)
    notebook.page.locator(".bare .start").click()
    notebook.wait_for_value("heard", [{"failed": error}])


def test_cells_are_run_one_by_one_and_their_text_is_read(open_notebook):
    notebook = open_notebook(["#md Text", "print('one')\n1 + 1", "1 / 0"], run=False)
    notebook.run_cell(1)
    assert notebook.text(1) == "one\n2"
    notebook.run_cell(2)
    assert [error.splitlines()[-1] for error in notebook.errors()] == [
        "ZeroDivisionError: division by zero"
    ]
    notebook.set_source(2, "import time; print('began', flush=True); time.sleep(1); print('ended')")
    notebook.run_cell(2, wait=False)
    notebook.wait_for_text(2, "began")
    assert "ended" not in notebook.text(2)
    notebook.wait_for_cells()
    assert notebook.text(2) == "began\nended\n"
    notebook.run_cell(notebook.append_cell("x = [1, 2.5, None]"))
    assert notebook.evaluate("x") == [1, 2.5, None]


@pytest.mark.slow  # Every day other tests reload, restart and open second pages.
def test_a_notebook_is_saved_reloaded_and_its_kernel_restarted(open_notebook, lab):
    plugin = "@jupyter-widgets/jupyterlab-manager:plugin"
    with lab.settings(plugin, saveState=True):
        notebook = open_notebook([BARE_CAMERA, "bare"], own_page=True)
    state = notebook.save()["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]
    assert "flip" in str(state)
    notebook.reload()
    notebook.page.locator(".bare .start").click()
    notebook.wait_for_value("len(heard)", 1)
    notebook.restart_kernel()
    assert notebook.evaluate("'bare' in globals()") is False


@pytest.mark.slow  # Every day other tests reload, restart and open second pages.
def test_a_second_page_shows_the_same_notebook_with_the_same_kernel(open_notebook):
    notebook = open_notebook([BARE_CAMERA, "bare"])
    notebook.save()
    second = notebook.open_second_page()
    assert second.evaluate("heard") == []
    second.page.locator(".bare .start").click()
    notebook.wait_for_value("heard", [{"opened": True}])
    assert (notebook.live_tracks(), second.live_tracks()) == (0, 1)
