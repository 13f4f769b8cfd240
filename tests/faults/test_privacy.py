"""Nothing that was streamed is left anywhere, and no text that comes from outside becomes part of the page."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from ..browser.live_stream import PATIENCE_MS, Source
from ..browser.notebook_page import NotebookPage
from .needles import files_under, needles, places
from .scene import Scene
from .table import fault

GROUP = "privacy and safety"
SAVE_STATE = "@jupyter-widgets/jupyterlab-manager:plugin"
MIDDLE = "__import__('base64').b64encode(bytes({0})[len({0}) // 2 :][:48]).decode()"
EMBEDDED = "__import__('json').dumps(__import__('ipywidgets.embed').embed.embed_data(views=None))"
INJECTED = "<img src=x onerror=window.__injected=1>"
UNSAFE = f"""
import nbstream as nbs

text = "{INJECTED}"
webcam = nbs.Webcam(label=text)
view = nbs.ImageView(label=text)
answer = "error"

def unsafe(frame):
    print(text)
    if answer == "error":
        raise ValueError(text)
    return text if answer == "text" else frame

binding = webcam.stream(unsafe, outputs=view, stream_every=0.1, max_errors=10_000)
display(webcam, view)
"""
# The names of devices come from whoever made them.
NAME_DEVICES = """text => {
  const devices = navigator.mediaDevices;
  const list = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () =>
    (await list()).map(({ deviceId, kind, groupId }) => ({ deviceId, kind, groupId, label: text }));
  Object.defineProperty(MediaStreamTrack.prototype, 'label', { get: () => text });
}"""


def streamed(scene: Scene) -> list[bytes]:
    """Pieces of some pictures that were captured and shown, and of the sound."""
    found: list[bytes] = []
    for number in range(5):
        scene.wait_for_pictures()
        for what in ("webcam.frame", "view.frame", f"pieces[{number}].tobytes()"):
            piece: str = scene.notebook.evaluate(MIDDLE.format(what))
            found.append(base64.b64decode(piece))
    return found


@pytest.mark.filterwarnings("ignore")  # nbconvert's own
@fault(
    "notebook saved with its widgets' state while live",
    "no picture and no sound in the .ipynb, in nbconvert's and ipywidgets' HTML, in the log, on the disk",
    group=GROUP,
    everyday=True,
)
def test_what_was_streamed_is_nowhere(open_scene, lab):
    with lab.settings(SAVE_STATE, saveState=True):
        scene: Scene = open_scene()
    scene.go_live()
    pieces = streamed(scene)
    assert len(set(pieces)) == len(pieces), "the pieces are not all different"
    scene.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    content: dict[str, Any] = scene.notebook.save()
    assert "_widget_id" in json.dumps(content["metadata"]["widgets"]), "no state was saved"
    path = scene.notebook.lab.notebooks / scene.notebook.name
    html, _ = HTMLExporter().from_filename(str(path))
    written = {
        "nbconvert": html.encode(),
        "ipywidgets.embed": scene.notebook.evaluate(EMBEDDED).encode(),
        "the server's log": scene.notebook.lab.log().encode(),
        **files_under(path.parents[1]),
    }
    assert str(path) in written
    wanted = [one for piece in pieces for one in needles(piece)]
    assert places(wanted, written) == []


@fault(
    "HTML in errors, results, prints, labels and names of devices",
    "shown as text",
    group=GROUP,
    everyday=True,
)
def test_text_from_outside_is_shown_as_text(open_notebook):
    notebook: NotebookPage = open_notebook([UNSAFE], run=False)
    notebook.page.evaluate(NAME_DEVICES, INJECTED)
    notebook.run_all()
    source = Source(notebook)
    source.start.click()
    expect(source.error).to_contain_text(f"ValueError: {INJECTED}", timeout=PATIENCE_MS)
    expect(source.root.locator(".nbstream-device")).to_contain_text(INJECTED)
    expect(source.root.locator(".nbstream-log")).to_contain_text(INJECTED)
    notebook.execute("answer = 'text'")
    expect(source.error).to_contain_text("img src=x", timeout=PATIENCE_MS)
    notebook.execute("answer = 'frame'")
    notebook.watch(".nbstream-display")
    notebook.wait_for_shown(3)
    ours = notebook.page.locator("[class*=nbstream] img[src=x]")
    assert (ours.count(), notebook.page.evaluate("() => window.__injected")) == (0, None)
