"""The kernel's side of a shared gate, with a real scheduler in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import distributed
import pytest

import nbstream as nbs
from nbstream.gates.local import Turn
from nbstream.testing import wait_for


class Stream:
    """A member that notes what it is told."""

    def __init__(self) -> None:
        self.is_live = False
        self.lost_count = 0
        self.moved_count = 0
        self.left_s: float | None = 30.0

    def admitted(self) -> None:
        self.is_live = True

    def queue_moved(self) -> None:
        self.moved_count += 1

    def turn(self) -> Turn:
        return Turn(self.left_s)

    def slot_lost(self) -> None:
        self.is_live = False
        self.lost_count += 1


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=0, processes=False, dashboard_address=":0", silence_logs=50
    ) as cluster:
        yield cluster


@pytest.fixture
def clients(cluster: Any) -> Iterator[list[Any]]:
    clients = [distributed.Client(cluster.scheduler_address) for _ in range(2)]
    yield clients
    for client in clients:
        client.close()
    wait_for(lambda: not keepers(), what=lambda: f"the end of {keepers()}")


def keepers() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.startswith("nbstream-gate")]


def test_streams_of_two_kernels_are_let_in_one_after_the_other_in_order(clients, request):
    here, there = (nbs.Gate(1, client=client, name=request.node.name) for client in clients)
    first, second, third = Stream(), Stream(), Stream()
    here.join(first)
    wait_for(lambda: first.is_live)
    there.join(second)
    wait_for(lambda: there.place(second) is not None)
    here.join(third)
    wait_for(lambda: here.place(third) is not None)
    place = here.place(third)
    assert place is not None
    assert place.ahead == 1
    assert place.wait_s == pytest.approx(60, abs=5)
    assert here.someone_waits()
    here.leave(first)
    wait_for(lambda: second.is_live)
    assert not third.is_live
    there.leave(second)
    wait_for(lambda: third.is_live)
    here.unregister(third)


def test_the_thread_ends_with_the_last_stream_and_begins_again(clients, request):
    gate = nbs.Gate(1, client=clients[0], name=request.node.name)
    for _ in range(2):
        stream = Stream()
        gate.join(stream)
        wait_for(partial(getattr, stream, "is_live"))
        gate.leave(stream)
        wait_for(lambda: not keepers())


def test_who_leaves_before_it_is_let_in_is_never_let_in(clients, request):
    gate, other = (nbs.Gate(1, client=client, name=request.node.name) for client in clients)
    hasty, patient = Stream(), Stream()
    gate.join(hasty)
    gate.leave(hasty)
    other.join(patient)
    wait_for(lambda: patient.is_live)
    other.leave(patient)


def test_without_the_scheduler_a_stream_keeps_its_slot_for_its_lease_and_waiters_are_told():
    with distributed.LocalCluster(
        n_workers=0, processes=False, dashboard_address=":0", silence_logs=50
    ) as cluster:
        client = distributed.Client(cluster.scheduler_address)
        gate = nbs.Gate(1, client=client, lease_time=1.0)
        live, waiting = Stream(), Stream()
        gate.join(live)
        wait_for(lambda: live.is_live)
        gate.join(waiting)
        wait_for(lambda: gate.place(waiting) is not None)
    wait_for(lambda: gate.note() is not None)
    assert "cannot be reached" in str(gate.note())
    wait_for(lambda: live.lost_count == 1)
    assert not waiting.is_live
    gate.leave(waiting)
    client.close()
    wait_for(lambda: not keepers())


def test_a_stream_takes_a_gate_as_its_group(kernel, clients, request):
    from .streaming import Stream as Streaming

    gates = [nbs.Gate(1, client=client, name=request.node.name) for client in clients]
    streams = [
        Streaming(kernel, concurrency_id=gate, client=f"page-{number}", time_limit=20)
        for number, gate in enumerate(gates)
    ]
    streams[0].go_live()
    streams[1].page.start()
    streams[1].page.wait_for_status("waiting")
    wait_for(lambda: streams[1].page.state.get("queue_position") == 0)
    streams[0].page.stop()
    streams[1].page.wait_for_status("live")
    for stream in streams:
        stream.binding.close()


class HandGate:
    """A gate that does what the test says."""

    def __init__(self) -> None:
        self.queue: list[Any] = []
        self.trouble: str | None = None

    def register(self, member: Any, limit: int | None) -> None: ...

    def unregister(self, member: Any) -> None:
        self.leave(member)

    def join(self, member: Any) -> None:
        self.queue.append(member)

    def leave(self, member: Any) -> None:
        if member in self.queue:
            self.queue.remove(member)

    def place(self, member: Any) -> None:
        return None

    def someone_waits(self) -> bool:
        return False

    def note(self) -> str | None:
        return self.trouble


def test_a_stream_whose_slot_was_taken_ends_with_its_call_and_queues_again(kernel, holdup):
    from .streaming import Stream as Streaming

    gate = HandGate()
    stream = Streaming(kernel, holdup, concurrency_id=gate, time_limit=20)
    stream.page.start()
    gate.queue[0].admitted()
    stream.page.wait_for_status("live")
    stream.page.send_frame()
    holdup.wait_until_entered()
    gate.queue.clear()  # it was told that the slot is gone, and holds none
    stream.binding.life.slot.slot_lost()
    assert stream.page.status == "live"
    holdup.release()
    stream.page.wait_for_status("waiting")
    assert gate.queue == [stream.binding.life.slot]
    assert len(stream.page.results(stream.view)) == 1


def test_who_waits_is_told_what_is_wrong_with_the_gate(kernel):
    from .streaming import Stream as Streaming

    gate = HandGate()
    stream = Streaming(kernel, concurrency_id=gate)
    stream.page.start()
    gate.trouble = "The scheduler cannot be reached."
    stream.binding.life.slot.queue_moved()
    assert stream.page.state["note"] == "The scheduler cannot be reached."


@pytest.mark.parametrize("limit", [0, 1.5, True, None])
def test_a_limit_that_is_none_is_refused(clients, limit):
    with pytest.raises(ValueError, match="limit"):
        nbs.Gate(limit, client=clients[0])


@pytest.mark.parametrize("lease_time", [0, -1, float("nan"), "10"])
def test_a_lease_that_is_no_time_is_refused(clients, lease_time):
    with pytest.raises(ValueError, match="lease_time"):
        nbs.Gate(1, client=clients[0], lease_time=lease_time)


def test_what_is_no_client_is_refused():
    with pytest.raises(TypeError, match=r"distributed\.Client"):
        nbs.Gate(1, client="tcp://127.0.0.1:8786")


def test_without_dask_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(nbs.MissingDependencyError, match=r"nbstream\[dask\]"):
        nbs.Gate(1, client=None)
