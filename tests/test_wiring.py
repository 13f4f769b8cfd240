"""Routing and lock on the comms of widgets."""

from __future__ import annotations

import threading
from typing import Any

import ipywidgets
import pytest

import nbstream as nbs
from nbstream.kernel.wiring import set_trait, trait_lock, unwire, wire, wire_comm
from nbstream.testing import MockComm


@pytest.fixture
def slider(kernel) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider()


def locked(widget: ipywidgets.Widget) -> bool:
    """Whether another thread would have to wait for the lock."""
    free: list[bool] = []

    def probe() -> None:
        lock = trait_lock(widget)
        free.append(lock.acquire(blocking=False))
        if free[0]:
            lock.release()

    thread = threading.Thread(target=probe)
    thread.start()
    thread.join()
    return not free[0]


def test_each_widget_has_one_lock_of_its_own(slider):
    assert trait_lock(slider) is trait_lock(slider)
    assert trait_lock(slider) is not trait_lock(ipywidgets.IntSlider())


def test_a_trait_is_set_under_the_lock(slider):
    seen: list[bool] = []
    slider.observe(lambda change: seen.append(locked(slider)), "value")
    set_trait(slider, "value", 5)
    assert slider.value == 5
    assert seen == [True]
    assert not locked(slider)


def test_a_wired_widgets_messages_set_traits_under_the_lock(slider):
    seen: list[bool] = []
    slider.observe(lambda change: seen.append(locked(slider)), "value")
    wire(slider)
    slider.comm.deliver_update(value=7)
    assert slider.value == 7
    assert seen == [True]


def test_a_custom_message_does_not_hold_the_lock(slider):
    seen: list[bool] = []
    slider.on_msg(lambda *message: seen.append(locked(slider)))
    wire(slider)
    slider.comm.deliver({"any": "thing"})
    assert seen == [False]


def test_a_wired_comm_goes_round_the_events_of_ipython(slider, monkeypatch):
    handled: list[Any] = []
    monkeypatch.setattr(MockComm, "handle_msg", lambda comm, message: handled.append(message))
    slider.comm.deliver_update(value=3)
    assert len(handled) == 1
    wire(slider)
    slider.comm.deliver_update(value=4)
    assert len(handled) == 1
    assert slider.value == 4


def test_messages_stay_where_the_page_asks_for_them(slider):
    slider.comm._reply_subshell_for = lambda data, default: "of the last message sent"
    wire(slider)
    assert slider.comm._reply_subshell_for({}, "asked for") == "asked for"


def test_unwiring_gives_the_widget_its_own_routing_back(slider):
    wire(slider)
    assert "handle_msg" in vars(slider.comm)
    unwire(slider)
    assert "handle_msg" not in vars(slider.comm)
    assert "_reply_subshell_for" not in vars(slider.comm)
    slider.comm.deliver_update(value=9)
    assert slider.value == 9


def test_a_widget_of_two_streams_stays_wired_until_both_are_done(slider):
    wire(slider)
    wire(slider)
    unwire(slider)
    assert "handle_msg" in vars(slider.comm)
    unwire(slider)
    assert "handle_msg" not in vars(slider.comm)


def test_a_comm_without_these_attributes_is_left_alone(slider):
    class OtherComm:
        __slots__ = ()

    wire_comm(slider, OtherComm())


def test_one_that_wires_while_another_unwires_stays_wired(kernel):
    wanted = threading.Barrier(2)
    for _ in range(200):
        slider = ipywidgets.IntSlider()
        wire(slider)

        def other(slider: ipywidgets.Widget = slider) -> None:
            wanted.wait()
            wire(slider)

        thread = threading.Thread(target=other)
        thread.start()
        wanted.wait()
        unwire(slider)
        thread.join()
        assert "handle_msg" in vars(slider.comm)


def test_a_widget_that_is_closed_while_wired_can_be_unwired(slider):
    wire(slider)
    slider.close()
    unwire(slider)


def test_no_comm_no_wiring(slider):
    wire_comm(slider, None)


def test_our_own_widgets_are_wired_from_the_beginning(kernel):
    import nbstream as nbs

    assert "handle_msg" in vars(nbs.ImageView().comm)


def test_the_wiring_does_not_keep_a_widget_alive():
    import gc
    import weakref

    class Comm:
        handle_msg: Any = None

    class Thing:
        """Stands for a widget, which ipywidgets itself would keep."""

    thing, comm = Thing(), Comm()
    wire_comm(thing, comm)
    gone = weakref.ref(thing)
    del thing
    gc.collect()
    assert gone() is None
    comm.handle_msg({"content": {"data": {}}})


@pytest.mark.parametrize("kind", [nbs.Webcam, nbs.Microphone, nbs.ImageView, nbs.AudioPlayer])
def test_the_comm_of_a_widget_has_the_widgets_name_for_a_page_that_must_do_without_its_host(
    kernel, kind
):
    widget = kind()
    assert widget.comm.comm_id == widget.model_id == widget._widget_id
