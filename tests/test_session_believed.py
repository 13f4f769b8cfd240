"""What a source believes of what its pages say, and what a lost or doubled message costs."""

from __future__ import annotations

from typing import Any

import pytest

from nbstream.testing import FakePage, wait_for

from .streaming import Stream


def test_a_doubled_command_counts_once(kernel):
    stream = Stream(kernel)
    stream.page.command("start")
    stream.page.command("stop")
    stream.page.repeat()
    stream.page.send("command", action="start", command_index=1)
    assert stream.page.status == "idle"


def test_commands_of_two_pages_are_numbered_apart(kernel):
    stream = Stream(kernel)
    for _ in range(3):
        stream.page.command("stop")
    other = FakePage(kernel, stream.webcam, client="page-2")
    other.command("start")
    assert other.status == "asking"


@pytest.mark.parametrize(
    "lie", [{"client": "page-2"}, {"run": 99}], ids=["another page", "another run"]
)
def test_a_camera_report_of_anybody_else_is_not_believed(kernel, lie):
    stream = Stream(kernel).go_live()
    camera = {**stream.page._camera, "state": "failed", "reason": "other", "message": "a lie"}
    report: dict[str, Any] = {"run": stream.page.state["run"], "camera": camera, **lie}
    content = {"nbstream": 1, "type": "camera", "client": stream.page.client, **report}
    stream.webcam.comm.deliver(content)
    assert stream.page.status == "live"


def test_a_lost_camera_report_is_repaired_by_the_heartbeat(kernel):
    stream = Stream(kernel)
    stream.page.start(camera=False)
    stream.page._camera = {**stream.page._camera, "state": "on"}
    stream.page.beat()
    stream.page.wait_for_status("live")


def test_lost_frames_are_credited_again_by_the_heartbeat(kernel):
    stream = Stream(kernel).go_live()
    while stream.may_send():
        stream.page.send_frame(lost=True)
    stream.page.beat()
    assert stream.may_send()
    assert stream.one_result(70) == 70


def test_a_lost_frame_between_others_costs_nothing(kernel):
    stream = Stream(kernel).go_live()
    for _ in range(5):
        stream.page.send_frame(lost=True)
        assert stream.one_result(70) == 70
    assert stream.page.credit["rejected"] == 0


def test_a_doubled_frame_is_called_for_once(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    stream.page.repeat(5)
    assert stream.one_result(70) == 70
    assert stream.binding.stats["counts"]["frames"] == 2
    assert stream.page.credit["rejected"] == 5


def test_a_frame_that_comes_too_soon_is_credited_but_not_called_for(kernel):
    stream = Stream(kernel, stream_every=0.5).go_live()
    stream.one_result()
    soon_ms = stream.page._captured_at_ms + 100
    stream.page.send_frame(captured_at_ms=soon_ms, sent_at_ms=soon_ms)
    assert stream.may_send()
    assert stream.one_result(70) == 70
    assert stream.binding.stats["counts"]["frames"] == 2


def test_the_shortest_time_between_captures_of_the_live_streams_is_told(kernel):
    stream = Stream(kernel, stream_every=0.5)
    assert stream.page.state["stream_every_s"] == 0.5
    stream.webcam.stream(lambda frame: frame, stream_every=0.2, add=True)
    assert stream.page.state["stream_every_s"] == 0.2


@pytest.mark.parametrize("action", ["start", "stop", "resume", "take_over", "choose_device"])
@pytest.mark.parametrize("is_live", [False, True])
def test_every_command_is_answered_also_where_it_changes_nothing(kernel, action, is_live):
    stream = Stream(kernel)
    if is_live:
        stream.go_live()
    for _ in range(2):
        before = stream.page.state["index"]
        stream.page.command(action, **({"device": "abc"} if action == "choose_device" else {}))
        assert stream.page.state["index"] > before
    before = stream.page.state["index"]
    stream.page.send("command", action="stop", command_index=1)  # doubled on its way
    assert stream.page.state["index"] > before


def test_a_person_can_choose_another_camera(kernel):
    stream = Stream(kernel)
    stream.page.command("choose_device", device="abc")
    assert stream.webcam.device == "abc"


def test_a_chosen_camera_s_name_goes_to_all_pages_before_the_choice(kernel):
    stream = Stream(kernel)
    seen = []
    stream.webcam.observe(lambda _: seen.append(stream.webcam._chosen_device), "device")
    stream.page.command("choose_device", device="abc", label="Front")
    wait_for(lambda: seen == [{"id": "abc", "label": "Front"}])
