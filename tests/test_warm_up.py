"""`warm_up=`: called once before the first stream is let in; loading a model eats nobody's time."""

from __future__ import annotations

import functools
import gc
import sys
import threading
import weakref

import pytest

import nbstream as nbs
from nbstream.calls.warm_up import warm_up_of
from nbstream.testing import wait_for

from .streaming import Stream, identity


class Loading:
    """A warm-up that ends when it is told to, well or with an error."""

    def __init__(self) -> None:
        self.call_count = 0
        self.error: BaseException | None = None
        self._go_on = threading.Semaphore(0)

    def load_model(self) -> None:
        self.call_count += 1
        sys.stdout.write("loading\n")
        assert self._go_on.acquire(timeout=10)
        if self.error is not None:
            raise self.error

    def end(self, error: BaseException | None = None) -> None:
        self.error = error
        self._go_on.release()


@pytest.fixture
def loading() -> Loading:
    return Loading()


def started(kernel, client: str = "page-1", **options) -> Stream:
    stream = Stream(kernel, identity, client, concurrency_limit=1, **options)
    stream.page.start()
    return stream


def note_of(stream: Stream) -> str | None:
    note: str | None = stream.page.state["note"]
    return note


def test_a_stream_gets_ready_before_it_is_live_and_its_clock_stands_meanwhile(kernel, loading):
    stream = started(kernel, warm_up=loading.load_model, time_limit=10)
    assert (stream.page.status, note_of(stream)) == ("waiting", "Getting ready.")
    assert not stream.may_send()
    stream.page.pass_time(5)
    assert "load_model() has run for 5 s" in str(note_of(stream))
    loading.end()
    stream.page.wait_for_status("live")
    assert (note_of(stream), stream.page.state["remaining_s"]) == (None, 10)
    assert stream.one_result() == 100


def test_it_is_called_once_for_all_streams_that_were_given_it_and_for_all_their_starts(
    kernel, loading
):
    first = started(kernel, warm_up=loading.load_model)
    loading.end()
    first.page.wait_for_status("live")
    first.page.stop()
    first.go_live()
    first.page.stop()
    Stream(kernel, warm_up=loading.load_model, client="page-2").go_live()
    assert loading.call_count == 1


def test_a_cell_that_makes_the_stream_again_does_not_load_the_model_again(kernel, loading):
    stream = started(kernel, warm_up=loading.load_model)
    loading.end()
    stream.page.wait_for_status("live")
    binding = stream.webcam.stream(lambda frame: 255 - frame, warm_up=loading.load_model)
    wait_for(lambda: binding.status == "live")
    assert loading.call_count == 1


def test_it_is_kept_only_as_long_as_a_stream_may_use_it():
    def load() -> None: ...

    first = warm_up_of(load)
    assert warm_up_of(load) is first
    kept = weakref.ref(first)
    del first
    gc.collect()
    assert kept() is None


def test_nobody_is_kept_out_while_another_one_gets_ready(kernel, loading):
    getting_ready = started(kernel, warm_up=loading.load_model)
    other = Stream(kernel, identity, "page-2", concurrency_limit=1).go_live()
    loading.end()
    wait_for(lambda: getting_ready.binding.queue_position == 0)
    other.page.stop()
    getting_ready.page.wait_for_status("live")


def test_those_who_wait_for_it_are_let_in_in_order_of_arrival(kernel, loading):
    streams = [started(kernel, f"page-{k}", warm_up=loading.load_model) for k in range(4)]
    # Who stops and starts again comes last.
    streams[1].page.stop()
    streams[1].page.start()
    loading.end()
    wait_for(lambda: streams[1].binding.queue_position == 2)
    assert [one.binding.queue_position for one in streams] == [None, 2, 0, 1]
    assert loading.call_count == 1


def test_an_error_in_it_pauses_the_stream_and_is_shown_and_resume_tries_again(kernel, loading):
    streams = [started(kernel, f"page-{k}", warm_up=loading.load_model) for k in range(2)]
    loading.end(FileNotFoundError("no model.onnx"))
    for stream in streams:
        stream.page.wait_for_status("paused")
        assert stream.page.state["wanted"]
        assert note_of(stream) == "Getting ready failed; Resume tries again."
        assert "in load_model" in stream.page.state["error"]["text"]
        assert "no model.onnx" in stream.page.state["error"]["text"]
        assert isinstance(getattr(stream.binding.error, "exception", None), FileNotFoundError)
    streams[0].page.command("resume")
    assert (streams[0].page.status, note_of(streams[0])) == ("waiting", "Getting ready.")
    assert streams[0].page.state["error"] is None
    loading.end()
    streams[0].page.wait_for_status("live")
    assert loading.call_count == 2
    assert streams[1].page.status == "paused"


def test_exiting_in_it_is_an_error_like_others(kernel, loading):
    stream = started(kernel, warm_up=loading.load_model)
    loading.end(SystemExit(1))
    stream.page.wait_for_status("paused")
    assert "SystemExit" in stream.page.state["error"]["text"]


def test_its_prints_are_shown(kernel, loading, capsys):
    stream = started(kernel, warm_up=loading.load_model)
    loading.end()
    stream.page.wait_for_status("live")
    assert stream.page.state["log"] == ["loading"]
    assert capsys.readouterr().out == "loading\n"


def test_an_async_one_is_awaited(kernel):
    ended = []

    async def load() -> None:
        import asyncio

        await asyncio.sleep(0)
        ended.append(True)

    stream = started(kernel, warm_up=load)
    stream.page.wait_for_status("live")
    assert ended == [True]


def test_after_stop_it_goes_on_for_the_next_start(kernel, loading):
    stream = started(kernel, warm_up=loading.load_model)
    stream.page.stop()
    assert (stream.page.status, note_of(stream)) == ("idle", None)
    loading.end()
    stream.page.start()
    stream.page.wait_for_status("live")
    assert loading.call_count == 1


def test_a_stream_that_was_stopped_meanwhile_does_not_take_a_place(kernel, loading):
    stopped = started(kernel, "page-0", warm_up=loading.load_model)
    other = started(kernel, "page-1", warm_up=loading.load_model)
    stopped.page.stop()
    loading.end()
    other.page.wait_for_status("live")
    assert (stopped.binding.status, stopped.binding.queue_position) == ("idle", None)


def test_one_without_a_hash_is_called_too(kernel):
    class Model:
        __hash__ = None  # type: ignore[assignment]

        def __init__(self) -> None:
            self.call_count = 0

        def __call__(self) -> None:
            self.call_count += 1

    model = Model()
    for client in ("page-1", "page-2"):
        Stream(kernel, warm_up=model, client=client).go_live()
    assert model.call_count == 1


def test_one_that_takes_arguments_is_refused_and_one_with_all_arguments_given_is_not(kernel):
    def load(path: str) -> None: ...

    webcam = nbs.Webcam()
    with pytest.raises(TypeError, match=r"warm_up is .*load.*path.*functools\.partial\("):
        webcam.stream(identity, warm_up=load)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"warm_up is str 'model\.onnx'; expected something"):
        webcam.stream(identity, warm_up="model.onnx")  # type: ignore[call-overload]
    assert webcam.bindings == []
    webcam.stream(identity, warm_up=functools.partial(load, "model.onnx"))
