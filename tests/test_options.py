"""Options that do not exist are said, with the nearest name; those of ipywidgets are taken."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.pictures.codecs import encode
from nbstream.testing import FakePage

WIDGETS = [nbs.Webcam, nbs.ImageView, nbs.Microphone, nbs.AudioPlayer]


def own_options(cls: Any) -> list[str]:
    theirs = set(ipywidgets.DOMWidget.class_trait_names())
    ours = {name: one for name, one in cls.class_traits().items() if name not in theirs}
    return [name for name, one in ours.items() if name[0] != "_" and not one.read_only]


MISSPELT = [(cls, name) for cls in WIDGETS for name in own_options(cls) if len(name) > 3]


@pytest.mark.parametrize(("cls", "name"), MISSPELT, ids=lambda one: getattr(one, "__name__", one))
def test_a_misspelt_option_is_an_error_with_the_nearest_name(kernel, cls, name):
    wrong = name[:2] + name[3] + name[2] + name[4:]
    if wrong == name:
        wrong = name + "s"
    with pytest.raises(TypeError) as caught:
        cls(**{wrong: 1})
    assert str(caught.value) == (
        f"{cls.__name__}() was given {wrong!r}, which is no option of it. Did you mean {name!r}?"
    )
    del caught
    gc.collect()  # what was half made says nothing when it goes


@pytest.mark.parametrize("cls", WIDGETS)
def test_where_none_is_near_all_are_listed(kernel, cls):
    with pytest.raises(TypeError, match=r"Its options are .*label, .*"):
        cls(zzz=1)


@pytest.mark.parametrize("cls", WIDGETS)
def test_what_ipywidgets_takes_is_taken(kernel, cls):
    layout = ipywidgets.Layout(width="50%")
    widget = cls(layout=layout, tooltip="a tip", tabbable=True, label="name", model_id="an-id")
    assert (widget.layout, widget.tooltip, widget.label) == (layout, "a tip", "name")


def test_a_subclass_has_options_of_its_own(kernel):
    class Mine(nbs.Webcam):
        def __init__(self, *, speed: int, **options: Any) -> None:
            self.speed = speed
            super().__init__(**options)

    assert Mine(speed=3, quality=50).speed == 3


def test_setting_what_is_nearly_an_option_warns_and_anything_else_does_not(kernel):
    webcam = nbs.Webcam()
    with pytest.warns(UserWarning, match="no option 'qualtiy'.* Did you mean 'quality'") as caught:
        webcam.qualtiy = 50
    assert Path(caught[0].filename) == Path(__file__)
    webcam.note_of_mine = 1
    webcam.quality = 50


# --- a picture that is set by hand -----------------------------------------------------------


def test_a_picture_set_while_nothing_runs_is_kept_and_said_once(kernel):
    webcam = nbs.Webcam()
    seen: list[Any] = []
    webcam.stream(seen.append)
    jpeg = encode(np.zeros((8, 8), np.uint8))
    with pytest.warns(UserWarning, match=r"while no stream runs.*binding\.start\(\)") as caught:
        webcam.frame = jpeg
    assert Path(caught[0].filename) == Path(__file__)
    assert webcam.frame == jpeg
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        webcam.frame = encode(np.ones((8, 8), np.uint8))
    assert seen == []


def test_a_picture_set_while_live_is_not_warned_of(kernel):
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: None)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        webcam.frame = encode(np.zeros((8, 8), np.uint8))
