"""A source and its pages: who captures, what is believed, what is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbstream as nbs
import nbstream.pages.pages
from nbstream.protocol.from_page import GONE_AFTER_S
from nbstream.protocol.to_page import StateContent
from nbstream.sources.picture_credits import MAX_WINDOW
from nbstream.testing import FakePage, wait_for

from .streaming import Stream, grey, level_of


def test_a_page_that_says_hello_is_told_the_state(kernel):
    page = FakePage(kernel, nbs.Webcam(), says_hello=False)
    assert page.state == {}
    page.hello()
    assert page.status == "idle"


def test_a_state_has_the_fields_of_the_contract(kernel):
    page = FakePage(kernel, nbs.Webcam())
    assert page.state.keys() == {"nbstream", "type", *StateContent.__annotations__}


GOLDEN = [
    entry
    for path in (Path(__file__).parent / "golden").glob("*.json")
    for entry in json.loads(path.read_text())
    if entry["direction"] == "to_page" and entry["valid"]
]


def kinds_in(content: Any, prefix: str = "") -> set[tuple[str, str]]:
    """(path, kind) of each value in a JSON value; what is named by a widget's id counts as any name."""
    if isinstance(content, dict):
        anonymous = prefix.endswith(".credits")
        found = {(prefix, "object")}
        for name, value in content.items():
            found |= kinds_in(value, f"{prefix}.{'*' if anonymous else name}")
        return found
    if isinstance(content, list):
        return {(prefix, "list")}.union(*(kinds_in(one, f"{prefix}[]") for one in content))
    if isinstance(content, bool):
        return {(prefix, "bool")}
    if isinstance(content, (int, float)):
        return {(prefix, "number")}
    return {(prefix, "null" if content is None else "text")}


def test_whatever_is_really_sent_has_the_shape_of_the_golden_messages(kernel):
    def talks_and_fails(frame):
        print("a line")  # noqa: T201
        if len(seen) < 2:
            seen.append(frame)
            raise ValueError("a fault")
        return frame

    seen: list[Any] = []
    stream = Stream(kernel, talks_and_fails, time_limit=30, concurrency_limit=1).go_live()
    waiting = Stream(kernel, talks_and_fails, concurrency_limit=1, client="page-2")
    waiting.page.start()
    for _ in range(2):
        stream.page.send_frame()
        wait_for(lambda: stream.webcam._session._credits._ended_through == stream.page.seq)
    stream.one_result()
    stream.view.value = None
    kernel.clock.advance(1)
    stream.page.send_frame(lost=True)
    stream.page.beat()
    stream.page.camera("failed", reason="unplugged", message="The camera was unplugged.")
    sent = [
        content
        for widget in (stream.webcam, stream.view, waiting.webcam)
        for content, _ in widget.comm.custom_messages()
    ]
    assert {one["type"] for one in sent} == {"state", "credit", "result"}
    for kind in ("state", "credit", "result"):
        golden = [one["content"] for one in GOLDEN if one["content"]["type"] == kind]
        allowed = set().union(*(kinds_in(one) for one in golden))
        for content in (one for one in sent if one["type"] == kind):
            assert content.keys() == golden[0].keys()
            assert kinds_in(content) <= allowed


def test_states_and_credits_are_numbered_upwards(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    stream.page.stop()
    messages = [content for content, _ in stream.webcam.comm.custom_messages()]
    states = [one["index"] for one in messages if one["type"] == "state"]
    assert states == sorted(set(states))
    credits_seen = [one["credit"]["index"] for one in messages if "credit" in one]
    assert credits_seen == sorted(set(credits_seen))


def test_while_the_camera_is_wanted_the_state_is_told_once_a_second(kernel):
    stream = Stream(kernel).go_live()
    before = stream.page.state["index"]
    for _ in range(3):
        stream.page.beat()
        kernel.clock.advance(1)
    assert stream.page.state["index"] == before + 3


def test_an_idle_source_is_silent(kernel):
    stream = Stream(kernel)
    before = stream.page.state["index"]
    kernel.clock.advance(10)
    assert stream.page.state["index"] == before


# --- a camera without a stream -----------------------------------------------------------------


def test_a_camera_without_a_stream_previews(kernel):
    webcam = nbs.Webcam()
    page = FakePage(kernel, webcam)
    page.start()
    assert page.status == "live"
    page.send_frame(grey(70))
    assert level_of(webcam.snapshot()) == 70
    assert page.credit["may_send_through"] > page.seq
    page.stop()
    assert page.status == "idle"


def test_a_camera_without_a_stream_tells_why_it_failed(kernel):
    page = FakePage(kernel, nbs.Webcam())
    page.start(camera=False)
    page.camera("failed", reason="missing", message="No camera.")
    assert page.status == "failed"
    assert page.state["error"] == {"text": "No camera.", "count": 1}
    page.start()
    assert page.status == "live"


def test_a_stream_takes_the_preview_over(kernel):
    webcam, view = nbs.Webcam(), nbs.ImageView()
    page = FakePage(kernel, webcam, view)
    page.start()
    binding = webcam.stream(lambda frame: frame, outputs=view)
    wait_for(lambda: binding.status == "live")
    page.send_frame(grey(70))
    assert level_of(page.wait_for_result(view)) == 70


# --- who captures ------------------------------------------------------------------------------


def test_who_presses_start_captures(kernel):
    stream = Stream(kernel)
    other = FakePage(kernel, stream.webcam, client="page-2")
    other.start(camera=False)
    assert stream.page.state["owner"] == "page-2"


def test_started_by_code_the_page_that_shows_the_widget_captures(kernel):
    stream = Stream(kernel)
    stream.page.views = 0
    stream.page.hello()
    other = FakePage(kernel, stream.webcam, client="page-2")
    stream.webcam.start()
    assert other.state["owner"] == "page-2"


def test_started_by_code_with_no_page_it_says_what_to_do_and_goes_on_when_one_comes(kernel):
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: frame)
    webcam.start()
    page = FakePage(kernel, webcam, says_hello=False)
    kernel.clock.advance(1)
    assert page.state["note"] == "Show the widget in a cell to start the camera."
    page.hello()
    assert page.state["owner"] == page.client
    assert page.state["note"] is None
    page.camera_on()
    page.wait_for_status("live")


def test_start_in_a_second_page_does_not_move_the_capture(kernel):
    stream = Stream(kernel).go_live()
    other = FakePage(kernel, stream.webcam, client="page-2")
    other.command("start")
    assert other.state["owner"] == stream.page.client


def test_taking_over_moves_the_capture_and_begins_a_new_run(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    run = stream.page.state["run"]
    other = FakePage(kernel, stream.webcam, stream.view, client="page-2")
    other.command("take_over")
    assert other.state["owner"] == "page-2"
    assert other.state["run"] == run + 1
    assert other.credit["may_send_through"] == 0
    other.camera_on()
    assert other.credit["may_send_through"] > 0
    stream.page.send_frame(grey(50))
    assert stream.webcam._session.bad_message_count == 1
    count = len(other.results(stream.view))
    other.send_frame(grey(200))
    assert level_of(other.wait_for_result(stream.view, count + 1)) == 200


def test_taking_over_what_one_owns_changes_nothing(kernel):
    stream = Stream(kernel).go_live()
    run = stream.page.state["run"]
    stream.page.command("take_over")
    assert stream.page.state["run"] == run
    assert stream.page.status == "live"


def test_a_second_page_that_goes_away_ends_nothing(kernel):
    stream = Stream(kernel).go_live()
    other = FakePage(kernel, stream.webcam, client="page-2")
    other.bye()
    assert stream.page.status == "live"


def test_both_pages_see_the_results(kernel):
    stream = Stream(kernel).go_live()
    other = FakePage(kernel, stream.webcam, stream.view, client="page-2")
    stream.one_result(70)
    assert level_of(other.wait_for_result(stream.view)) == 70


# --- what is believed --------------------------------------------------------------------------


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


# --- the camera and its views ------------------------------------------------------------------


def test_a_source_that_no_view_shows_pauses_when_its_camera_is_off(kernel):
    stream = Stream(kernel).go_live()
    stream.page.views = 0
    stream.page._camera = {**stream.page._camera, "state": "off"}
    stream.page.beat()
    assert stream.page.status == "paused"
    assert not stream.page.state["wanted"]


@pytest.mark.parametrize("end", ["pause", "stop"])
def test_a_picture_that_was_on_its_way_when_the_stream_ended_is_counted(kernel, end):
    stream = Stream(kernel).go_live()
    getattr(stream.binding, end)()
    stream.page.send_frame(grey(100))
    counts = stream.binding.stats["counts"]
    assert "frames" not in counts
    assert counts.get("superseded", 0) + counts.get("rejected", 0) == 1


def test_a_camera_that_goes_off_by_itself_pauses(kernel):
    stream = Stream(kernel).go_live()
    stream.page.camera("off")
    assert stream.page.status == "paused"


def test_a_camera_that_was_out_of_sight_pauses_all_its_streams_and_says_why(kernel):
    stream = Stream(kernel)
    other = stream.webcam.stream(lambda frame: None, add=True)
    stream.go_live()
    stream.page.camera("off", reason="hidden")
    assert (stream.binding.status, other.status) == ("paused", "paused")
    note = "The camera was out of sight for 20 s and went off. With run_hidden=True it stays on."
    assert stream.page.state["note"] == note
    stream.page.command("resume")
    stream.page.camera_on()
    assert (stream.page.status, stream.page.state["note"]) == ("live", None)


def test_a_camera_that_was_asked_for_out_of_sight_pauses_too(kernel):
    stream = Stream(kernel)
    stream.page.command("start")
    stream.page.camera("asking")
    stream.page.camera("off", reason="hidden")
    assert stream.page.status == "paused"


def test_a_kernel_that_stood_still_for_long_pauses_and_says_why(kernel):
    stream = Stream(kernel).go_live()
    kernel.clock.stand_still(GONE_AFTER_S + 1)
    assert stream.binding.status == "paused"
    note = "The kernel stood still for 20 s or more, and the camera went off. Resume goes on."
    assert stream.page.state["note"] == note
    stream.page.command("resume")
    stream.page.camera_on()
    assert (stream.page.status, stream.page.state["note"]) == ("live", None)


def test_a_kernel_that_stood_still_for_a_while_goes_on(kernel):
    stream = Stream(kernel).go_live()
    kernel.clock.stand_still(GONE_AFTER_S - 1)
    assert stream.binding.status == "live"


def test_a_source_of_the_kernel_goes_on_after_it_stood_still(kernel):
    source = nbs.FrameSource(lambda: np.zeros((8, 8, 3), np.uint8), fps=10)
    binding = source.stream(lambda frame: None)
    binding.start()
    wait_for(lambda: binding.status == "live")
    kernel.clock.stand_still(GONE_AFTER_S + 1)
    assert binding.status == "live"
    binding.stop()


def test_a_camera_that_was_off_while_the_kernel_was_silent_goes_on_without_a_click(kernel):
    stream = Stream(kernel).go_live()
    stream.page.camera("off", reason="silent")
    assert (stream.binding.status, stream.page.state["wanted"]) == ("live", True)
    stream.page.camera_on()
    stream.one_result()


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


# --- a kernel that is busy ---------------------------------------------------------------------


def test_silence_while_a_cell_runs_is_not_absence_where_messages_wait_behind_it(
    kernel, monkeypatch
):
    stream = Stream(kernel).go_live()
    # As in a host without subshells: messages are handled in the main thread, thus not while a cell runs.
    stream.webcam.comm.deliver(stream.page._message("hello", views=1))
    monkeypatch.setattr(nbstream.pages.pages, "cell_is_running", lambda: True)
    kernel.clock.advance(GONE_AFTER_S * 3)
    assert stream.page.status == "live"
    assert "kernel is busy" in stream.page.state["note"]
    monkeypatch.setattr(nbstream.pages.pages, "cell_is_running", lambda: False)
    stream.page.beat()
    kernel.clock.advance(1)
    assert stream.page.state["note"] is None
    kernel.clock.advance(GONE_AFTER_S)
    assert stream.page.status == "paused"


def test_silence_while_a_cell_runs_is_absence_where_there_are_subshells(kernel, monkeypatch):
    stream = Stream(kernel).go_live()
    monkeypatch.setattr(nbstream.pages.pages, "cell_is_running", lambda: True)
    kernel.clock.advance(GONE_AFTER_S + 2)
    assert stream.page.status == "paused"


# --- the same widget in and out ----------------------------------------------------------------


def test_the_source_can_be_its_own_output(kernel):
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: 255 - frame, outputs=webcam)
    page = FakePage(kernel, webcam)
    assert page.state["shows_result"]
    page.start()
    page.wait_for_status("live")
    page.send_frame(grey(200))
    assert level_of(page.wait_for_result()) == 60
    assert level_of(webcam.snapshot()) == 200


def test_none_brings_the_preview_back(kernel):
    webcam = nbs.Webcam()
    webcam.stream(lambda frame: None, outputs=webcam)
    page = FakePage(kernel, webcam)
    page.start()
    page.wait_for_status("live")
    page.send_frame()
    assert page.wait_for_result() is None
    assert page.results() == [None]


def test_a_source_with_another_output_shows_its_preview(kernel):
    assert not Stream(kernel).page.state["shows_result"]


def test_credits_ride_on_results(kernel):
    stream = Stream(kernel).go_live()
    stream.one_result()
    result = next(
        content for content, _ in stream.view.comm.custom_messages() if content["type"] == "result"
    )
    riding = result["credits"][stream.webcam._widget_id]
    assert riding["taken_through"] == 1
    assert result["frame_seq"] == 1
    assert result["captured_at_ms"] == stream.page._captured_at_ms


def test_long_calls_are_credited_as_they_begin(kernel):
    def slow(frame):
        kernel.clock.advance(0.05)
        return frame

    stream = Stream(kernel, slow).go_live()
    stream.one_result()
    wait_for(lambda: stream.page.credit["ended_through"] == 1)
    assert stream.page.credit["call_ms"] == pytest.approx(50)
    assert stream.page.credit["may_send_through"] == 2


def test_the_page_is_told_how_late_its_frames_come_whatever_the_call_takes(kernel):
    def slow(frame):
        kernel.clock.advance(0.3)
        return frame

    stream = Stream(kernel, slow).go_live()
    page = stream.page

    def late_ms(way_ms: float) -> float:
        count = len(page.results(stream.view))
        page.send_frame(sent_at_ms=kernel.clock.now_s() * 1000 - way_ms)
        page.wait_for_result(stream.view, count + 1)
        return float(page.credit["late_ms"])

    page.beat(sent_at_ms=kernel.clock.now_s() * 1000 - 20)
    assert late_ms(20) == pytest.approx(0)
    assert late_ms(140) == pytest.approx(120)
    page.stop()
    page.start()
    page.wait_for_status("live")
    assert late_ms(140) == pytest.approx(0)


def test_a_closed_source_hears_and_says_nothing(kernel):
    stream = Stream(kernel).go_live()
    session, comm = stream.webcam._session, stream.webcam.comm
    stream.webcam.close()
    before = len(comm.sent)
    session.receive(stream.page._message("hello", views=1))
    session.stop()
    kernel.clock.advance(30)
    assert len(comm.sent) == before


@pytest.mark.parametrize("source", [nbs.Webcam, nbs.Microphone])
def test_a_closed_source_cannot_be_started_or_streamed(kernel, source):
    widget = source()
    widget.close()
    widget.stop()
    with pytest.raises(RuntimeError, match=r"is closed; make another"):
        widget.start()
    with pytest.raises(RuntimeError, match=r"is closed; make another"):
        widget.stream(lambda _: None)
    assert widget.bindings == []


def test_a_camera_that_is_the_output_of_anothers_stream_shows_the_result(kernel):
    stream = Stream(kernel)
    shown = nbs.Webcam()
    page = FakePage(kernel, shown, client="page-2")
    assert not page.state["shows_result"]
    binding = stream.webcam.stream(lambda frame: 255 - frame, outputs=shown)
    assert page.state["shows_result"]
    stream.go_live()
    stream.page.send_frame(grey(200))
    assert level_of(page.wait_for_result()) == 60
    page.start()
    page.wait_for_status("live")
    assert page.state["shows_result"]
    binding.close()
    kernel.clock.advance(1)
    assert not page.state["shows_result"]


def test_frames_reach_the_streams_that_a_page_can_show_in_any_size(kernel):
    stream = Stream(kernel).go_live()
    stream.page.send_frame(np.zeros((7, 5, 3), np.uint8))
    picture = stream.page.wait_for_result(stream.view)
    assert picture is not None
    assert picture.shape == (7, 5, 3)


def test_how_long_calls_of_a_replaced_stream_took_counts_no_more(kernel):
    def slow(frame):
        kernel.clock.advance(0.05)
        return frame

    stream = Stream(kernel, slow).go_live()
    stream.one_result()
    wait_for(lambda: stream.page.credit["call_ms"] is not None)
    new = stream.webcam.stream(lambda frame: frame, outputs=stream.view)
    wait_for(lambda: new.status == "live")
    wait_for(lambda: stream.page.credit["call_ms"] is None)
    assert stream.page.credit["may_send_through"] == stream.page.seq + MAX_WINDOW
