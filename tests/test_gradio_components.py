"""Fields of an app and what shows words: what functions get of them, and what an update changes."""

from __future__ import annotations

import ipywidgets
import numpy as np
import pytest

import nbstream as nbs
import nbstream.gradio as gr

from .gradio_app import launched, set_by_person

PICTURE = np.full((48, 64, 3), 120, np.uint8)


@pytest.fixture
def app(kernel):
    demo = gr.Blocks()
    yield demo
    demo.close()


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda: gr.Textbox("text"), "text"),
        (lambda: gr.Textbox("text", lines=4), "text"),
        (gr.Textbox, ""),
        (lambda: gr.Textbox(lambda: "from a function"), "from a function"),
        (gr.Number, None),
        (lambda: gr.Number(2.5), 2.5),
        (lambda: gr.Number(2.5678, precision=2), 2.57),
        (lambda: gr.Number(2.0, precision=0), 2),
        (gr.Slider, 0),
        (lambda: gr.Slider(10, 20), 10),
        (lambda: gr.Slider(0, 1, 0.3), 0.3),
        (lambda: gr.Slider(0, 1, 0.333, precision=1), 0.3),
        (lambda: gr.Dropdown(["a", "b"]), "a"),
        (lambda: gr.Dropdown(["a", "b"], value=None), None),
        (lambda: gr.Dropdown([("first", 1), ("second", 2)], value=2), 2),
        (lambda: gr.Dropdown(["a", "b"], value="b", type="index"), 1),
        (lambda: gr.Dropdown(["a", "b"], multiselect=True), []),
        (lambda: gr.Dropdown(["a", "b"], value=["b"], multiselect=True), ["b"]),
        (lambda: gr.Dropdown(["a"], value="other", allow_custom_value=True), "other"),
        (lambda: gr.Radio(["a", "b"]), None),
        (lambda: gr.Radio([("first", 1), ("second", 2)], value=2, type="index"), 1),
        (gr.Checkbox, False),
        (lambda: gr.Checkbox(True), True),
        (lambda: gr.CheckboxGroup(["a", "b"]), []),
        (lambda: gr.CheckboxGroup(["a", "b"], value="b"), ["b"]),
        (lambda: gr.CheckboxGroup(["a", "b"], value=["b", "a"], type="index"), [0, 1]),
        (gr.ColorPicker, "#000000"),
        (lambda: gr.ColorPicker("#ff0000"), "#ff0000"),
        (gr.Button, "Run"),
        (lambda: gr.Markdown("# title"), "# title"),
        (lambda: gr.HTML("<b>bold</b>"), "<b>bold</b>"),
        (lambda: gr.JSON({"a": [1]}), {"a": [1]}),
        (lambda: gr.Label({"cat": 0.9, "dog": 0.1}), {"cat": 0.9, "dog": 0.1}),
        (lambda: gr.State([1]), [1]),
        (lambda: gr.State(dict), {}),
    ],
)
def test_functions_get_the_value(app, make, value):
    assert launched(app, make()).read() == value


@pytest.mark.parametrize(
    ("make", "traits", "value"),
    [
        (gr.Number, {"value": " 3.5 "}, 3.5),
        (lambda: gr.Slider(0, 10), {"value": 7.0}, 7),
        (lambda: gr.Radio(["a", "b"]), {"index": 1}, "b"),
        (lambda: gr.Dropdown(["a", "b"], multiselect=True), {"index": [0, 1]}, ["a", "b"]),
        (gr.ColorPicker, {"value": "#00ff00"}, "#00ff00"),
    ],
)
def test_what_the_person_sets_is_the_value(app, make, traits, value):
    component = launched(app, make())
    set_by_person(component, **traits)
    assert component.read() == value


def test_a_group_of_boxes_is_set_box_by_box(app):
    group = launched(app, gr.CheckboxGroup(["a", "b", "c"]))
    group.inner.children[2].comm.deliver_update(value=True)
    assert group.read() == ["c"]


@pytest.mark.parametrize(("text", "words"), [("ten", "no number"), ("11", "beyond 10")])
def test_a_number_that_is_none_is_an_error_for_the_person(app, text, words):
    number = launched(app, gr.Number(minimum=0, maximum=10, label="Count"))
    set_by_person(number, value=text)
    with pytest.raises(gr.Error, match=f"Count.*{words}"):
        number.read()


@pytest.mark.parametrize(
    ("make", "update", "check"),
    [
        (lambda: gr.Textbox("a"), {"value": "b"}, lambda one: one.read() == "b"),
        (gr.Textbox, {"label": "L"}, lambda one: one._label.value == "L"),
        (gr.Textbox, {"info": "I"}, lambda one: one._info.value == "I"),
        (gr.Textbox, {"placeholder": "P"}, lambda one: one.inner.placeholder == "P"),
        (gr.Textbox, {"interactive": False}, lambda one: one.inner.disabled),
        (gr.Textbox, {"visible": False}, lambda one: one.widget.layout.display == "none"),
        (
            lambda: gr.Textbox(elem_classes="old"),
            {"elem_classes": ["new"]},
            lambda one: {"new"} == {"new", "old"} & set(one.widget._dom_classes),
        ),
        (
            lambda: gr.Dropdown(["a"]),
            {"choices": ["c", "d"], "value": "d"},
            lambda one: one.read() == "d" and one.inner.options == (("c", "c"), ("d", "d")),
        ),
        (
            lambda: gr.CheckboxGroup(["a", "b"], value="b"),
            {"choices": ["b", "c"]},
            lambda one: one.read() == ["b"] and len(one.inner.children) == 2,
        ),
        (lambda: gr.Slider(0, 10), {"maximum": 50, "value": 40}, lambda one: one.read() == 40),
        (lambda: gr.Button("a"), {"value": "b"}, lambda one: one.widget.description == "b"),
        (
            gr.Button,
            {"variant": "stop", "interactive": False},
            lambda one: (one.widget.button_style, one.widget.disabled) == ("danger", True),
        ),
        (lambda: gr.Image(interactive=False), {"label": "L"}, lambda one: one.widget.label == "L"),
        (
            lambda: gr.Image(interactive=False),
            {"value": PICTURE, "width": 99},
            lambda one: one.read().shape == (48, 64, 3) and one.widget.layout.width == "99px",
        ),
        (gr.Column, {"visible": False}, lambda one: one.widget.layout.display == "none"),
        (
            lambda: gr.Accordion("A"),
            {"open": False, "label": "B"},
            lambda one: (one.widget.selected_index, one.widget.titles) == (None, ("B",)),
        ),
    ],
)
def test_an_update_changes_properties_as_does_a_component_that_is_returned(
    kernel, make, update, check
):
    for as_component in (False, True):
        demo = gr.Blocks()
        component = launched(demo, make())
        component.take(type(component)(**update) if as_component else gr.update(**update))
        assert check(component), as_component
        demo.close()


def test_an_update_of_what_cannot_be_changed_says_so(app):
    field = launched(app, gr.Textbox())
    with pytest.raises(nbs.ResultError, match="'type' for Textbox"):
        field.take(gr.update(type="password"))


@pytest.mark.parametrize(
    ("make", "value", "words"),
    [
        (gr.Slider, "many", "expected a number"),
        (lambda: gr.Dropdown(["a"]), "b", "none of its choices"),
        (lambda: gr.Radio(["a"]), "b", "none of its choices"),
        (lambda: gr.CheckboxGroup(["a"]), ["b"], "none of its choices"),
        (gr.Label, {"a": "much"}, "shares as numbers"),
        (gr.JSON, "{", "no JSON"),
        (gr.Plot, "plot", "figure of matplotlib"),
        (lambda: gr.Image(interactive=False), "no/such/file.png", "no file"),
        (lambda: gr.Audio(interactive=False), 3, "a WAV file's name"),
        (gr.AnnotatedImage, PICTURE, "box or mask"),
        (gr.Row, 1, "has none"),
    ],
)
def test_a_result_that_does_not_fit_says_what_would(app, make, value, words):
    with pytest.raises(nbs.ResultError, match=words):
        launched(app, make()).take(value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gr.Image(watermark="logo.png"), "Draw it in your function"),
        (lambda: gr.Image(type="bytes"), "'filepath'"),
        (lambda: gr.Image(sources="screen"), "'webcam'"),
        (lambda: gr.Image(spam=1), "no argument 'spam'"),
        (lambda: gr.Image(source="webcam"), "it is now sources="),
        (lambda: gr.Image(mirror_webcam=False), r"gr\.WebcamOptions\(mirror="),
        (lambda: gr.Audio(show_download_button=True), "it is now buttons="),
        (lambda: gr.Button().click(every=1), r"component\.event\(\) .* now stream_every="),
        (lambda: gr.Blocks().launch(share=True), r"^demo\.launch\(share=True\)"),
        (lambda: gr.Textbox(every=1), "from an event"),
        (lambda: gr.Textbox(max_length=3), "Cut the text"),
        (lambda: gr.Audio(loop=True), "as often"),
        (lambda: gr.State(1, time_to_live=3), "stays until"),
        (lambda: gr.Progress(track_tqdm=True), "progress.tqdm"),
        (lambda: gr.Tab("a", height=3), "elem_classes"),
        (lambda: gr.Chatbot, "it covers streaming apps"),
    ],
)
def test_what_is_not_part_of_it_raises_at_once(make, words):
    with pytest.raises((TypeError, ValueError, AttributeError), match=words):
        make()


def test_what_means_nothing_in_a_notebook_is_accepted():
    gr.Image(placeholder="P", container=False, buttons=["download"], key=1, alt_text="x")
    gr.Audio(waveform_options=gr.WaveformOptions(sample_rate=8000), editable=False)
    soft = gr.themes.Soft(primary_hue=gr.themes.colors.red, font=[gr.themes.GoogleFont("Inter")])
    soft.set(body_background_fill="white")


def test_a_label_shows_the_best_first_and_no_more_than_asked(app):
    label = launched(app, gr.Label({"a": 0.1, "b": 0.7, "c": 0.2}, num_top_classes=2))
    assert label._best.value == "b"
    rows = label._box.children
    assert [row.children[0].value for row in rows] == ["b 70%", "c 20%"]
    label.take("only a word")
    assert label._best.value == "only a word"
    assert {row.layout.display for row in rows} == {"none"}


def test_markdown_and_json_are_rendered_by_the_notebook(app):
    words = launched(app, gr.Markdown("    # a\n    b"))
    (output,) = words.inner.outputs
    assert output["data"]["text/markdown"] == "# a\nb"
    words.take(None)
    assert words.inner.outputs == ()


def test_what_is_an_output_only_is_there_to_be_looked_at(app):
    with app:
        field, shown, button = gr.Textbox(), gr.Textbox(), gr.Button()
        edited = gr.Textbox(interactive=True)
        button.click(lambda text: (text, text), field, [shown, edited])
    app.launch()
    assert [one.inner.disabled for one in (field, shown, edited)] == [False, True, False]
    assert isinstance(shown.inner, ipywidgets.Text)
