"""How often the functions of an app run, and how many of them at once: events and streams."""

from __future__ import annotations

import sys
import threading

import pytest

import nbstream as nbs
import nbstream.gradio as gr
from nbstream.testing import FakePage, wait_for

from .gradio_app import Turnstile, press, set_by_person


@pytest.fixture
def app(kernel):
    demo = gr.Blocks()
    yield demo
    demo.close()


@pytest.mark.parametrize(("mode", "calls"), [("once", 1), ("always_last", 2), ("multiple", 4)])
def test_the_trigger_mode_says_what_becomes_of_clicks_while_the_function_runs(app, mode, calls):
    turnstile = Turnstile()
    with app:
        count, button = gr.State(0), gr.Button()
        button.click(turnstile, count, count, trigger_mode=mode)
    app.launch()
    press(button)
    assert turnstile.entered.acquire(timeout=10)
    for _ in range(3):
        press(button)
    turnstile.go_on.release(10)
    wait_for(lambda: count.read() == calls)


def test_two_events_of_one_function_are_not_called_at_once(app):
    turnstile = Turnstile()
    with app:
        first, second = gr.State(0), gr.State(10)
        buttons = [gr.Button(), gr.Button()]
        buttons[0].click(turnstile, first, first)
        buttons[1].click(turnstile, second, second)
    app.launch()
    press(buttons[0])
    assert turnstile.entered.acquire(timeout=10)
    press(buttons[1])
    assert not turnstile.entered.acquire(timeout=0.1)
    turnstile.go_on.release(2)
    wait_for(lambda: (first.read(), second.read()) == (1, 11))


def test_a_higher_concurrency_limit_lets_them_run_at_once(app):
    turnstile = Turnstile()
    with app:
        states = [gr.State(0), gr.State(0)]
        buttons = [gr.Button(), gr.Button()]
        for button, state in zip(buttons, states, strict=True):
            button.click(turnstile, state, state, concurrency_limit=2)
    app.launch()
    for button in buttons:
        press(button)
    assert turnstile.entered.acquire(timeout=10)
    assert turnstile.entered.acquire(timeout=10)
    turnstile.go_on.release(2)
    wait_for(lambda: [state.read() for state in states] == [1, 1])


def test_cancels_ends_a_generator_at_its_next_yield(app):
    yielded, go_on = threading.Semaphore(0), threading.Semaphore(0)

    def count():
        for number in range(100):
            yield number
            yielded.release()
            assert go_on.acquire(timeout=10)

    with app:
        seen, ended = gr.Number(), gr.State(False)
        begin, cancel = gr.Button(), gr.Button()
        counting = begin.click(count, None, seen)
        counting.then(lambda: True, None, ended)
        cancel.click(None, cancels=counting)
    app.launch()
    press(begin)
    assert yielded.acquire(timeout=10)
    press(cancel)
    go_on.release(2)
    wait_for(ended.read)
    assert seen.read() < 3


def test_a_stream_and_a_click_of_one_function_share_its_limit(kernel, app):
    turnstile = Turnstile()
    with app:
        camera, count, button = gr.Image(sources="webcam"), gr.State(0), gr.Button()
        camera.stream(turnstile, count, count, stream_every=0.1)
        button.click(turnstile, count, count)
    app.launch()
    page = FakePage(kernel, camera.widget)
    page.start()
    page.wait_for_status("live")
    press(button)
    page.send_frame()
    assert turnstile.entered.acquire(timeout=10)
    assert not turnstile.entered.acquire(timeout=0.1)
    page.stop()
    turnstile.go_on.release(2)
    assert turnstile.entered.acquire(timeout=10)
    wait_for(lambda: count.read() in (1, 2))


def test_the_function_of_a_stream_is_known_as_the_notebooks_own(kernel, app, monkeypatch):
    main = sys.modules["__main__"]

    def define():
        def flip(frame):
            return frame[::-1]

        flip.__module__, flip.__qualname__ = "__main__", "flip"
        monkeypatch.setattr(main, "flip", flip, raising=False)
        return flip

    with app:
        camera, shown = gr.Image(sources="webcam"), gr.Image()
        camera.stream(define(), camera, shown)
    app.launch()
    page = FakePage(kernel, camera.widget, shown.widget)
    page.start()
    page.wait_for_status("live")

    def note() -> str:
        page.beat()
        camera.widget._session.refresh()
        return page.state["note"] or ""

    assert note() == ""
    define()  # its cell is run again, and that of the app is not
    assert note().startswith("flip() was defined anew")


def test_a_forgotten_return_is_told(kernel, app):
    def flip(frame):
        frame[::-1]

    with app:
        camera, shown = gr.Image(sources="webcam"), gr.Image(label="Flipped")
        camera.stream(flip, camera, shown)
    app.launch()
    page = FakePage(kernel, camera.widget, shown.widget)
    page.start()
    page.wait_for_status("live")
    page.beat()
    camera.widget._session.refresh()
    note = page.state["note"] or ""
    assert note.startswith("flip() returns nothing, so nothing goes to Flipped. ")


def test_an_error_that_is_meant_is_a_notice_and_the_stream_goes_on(kernel, app):
    def refuse(frame):
        raise gr.Error("Nobody is there")

    with app:
        camera, shown = gr.Image(sources="webcam"), gr.Image()
        camera.stream(refuse, camera, shown)
    app.launch()
    page = FakePage(kernel, camera.widget, shown.widget)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: app.panel.notices == [("error", "Error: Nobody is there")])
    (binding,) = camera.widget.bindings
    assert (binding.status, binding.error) == ("live", None)


def test_a_number_that_is_none_is_a_notice_and_the_stream_goes_on(kernel, app):
    with app:
        camera, count, seen = gr.Image(sources="webcam"), gr.Number(label="Count"), gr.State()
        camera.stream(lambda number: number, count, seen)
    app.launch()
    set_by_person(count, value="ten")
    page = FakePage(kernel, camera.widget)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: app.panel.notices == [("error", "Error: Count: 'ten' is no number.")])
    set_by_person(count, value="10")
    page.send_frame()
    wait_for(lambda: seen.read() == 10)
    assert camera.widget.bindings[0].error is None


def test_progress_of_a_streams_call_goes_with_the_call_whichever_way_it_is_told(kernel, app):
    go_on = threading.Event()

    def watch(frame, progress=gr.Progress()):  # noqa: B008 - the way to ask for it
        progress(0.25)
        nbs.progress(0.5, "Half")
        nbs.notice("Look", kind="warning")
        go_on.wait(10)

    with app:
        camera = gr.Image(sources="webcam")
        camera.stream(watch, camera, None)
    app.launch()
    page = FakePage(kernel, camera.widget)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    wait_for(lambda: app.panel.progress == (0.5, "Half"))
    assert app.panel.notices == [("warning", "Look")]
    go_on.set()
    wait_for(lambda: app.panel.progress is None)


def test_what_follows_a_stream_is_called_at_its_stop(kernel, app):
    with app:
        camera, ended = gr.Image(sources="webcam"), gr.State(False)
        camera.stream(lambda frame: None, camera, None).then(lambda: True, None, ended)
    app.launch()
    page = FakePage(kernel, camera.widget)
    page.start()
    page.wait_for_status("live")
    (binding,) = camera.widget.bindings
    wait_for(lambda: binding.status == "live")
    page.stop()
    wait_for(ended.read)


def test_cancels_stops_a_stream(kernel, app):
    with app:
        camera, button = gr.Image(sources="webcam"), gr.Button()
        stream = camera.stream(lambda frame: None, camera, None)
        button.click(None, cancels=[stream])
    app.launch()
    page = FakePage(kernel, camera.widget)
    page.start()
    page.wait_for_status("live")
    press(button)
    page.wait_for_status("idle")


def two_streams_of_one_function(kernel, app) -> list[FakePage]:
    def watch(frame):
        return None

    with app:
        cameras = [gr.Image(sources="webcam") for _ in range(2)]
        for camera in cameras:
            camera.stream(watch, camera, None)
    app.launch()
    pages = [FakePage(kernel, camera.widget) for camera in cameras]
    pages[0].start()
    pages[0].wait_for_status("live")
    pages[1].start()
    return pages


def test_the_limits_of_a_stream_are_gradios(kernel, app):
    live, waiting = two_streams_of_one_function(kernel, app)
    waiting.wait_for_status("waiting")
    assert (live.state["stream_every_s"], live.state["remaining_s"]) == (0.5, None)


def test_queue_sets_the_limit_of_those_that_say_none(kernel, app):
    app.queue(default_concurrency_limit=2)
    _, other = two_streams_of_one_function(kernel, app)
    other.wait_for_status("live")


def test_a_click_of_a_thousand_times_waits_in_a_bounded_queue(app):
    turnstile = Turnstile()
    with app:
        count, button = gr.State(0), gr.Button()
        button.click(turnstile, count, count, trigger_mode="multiple")
    app.launch()
    for _ in range(1000):
        press(button)
    turnstile.go_on.release(2000)
    wait_for(lambda: count.read() >= 101)
