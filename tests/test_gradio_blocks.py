"""An app as a whole: how it is laid out, shown, styled and closed."""

from __future__ import annotations

import gc
import re
import weakref
from pathlib import Path

import ipywidgets
import numpy as np
import pytest

import nbstream.gradio as gr
from nbstream.gradio.tree.css import style_of
from nbstream.testing import wait_for

from .gradio_app import press, set_by_person


def test_the_tree_of_widgets_is_that_of_the_with_blocks(kernel):
    with gr.Blocks() as demo:
        with gr.Row() as row:
            with gr.Column(scale=2) as column:
                field = gr.Textbox()
            beside = gr.Number()
        with gr.Accordion("More", open=False):
            gr.Checkbox()
    tree = demo.launch()
    assert row.widget in tree.children
    assert row.widget.children == (column.widget, beside.widget)
    assert column.widget.children == (field.widget,)
    assert column.widget.layout.flex == "2 1 0%"
    assert column.widget.layout.min_width == "min(320px, 100%)"
    assert tree.children[-1].titles == ("More",)
    demo.close()


def test_tabs_that_follow_each_other_stand_together(kernel):
    with gr.Blocks() as demo:
        with gr.Tab("First"):
            gr.Textbox()
        with gr.Tab("Second"):
            gr.Textbox()
        gr.Markdown("between")
        with gr.Tabs(selected="b"):
            with gr.Tab("A", id="a"):
                gr.Textbox()
            with gr.Tab("B", id="b"):
                gr.Textbox()
    tree = demo.launch()
    tabs = [one for one in tree.children if isinstance(one, ipywidgets.Tab)]
    assert [one.titles for one in tabs] == [("First", "Second"), ("A", "B")]
    assert [one.selected_index for one in tabs] == [0, 1]
    demo.close()


def test_what_is_not_rendered_can_be_put_elsewhere_later(kernel):
    field = gr.Textbox(render=False)
    with gr.Blocks() as demo:
        gr.Markdown("above")
        field.render()
    assert field.widget is None
    assert demo.launch().children[-1] is field.widget
    demo.close()


def test_the_page_for_those_who_come_from_gradio_has_every_name():
    page = (Path(__file__).parents[1] / "docs" / "gradio.md").read_text("utf-8")
    assert [name for name in gr.__all__ if not re.search(rf"[`.]{name}\b", page)] == []


def test_launched_twice_it_is_the_same_tree(kernel):
    with gr.Blocks() as demo:
        gr.Textbox()
    assert demo.launch() is demo.launch()
    demo.close()


def test_an_app_inside_of_an_app_is_part_of_it(kernel):
    with gr.Blocks() as outer:
        shown = gr.Textbox()
        with gr.Blocks():
            button = gr.Button()
            button.click(lambda: "inner", None, shown)
        gr.Interface(lambda name: f"Hello {name}", "text", "text")
    outer.launch()
    press(button)
    wait_for(lambda: shown.read() == "inner")
    outer.close()


def test_an_interface_has_a_button_to_submit_and_one_to_clear(kernel):
    demo = gr.Interface(
        lambda name, count: f"Hello {name}" * count, ["text", gr.Slider(1, 3)], "text"
    )
    demo.launch()
    buttons = [one for one in demo.walk() if isinstance(one, gr.Button)]
    assert [one.widget.description for one in buttons] == ["Clear", "Submit"]
    name, greeting = demo.input_components[0], demo.output_components[0]
    assert (name.label, greeting.label) == ("name", "output")
    name.take("Ada")
    press(buttons[1])
    wait_for(lambda: greeting.read() == "Hello Ada")
    press(buttons[0])
    wait_for(lambda: (name.read(), greeting.read()) == ("", ""))
    demo.close()


def test_a_live_interface_of_fields_is_called_at_each_change(kernel):
    demo = gr.Interface(lambda a, b: a + b, [gr.Slider(0, 9), gr.Slider(0, 9)], "number", live=True)
    demo.launch()
    set_by_person(demo.input_components[0], value=4.0)
    wait_for(lambda: demo.output_components[0].read() == 4)
    demo.close()


def test_css_holds_for_the_app_only_and_finds_elements_by_their_id():
    css = "#middle img, .a { color: #add; } @media (min-width: 1px) { #middle { top: 0 } } #other { left: 0 }"
    style = style_of([css], "app-1", ["middle", "add"])
    assert "@scope (.app-1)" in style
    assert ".nbstream-gradio-id-middle img, .a { color: #add; }" in style
    assert "{ .nbstream-gradio-id-middle { top: 0 } }" in style
    assert "#other { left: 0 }" in style


def test_css_cannot_end_its_element():
    assert "</style" not in style_of(["a {} </STYLE><script>"], "app", []).lower()


def test_css_is_taken_from_blocks_launch_and_files(kernel, tmp_path):
    path = tmp_path / "app.css"
    path.write_text(".from-file { top: 0 }")
    with gr.Blocks(css=".from-blocks { top: 0 }", css_paths=path) as demo:
        gr.Textbox(elem_id="field")
    tree = demo.launch(css="#field { top: 0 }")
    text = tree.children[0].value
    for rule in (".from-blocks", ".from-file", ".nbstream-gradio-id-field"):
        assert rule in text
    demo.close()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"share": True}, "share the notebook"),
        ({"auth": ("a", "b")}, "who may come in"),
        ({"js": "alert(1)"}, "Scripts of the page"),
        ({"spam": 1}, "no argument 'spam'"),
    ],
)
def test_launch_refuses_what_cannot_be_had(kernel, options, words):
    with pytest.raises((TypeError, ValueError), match=f"(?i){words}"):
        gr.Blocks().launch(**options)


def test_what_means_nothing_is_accepted(kernel):
    with gr.Blocks(title="T", theme=gr.themes.Soft(), fill_width=True) as demo:
        pass
    demo.launch(share=False, server_port=7860, inbrowser=True, debug=True, quiet=True)
    demo.close()


def test_a_closed_app_cannot_be_launched_again(kernel):
    with gr.Blocks() as demo:
        gr.Textbox()
    demo.launch()
    demo.close()
    with pytest.raises(RuntimeError, match="closed"):
        demo.launch()


def test_a_closed_app_leaves_no_widget_and_no_object(kernel):
    before = set(ipywidgets.widget._instances)
    with gr.Blocks() as demo:
        camera, shown, button = gr.Image(sources="webcam"), gr.Image(), gr.Button()
        with gr.Tab("a"):
            gr.CheckboxGroup(["a", "b"])
            gr.Gallery([np.zeros((4, 4, 3), np.uint8)])
            gr.Label({"a": 1.0})
            gr.Audio(interactive=False)
        camera.stream(lambda frame: frame, camera, shown)
        button.click(lambda: None, None, shown)
    demo.launch()
    assert set(ipywidgets.widget._instances) > before
    demo.close()
    assert set(ipywidgets.widget._instances) == before
    kept = weakref.ref(camera)
    del demo, camera, shown, button
    gc.collect()
    assert kept() is None
