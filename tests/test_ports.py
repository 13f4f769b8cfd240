"""What a stream reads from and writes to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
from nbstream.errors import ResultError
from nbstream.pictures.codecs import decode_image, encode, mime_of
from nbstream.pictures.frame import Frame
from nbstream.runs.plan import Origin
from nbstream.streams.ports import as_input, as_list, as_output

from .streaming import Stream

pytestmark = pytest.mark.usefixtures("kernel")

RED = np.full((48, 64, 3), (250, 5, 5), np.uint8)


def frame_of(source: object = None, picture: Any = RED) -> Frame:
    return Frame(source, 1, 1, encode(picture), 64, 48, 1000.0, received_at_s=0.0)


def read(thing: Any, frame: Frame | None = None) -> Any:
    return as_input(thing).read(frame or frame_of())


def write(thing: Any, value: Any) -> None:
    as_output(thing).write(value, Origin(frame_of(), dict))


def test_one_port_needs_no_list():
    slider = ipywidgets.IntSlider()
    assert as_list(None) == []
    assert as_list(slider) == [slider]
    assert as_list((slider, "max")) == [(slider, "max")]
    assert as_list([slider, (slider, "max")]) == [slider, (slider, "max")]
    assert as_list((slider, slider)) == [slider, slider]


def test_a_widget_is_read_and_written_by_its_value():
    slider = ipywidgets.IntSlider(3)
    assert read(slider) == 3
    slider.value = 4
    assert read(slider) == 4
    write(slider, 5)
    assert slider.value == 5


class Element:
    """As marimo's `mo.ui` elements are: read-only, and not to be read while the cell runs that makes it."""

    def __init__(self, value: object) -> None:
        self._value = value
        self.is_being_made = True

    @property
    def value(self) -> object:
        if self.is_being_made:
            raise RuntimeError("not in the cell that created it")
        return self._value

    @value.setter
    def value(self, value: object) -> None:
        raise RuntimeError("Setting the value is not allowed.")


def test_an_element_of_another_host_is_read_by_its_value_and_not_before_a_call():
    element = Element(3)
    port = as_input(element)
    element.is_being_made = False
    assert port.read(frame_of()) == 3
    element._value = 4
    assert port.read(frame_of()) == 4


def test_what_has_a_value_that_can_be_set_is_an_output_as_well():
    reactive = SimpleNamespace(value=1)
    write(reactive, 2)
    assert reactive.value == 2


def test_a_value_that_cannot_be_set_says_so_and_what_to_give():
    with pytest.raises(ResultError, match=r"Setting the value is not allowed.*ImageView"):
        write(Element(3), 5)


def test_two_that_have_equal_values_are_two_ports():
    assert as_output(SimpleNamespace(value=1)).key != as_output(SimpleNamespace(value=1)).key


def test_a_pair_names_another_trait():
    slider = ipywidgets.IntSlider(3)
    assert read((slider, "max")) == 100
    write((slider, "max"), 50)
    assert slider.max == 50


def test_none_is_assigned_to_a_trait_as_it_is():
    dropdown = ipywidgets.Dropdown(options=["a", "b"], value="a")
    write(dropdown, None)
    assert dropdown.value is None


def test_a_value_that_does_not_fit_a_trait_is_a_result_error():
    with pytest.raises(ResultError, match=r"'many' of type str.*int"):
        write(ipywidgets.IntSlider(), "many")


def test_a_state_is_read_and_written_by_reference():
    state = nbs.State([])
    assert read(state) is state.value
    value: list[int] = [1]
    write(state, value)
    assert state.value is value
    write(state, None)
    assert state.value is None


@pytest.mark.parametrize(("format", "mime"), [("png", "image/png"), ("jpeg", "image/jpeg")])
def test_an_image_widget_gets_encoded_bytes_in_its_format(format, mime):
    image = ipywidgets.Image(format=format)
    write(image, RED)
    assert mime_of(image.value) == mime
    assert np.abs(decode_image(image.value).astype(int) - RED).max() < 10


def test_an_image_widget_takes_bytes_of_its_format_as_they_are():
    image = ipywidgets.Image(format="jpeg")
    data = encode(RED)
    write(image, data)
    assert image.value == data


def test_bytes_of_another_format_than_the_image_widgets_are_refused_with_what_to_do():
    with pytest.raises(
        ResultError, match=r"image/jpeg bytes; expected png.*Set the widget's format"
    ):
        write(ipywidgets.Image(format="png"), encode(RED))


def test_other_traits_of_an_image_widget_are_plain():
    image = ipywidgets.Image()
    write((image, "width"), "100")
    assert image.width == "100"


@pytest.mark.parametrize("make", [as_input, as_output])
@pytest.mark.parametrize("thing", [3, "flip", None, ("a", "b"), object()])
def test_what_is_no_port_is_refused_with_what_is_one(make, thing):
    with pytest.raises(TypeError, match=r"expected a source, a display, an ipywidget.*State"):
        make(thing)


@pytest.mark.parametrize("make", [as_input, as_output])
def test_a_trait_that_does_not_exist_is_refused_with_those_that_do(make):
    with pytest.raises(TypeError, match=r'no trait "maximum".*max, .*value'):
        make((ipywidgets.IntSlider(), "maximum"))


def test_a_widget_without_a_value_is_refused_with_what_to_give():
    with pytest.raises(TypeError, match=r'HBox as an input, which has no trait "value".*children'):
        as_input(ipywidgets.HBox())


def test_a_webcam_reads_the_frame_that_caused_the_call():
    webcam = nbs.Webcam()
    pixels = read(webcam, frame_of(webcam))
    assert pixels.shape == (48, 64, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable
    assert np.abs(pixels.astype(int) - RED).max() < 10


@pytest.mark.parametrize(
    ("color", "shape", "first"),
    [("rgb", (48, 64, 3), 250), ("bgr", (48, 64, 3), 5), ("gray", (48, 64), 79)],
)
def test_a_webcams_color_says_what_functions_get(color, shape, first):
    webcam = nbs.Webcam(color=color)
    pixels = read(webcam, frame_of(webcam))
    assert pixels.shape == shape
    assert abs(int(pixels.reshape(-1)[0]) - first) < 10


@pytest.mark.filterwarnings("ignore:webcam.frame was set")
def test_another_webcam_is_read_by_its_newest_picture():
    webcam = nbs.Webcam()
    assert read(webcam, frame_of(object())) is None
    webcam.frame = encode(RED)
    snapshot = webcam.snapshot()
    assert snapshot is not None
    assert np.array_equal(read(webcam, frame_of(object())), snapshot)


def test_a_display_is_read_by_its_newest_picture():
    view = nbs.ImageView()
    assert read(view) is None
    view.value = RED
    assert read(view).shape == (48, 64, 3)


def test_ports_are_named_after_widget_and_trait():
    slider = ipywidgets.IntSlider()
    things: list[Any] = [slider, (slider, "max"), nbs.State(), nbs.Webcam(), nbs.ImageView()]
    names = [as_input(thing).name for thing in things]
    assert names == ["IntSlider.value", "IntSlider.max", "State", "Webcam", "ImageView"]
    assert as_input(nbs.Webcam(label="Left eye")).name == "Left eye"


def test_what_a_port_was_made_of_is_its_key():
    slider, view = ipywidgets.IntSlider(), nbs.ImageView()
    things: list[Any] = [slider, (slider, "max"), view, nbs.State()]
    assert [as_output(thing).key for thing in things] == things


def test_a_widget_has_the_lanes_routing_while_it_is_bound():
    slider = ipywidgets.IntSlider()
    port = as_input(slider)
    port.attach()
    assert "handle_msg" in vars(slider.comm)
    port.detach()
    assert "handle_msg" not in vars(slider.comm)


@pytest.mark.parametrize(
    ("ports", "said"),
    [
        (
            {"outputs": "view"},
            r"str 'view' as an output; .* Give the widget itself, without quotes\.",
        ),
        (
            {"inputs": "webcam"},
            r"str 'webcam' as an input; .* Give the widget itself, without quotes\.",
        ),
        ({"outputs": nbs.ImageView}, r"an output; .* Give a widget, not its class: ImageView\(\)"),
        ({"inputs": nbs.Webcam}, r"an input; .* Give a widget, not its class: Webcam\(\)"),
        ({"inputs": ipywidgets.IntSlider}, r"Give a widget, not its class: IntSlider\(\)"),
        ({"inputs": [100]}, r"int 100 as an input; .* nbstream\.State\(value\), or the function a"),
        ({"inputs": [ipywidgets.Button()]}, r"on_click\(...\), and give the State"),
        ({"outputs": ipywidgets.Button()}, r"nbstream.State"),
    ],
)
def test_ports_that_people_try_are_refused_with_what_to_do(kernel, ports, said):
    with pytest.raises(TypeError, match=said):
        nbs.Webcam().stream(lambda *values: None, **ports)


CLOSED = [
    ipywidgets.IntSlider,
    nbs.ImageView,
    nbs.Webcam,
    nbs.AudioPlayer,
]


@pytest.mark.parametrize("kind", CLOSED)
def test_a_stream_whose_output_was_closed_says_so_when_it_is_started(kernel, kind):
    widget = kind()
    stream = Stream(kernel, outputs=widget)
    widget.close()
    stream.page.start()
    stream.page.wait_for_status("paused")
    assert f"This {kind.__name__} is closed" in stream.page.state["error"]["text"]


def test_a_stream_whose_input_was_closed_says_so_when_it_is_started(kernel):
    slider = ipywidgets.IntSlider()
    stream = Stream(kernel, lambda value: None, inputs=slider)
    slider.close()
    stream.page.start()
    stream.page.wait_for_status("paused")
    assert "This IntSlider is closed" in stream.page.state["error"]["text"]
