"""Events of an app: who calls which function when, what the function gets, and what becomes of its result."""

from __future__ import annotations

import asyncio
import threading

import pytest

import nbstream.gradio as gr
from nbstream.testing import wait_for

from .gradio_app import press, press_enter, set_by_person


@pytest.fixture
def app(kernel):
    """Makes an app: inside of its `with` a test describes it; launched and closed by the fixture's user."""
    demo = gr.Blocks()
    yield demo
    demo.close()


def test_a_click_calls_the_function_with_the_inputs_values_and_shows_its_results(app):
    with app:
        first, second = gr.Number(2), gr.Number(3)
        product, words = gr.Number(), gr.Textbox()
        button = gr.Button("Multiply")
        button.click(lambda a, b: (a * b, f"{a} times {b}"), [first, second], [product, words])
    app.launch()
    press(button)
    wait_for(lambda: words.read() == "2 times 3")
    assert product.read() == 6


def test_change_comes_from_anybody_and_input_from_the_person_only(app):
    with app:
        field, changed, entered = gr.Textbox(), gr.Textbox(), gr.Textbox()
        button = gr.Button()
        field.change(lambda text: text, field, changed)
        field.input(lambda text: text, field, entered)
        button.click(lambda: "from a function", None, field)
    app.launch()
    set_by_person(field, value="from a person")
    wait_for(lambda: (changed.read(), entered.read()) == ("from a person", "from a person"))
    press(button)
    wait_for(lambda: changed.read() == "from a function")
    assert entered.read() == "from a person"


def test_select_tells_which_choice(app):
    got = []

    def chosen(event: gr.SelectData):
        got.append((event.index, event.value, event.selected))

    with app:
        radio, group = gr.Radio(["a", "b"]), gr.CheckboxGroup(["c", "d"], value="d")
        gr.on([radio.select, group.select], chosen, trigger_mode="multiple")
    app.launch()
    set_by_person(radio, index=1)
    group.inner.children[1].comm.deliver_update(value=False)
    wait_for(lambda: got == [(1, "b", True), (1, "d", False)])


def test_enter_in_a_textbox_is_submit(app):
    with app:
        field, shown = gr.Textbox("hello"), gr.Textbox()
        field.submit(str.upper, field, shown)
    app.launch()
    press_enter(field)
    wait_for(lambda: shown.read() == "HELLO")


def test_a_decorator_makes_an_event_and_leaves_a_function(app):
    with app:
        field, shown = gr.Textbox("a"), gr.Textbox()

        @field.submit(inputs=field, outputs=shown)
        def twice(text):
            return text * 2

    assert twice("b") == "bb"
    app.launch()
    press_enter(field)
    wait_for(lambda: shown.read() == "aa")


def test_on_has_one_function_called_by_several_events(app):
    with app:
        field, shown, button = gr.Textbox("a"), gr.Number(0), gr.Button()
        gr.on([field.submit, button.click], lambda count: count + 1, shown, shown)
    app.launch()
    press(button)
    wait_for(lambda: shown.read() == 1)
    press_enter(field)
    wait_for(lambda: shown.read() == 2)


def test_on_without_triggers_is_called_at_each_change_of_an_input(app):
    with app:
        first, second, total = gr.Number(1), gr.Number(2), gr.Number()
        gr.on(fn=lambda a, b: a + b, inputs=[first, second], outputs=total)
    app.launch()
    set_by_person(second, value="5")
    wait_for(lambda: total.read() == 6)


@pytest.mark.parametrize("kind", ["plain", "async", "generator", "async generator"])
def test_functions_of_every_kind_are_called(app, kind):
    async def asynchronous(x):
        await asyncio.sleep(0)
        return x + 1

    def generator(x):
        yield x
        yield x + 1

    async def async_generator(x):
        yield x
        yield x + 1

    functions = {"plain": lambda x: x + 1, "async": asynchronous, "generator": generator}
    with app:
        number, button, seen = gr.Number(1), gr.Button(), gr.Number()
        button.click(functions.get(kind, async_generator), number, seen)
    app.launch()
    press(button)
    wait_for(lambda: seen.read() == 2)


def test_then_follows_in_any_case_success_without_an_error_failure_with_one(app):
    def check(text):
        if text == "bad":
            raise gr.Error("This is bad")

    with app:
        field, log = gr.Textbox(), gr.State([])
        checked = field.submit(check, field, None)
        checked.then(lambda log: [*log, "then"], log, log)
        checked.success(lambda log: [*log, "success"], log, log)
        checked.failure(lambda log: [*log, "failure"], log, log)
    app.launch()
    press_enter(field)
    wait_for(lambda: sorted(log.read()) == ["success", "then"])
    set_by_person(field, value="bad")
    press_enter(field)
    wait_for(lambda: sorted(log.read()) == ["failure", "success", "then", "then"])


def test_a_state_tells_of_another_value_and_of_changed_contents_but_not_of_the_same(app):
    with app:
        state, heard = gr.State([]), gr.State(0)
        same, longer = gr.Button(), gr.Button()
        same.click(list, state, state)
        longer.click(lambda items: items.append("more") or items, state, state)
        state.change(lambda count: count + 1, heard, heard)
    app.launch()
    press(longer)
    wait_for(lambda: heard.read() == 1)
    press(same)
    press(longer)
    wait_for(lambda: heard.read() == 2)
    assert state.read() == ["more", "more"]


def test_a_set_of_inputs_comes_as_one_dict(app):
    with app:
        first, second, total = gr.Number(1), gr.Number(2), gr.Number()
        button = gr.Button()
        button.click(lambda values: values[first] - values[second], {first, second}, total)
    app.launch()
    press(button)
    wait_for(lambda: total.read() == -1)


def test_a_dict_of_outputs_changes_those_alone_and_skip_none(app):
    with app:
        first, second = gr.Textbox("a"), gr.Textbox("b")
        one, none, ended = gr.Button(), gr.Button(), gr.State(0)
        one.click(lambda: {second: "changed"}, None, [first, second])
        none.click(gr.skip, None, [first, second]).then(lambda: 1, None, ended)
    app.launch()
    press(one)
    wait_for(lambda: second.read() == "changed")
    press(none)
    wait_for(ended.read)
    assert (first.read(), second.read()) == ("a", "changed")


def test_load_is_called_when_the_app_is_launched(app):
    with app:
        shown = gr.Textbox()
        app.load(lambda: "loaded", None, shown)
    app.launch()
    wait_for(lambda: shown.read() == "loaded")


def test_what_is_raised_is_a_notice_and_the_traceback_goes_to_the_cell(app, capfd):
    def fail(kind):
        if kind == "meant":
            raise gr.Error("Say something else", duration=5)
        raise KeyError("a fault")

    with app:
        field = gr.Textbox("meant")
        field.submit(fail, field, None)
    app.launch()
    press_enter(field)
    wait_for(lambda: app.panel.notices == [("error", "Error: Say something else")])
    set_by_person(field, value="not meant")
    press_enter(field)
    wait_for(lambda: app.panel.notices[-1] == ("error", "Error: KeyError: 'a fault'"))
    wait_for(lambda: 'raise KeyError("a fault")' in capfd.readouterr().err)


def test_notices_go_after_their_time_and_at_most_five_are_there(kernel, app):
    with app:
        button = gr.Button()

        def talk():
            for number in range(7):
                gr.Info(f"number {number}")
            gr.Warning("stays", duration=None)
            gr.Info("unseen", visible=False)

        button.click(talk, None, None)
    app.launch()
    press(button)
    wait_for(lambda: len(app.panel.notices) == 5 and app.panel.notices[-1][0] == "warning")
    kernel.clock.advance(10)
    assert app.panel.notices == [("warning", "Warning: stays")]


def test_progress_is_a_bar_while_the_function_runs(app):
    turnstile = threading.Semaphore(0)

    def work(progress=gr.Progress()):  # noqa: B008 - the way to ask for it
        progress(0.25, desc="Begin")
        assert turnstile.acquire(timeout=10)
        for _ in progress.tqdm(range(4), desc="Steps"):
            assert turnstile.acquire(timeout=10)
        return "done"

    with app:
        button, shown = gr.Button(), gr.Textbox()
        button.click(work, None, shown)
    app.launch()
    press(button)
    wait_for(lambda: app.panel.progress == (0.25, "Begin"))
    turnstile.release(2)
    wait_for(lambda: app.panel.progress == (0.25, "Steps 1/4 steps"))
    turnstile.release(3)
    wait_for(lambda: shown.read() == "done")
    wait_for(lambda: app.panel.progress is None)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda b: b.click(lambda: 1, None, None, js="() => 1"), "Write it as a Python function"),
        (lambda b: b.click(lambda: 1, None, None, batch=True), "one value each"),
        (lambda b: b.click(lambda: 1, None, None, spam=1), "no argument 'spam'"),
        (lambda b: b.click(lambda: 1, None, None, trigger_mode="ever"), "'always_last'"),
        (lambda b: b.click(lambda: 1, None, None, concurrency_limit="all"), '"default"'),
        (lambda b: b.click(lambda: 1, "text", None), "expected components"),
        (lambda b: b.change, "its events are click"),
        (lambda b: gr.on([lambda: 1], lambda: 1), "such as button.click"),
    ],
)
def test_what_cannot_be_had_raises_at_once(app, make, words):
    with app, pytest.raises((TypeError, ValueError, AttributeError), match=words):
        make(gr.Button())


def test_what_means_nothing_here_is_accepted(app):
    with app:
        button = gr.Button()
        button.click(lambda: None, api_name="x", show_progress="hidden", queue=False)
    app.launch()


def test_a_function_that_cannot_take_its_inputs_raises_at_launch(app):
    with app:
        button, field = gr.Button(), gr.Textbox(label="Words")
        button.click(lambda: 1, field, None)
    with pytest.raises(TypeError, match="Words"):
        app.launch()


def test_an_event_outside_of_an_app_raises(kernel):
    button = gr.Button()
    with pytest.raises(RuntimeError, match=r"with gr\.Blocks"):
        button.click(lambda: 1)
