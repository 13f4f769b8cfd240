"""What may go to a page."""

from __future__ import annotations

import json
from typing import Any

import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbstream as nbs
import nbstream.gradio as gr
from nbstream.protocol.page_text import MAX_BRIEF_CHARS, MAX_TEXT_CHARS, brief, for_pages, page_text
from nbstream.testing import FakePage, wait_for

HALF = "\ud83d"
"""Half of a surrogate pair, which no message can carry."""

any_text = st.text(st.characters(exclude_categories=())) | st.just(HALF * 3)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | any_text
    | st.binary()
    | st.builds(object),
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(any_text | st.integers(), inner)
    ),
)


def packed(content: Any) -> bytes:
    """As strictly as can be."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


@given(st.dictionaries(any_text, anything))
def test_whatever_a_message_is_made_of_it_can_be_sent(content):
    packed(for_pages(content))


@pytest.mark.parametrize(
    "value",
    [
        HALF,
        {HALF: 1},
        [{"a": HALF}],
        float("nan"),
        float("inf"),
        10**5000,
        {1, 2},
        b"bytes",
        np.int64(3),
        np.zeros(3),
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_the_offending_part_is_left_out(value):
    content = {"status": "live", "bad": value, "index": 3}
    fit = for_pages(content)
    packed(fit)
    assert (fit["status"], fit["index"]) == ("live", 3)


def test_what_is_nested_without_end_is_left_out():
    endless: list[Any] = []
    endless.append(endless)
    packed(for_pages({"endless": endless}))


def test_a_good_message_goes_as_it_is():
    content = {"status": "live", "log": ["a", "ä", "\N{GRINNING FACE}"], "remaining_s": 1.5}
    assert for_pages(content) is content


def test_a_long_message_of_short_texts_goes_as_it_is():
    content = {"marks": [{"text": "person 0.93", "points": [0.1, 0.2]} for _ in range(1000)]}
    assert for_pages(content) is content


@pytest.mark.parametrize(
    "text", ["x" * 100_000, '"' * 100_000, "\\" * 100_000, "\N{EURO SIGN}" * 10_000]
)
def test_a_long_text_is_found_whatever_it_is_made_of(text):
    fit = for_pages({"marks": [{"text": text}]})
    assert len(fit["marks"][0]["text"]) == MAX_TEXT_CHARS


@given(any_text, st.integers(20, 100))
def test_text_is_bounded_and_can_be_sent(text, max_chars):
    assert len(page_text(text, max_chars)) <= max_chars
    page_text(text, max_chars).encode()


def test_long_text_keeps_its_beginning_and_its_end():
    text = page_text("begin" + "x" * 100_000 + "end")
    assert len(text) == MAX_TEXT_CHARS
    assert text.startswith("beginx")
    assert text.endswith("xend")


def test_two_halves_that_belong_together_are_one_character():
    assert page_text("\ud83d\ude00") == "\N{GRINNING FACE}"


def test_text_that_can_be_sent_stays_as_it_is():
    assert page_text("ä\ufeff\N{GRINNING FACE}\0") == "ä\ufeff\N{GRINNING FACE}\0"


class Mute:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    "value",
    [list(range(10**6)), "x" * 10**6, {"a": [[1] * 1000] * 1000}, Mute(), HALF, 3],
    ids=lambda value: type(value).__name__,
)
def test_any_value_has_a_short_description(value):
    assert 0 < len(brief(value)) <= MAX_BRIEF_CHARS
    brief(value).encode()


# --- what a user's function makes ---------------------------------------------------------------


def prints(frame):
    print(f"bad {HALF}")  # noqa: T201
    raise ValueError("shown")


def raises(frame):
    raise ValueError(f"bad {HALF}")


def raises_much(frame):
    raise ValueError(frame.tolist(), "x" * 5_000_000)


@pytest.mark.parametrize("fn", [prints, raises, raises_much])
def test_nothing_that_a_function_says_can_stop_state_messages(kernel, fn):
    webcam = nbs.Webcam(label=f"A {HALF}")
    webcam.stream(fn)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: page.state["error"])
    page.stop()
    page.wait_for_status("idle")
    for _, data, _ in webcam.comm.sent:
        packed(data)
    assert len(packed(page.state)) < 3 * MAX_TEXT_CHARS


MANY = np.zeros((48, 64, 3), np.uint8).tolist()


@pytest.mark.parametrize(
    "value",
    [MANY, b"\xff" * 1_000_000, "x" * 2_000_000, np.zeros((9, 9, 9))],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("output", [ipywidgets.IntText, ipywidgets.FloatSlider, nbs.ImageView])
def test_an_error_about_a_result_is_short_whatever_came(kernel, output, value):
    webcam, shown = nbs.Webcam(), output()
    binding = webcam.stream(lambda frame: value, outputs=shown)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: page.state["error"])
    assert len(str(binding.error)) < 1000
    assert len(page.state["error"]["text"]) < 1000


def test_text_for_a_widget_of_the_users_can_be_sent_whatever_its_length(kernel):
    webcam, shown = nbs.Webcam(), ipywidgets.Label()
    webcam.stream(lambda frame: HALF + "x" * 20_000, outputs=shown)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: shown.value)
    assert shown.value == "\ufffd" + "x" * 20_000


WIDGETS = {
    "a list of choices": (lambda: (ipywidgets.Dropdown(), "options"), [HALF, "b"]),
    "choices by name": (lambda: (ipywidgets.Dropdown(), "options"), {HALF: HALF}),
    "lists in each other": (lambda: (ipywidgets.Output(), "outputs"), ({"a": [(HALF,)]},)),
    "a text": (ipywidgets.HTML, HALF),
}


@pytest.mark.parametrize(("make", "value"), WIDGETS.values(), ids=WIDGETS)
def test_no_result_for_a_widget_of_the_users_keeps_its_state_from_the_pages(kernel, make, value):
    output = make()
    widget, _ = output if isinstance(output, tuple) else (output, "value")
    webcam = nbs.Webcam()
    binding = webcam.stream(lambda frame: value, outputs=output)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    before = len(widget.comm.sent)
    page.send_frame()
    wait_for(lambda: len(widget.comm.sent) > before)
    assert binding.error is None
    for _, data, _ in widget.comm.sent:
        packed(data)


@pytest.mark.parametrize("component", [gr.Textbox, gr.Label, gr.Markdown, gr.HTML, gr.JSON])
def test_no_result_for_a_component_of_an_app_keeps_its_state_from_the_pages(kernel, component):
    with gr.Blocks() as demo:
        shown = component()
    demo.launch()
    shown.take({"a": [HALF]} if component is gr.JSON else HALF)
    for widget in list(ipywidgets.widget._instances.values()):
        for _, data, _ in widget.comm.sent:
            packed(data)
    demo.close()


def test_a_device_whose_name_cannot_be_sent_is_named_as_far_as_can_be(kernel):
    webcam = nbs.Webcam()
    FakePage(kernel, webcam).command("choose_device", device=f"cam {HALF}")
    assert webcam.device.startswith("cam ")
    webcam.device.encode()
