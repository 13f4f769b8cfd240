"""The player as a widget: played by hand and by streams, silenced, ended."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import nbstream as nbs
from nbstream.testing import FakePage, FakeSpeaker, wait_for

RATE = 16000


def tone(value: int = 1, count: int = 160) -> tuple[int, np.ndarray]:
    return RATE, np.full(count, value, np.int16)


@pytest.fixture
def player(kernel) -> nbs.AudioPlayer:
    return nbs.AudioPlayer()


@pytest.fixture
def speaker(kernel, player) -> FakeSpeaker:
    return FakeSpeaker(kernel, player)


def heard(speaker: FakeSpeaker) -> list[int]:
    """First sample of each piece."""
    return [int(samples[0, 0]) for _, samples in speaker.pieces]


def test_a_sound_is_played_without_any_stream(player, speaker):
    player.play(tone(5))
    player.play(tone(6))
    ((rate, samples),) = speaker.sounds()
    assert rate == RATE
    assert samples.tolist() == [5] * 160 + [6] * 160


def test_what_is_no_sound_is_refused_with_the_players_name(player, speaker):
    with pytest.raises(
        nbs.ResultError, match=r"AudioPlayer\.play\(\) was given a sample rate of 0;"
    ):
        player.play((0, np.zeros(3)))


def test_too_much_sound_is_refused(player, speaker):
    player.max_queued = 1
    player.play(tone(1, RATE))
    with pytest.raises(nbs.ResultError, match=r"was given 1\.0 s of sound, while"):
        player.play(tone(2, RATE))


def test_playing_is_observable(player, speaker):
    seen = []
    player.observe(lambda change: seen.append(change["new"]), "playing")
    player.play(tone())
    player.play(tone())
    speaker.play_all()
    wait_for(lambda: seen == [True, False])


def test_none_and_clear_silence_the_player(player, speaker):
    player.play(tone())
    player.play(None)
    player.play(tone(2))
    player.clear()
    assert speaker.silence_count == 2
    assert speaker.sounds() == []
    assert not player.playing
    assert player.queued_s == 0


def test_values_that_were_cut_are_counted(player, speaker):
    player.play((RATE, np.array([0.5, 2.0, -2.0])))
    player.play((RATE, np.array([3.0])))
    assert player.clipped_count == 3
    assert [content["clipped_count"] for content, _ in speaker.pieces] == [2, 1]


def test_the_latency_is_what_the_page_says(player, speaker):
    assert player.latency_ms is None
    player.play(tone())
    speaker.say("playing", 0)
    assert player.latency_ms == 20


def test_the_end_is_told_to_whoever_asked(player, speaker):
    told: list[nbs.AudioPlayer] = []
    player.on_ended(told.append)
    player.on_ended(told.append)
    player.play(tone())
    speaker.play_all()
    wait_for(lambda: told == [player])
    player.on_ended(told.append, remove=True)
    others: list[nbs.AudioPlayer] = []
    player.on_ended(others.append)
    player.play(tone())
    speaker.play_all()
    wait_for(lambda: others == [player])
    assert told == [player]


def test_a_callback_that_waits_holds_up_no_message(player, speaker):
    entered, go_on = threading.Event(), threading.Event()

    def waits(_player):
        entered.set()
        go_on.wait(10)

    player.on_ended(waits)
    player.play(tone(1))
    speaker.play_all()
    assert entered.wait(10)
    player.play(tone(2))
    speaker.play_all()
    assert not player.playing
    go_on.set()


def test_an_answer_can_be_followed_by_another_one_when_it_has_ended(player, speaker):
    player.on_ended(lambda player: player.play(tone(2)) if len(heard(speaker)) < 2 else None)
    player.play(tone(1))
    speaker.play_all()
    wait_for(lambda: heard(speaker) == [1, 2])


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit, KeyboardInterrupt])
def test_a_callback_that_fails_stops_no_other_one(player, speaker, caplog, error):
    def fail(_player: nbs.AudioPlayer) -> None:
        raise error

    told: list[nbs.AudioPlayer] = []
    player.on_ended(fail)
    player.on_ended(told.append)
    player.play(tone())
    speaker.play_all()
    wait_for(lambda: told == [player])


def test_sound_that_no_page_could_play_is_counted(kernel, player):
    player.max_queued = 1
    player.play(tone(1, RATE))
    player.play(tone(2, RATE))
    assert player.dropped_s == 1
    assert heard(FakeSpeaker(kernel, player)) == [2]


def test_rubbish_from_the_page_changes_nothing(player, speaker):
    player.play(tone())
    for content in (None, {}, {"nbstream": 1, "type": "played", "client": "page-1"}, [1]):
        player.comm.deliver(content)
    assert player.playing


def test_after_bye_nothing_is_sent(player, speaker):
    speaker.bye()
    player.play(tone())
    assert speaker.sounds() == []


def test_a_closed_player_plays_nothing_and_leaves_no_timer(kernel, player, speaker):
    player.play(tone())
    player.close()
    player.play(tone())
    player.clear()
    assert kernel.clock.timer_count == 0


@pytest.mark.parametrize("volume", [-0.1, 1.1])
def test_a_volume_out_of_range_is_refused(player, volume):
    with pytest.raises(Exception, match="volume"):
        player.volume = volume


def test_the_page_can_set_volume_and_mute(player):
    player.comm.deliver_update(volume=0.25, muted=True)
    assert (player.volume, player.muted) == (0.25, True)


# --- as output of a stream ---------------------------------------------------------------------


class Answering:
    """A camera whose function answers each picture with sound, and the page of both."""

    def __init__(self, kernel, player, fn, **options) -> None:
        self.webcam = nbs.Webcam()
        self.binding = self.webcam.stream(fn, outputs=player, **options)
        self.page = FakePage(kernel, self.webcam)
        self.page.start()
        self.page.wait_for_status("live")

    def error(self) -> str:
        self.page.send_frame()
        wait_for(lambda: self.page.state.get("error"))
        return str(self.page.state["error"]["text"])


def test_a_function_answers_with_sound(kernel, player, speaker):
    answering = Answering(kernel, player, lambda frame: tone(7))
    answering.page.send_frame()
    speaker.wait_for_pieces()
    content, samples = speaker.pieces[0]
    assert samples[0, 0] == 7
    assert content["frame_seq"] == 1
    assert content["captured_at_ms"] is not None
    assert list(content["credits"]) == [answering.webcam._widget_id]
    wait_for(lambda: answering.binding.stats["counts"].get("bytes_down") == 320)


def test_a_generator_is_heard_piece_by_piece(kernel, player, speaker, holdup):
    def answer(frame):
        yield tone(1)
        holdup(frame)
        yield tone(2)

    Answering(kernel, player, answer).page.send_frame()
    holdup.wait_until_entered()
    assert heard(speaker) == [1]
    holdup.release()
    speaker.wait_for_pieces(2)
    assert heard(speaker) == [1, 2]


def test_quick_answers_are_all_heard_in_order(kernel, player, speaker):
    answers = iter(range(1, 100))
    answering = Answering(kernel, player, lambda frame: tone(next(answers)), stream_every=0)
    for count in range(1, 9):
        answering.page.send_frame()
        speaker.wait_for_pieces(count)
    assert heard(speaker) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_none_as_a_result_silences(kernel, player, speaker):
    player.play(tone())
    Answering(kernel, player, lambda frame: None).page.send_frame()
    wait_for(lambda: speaker.silence_count == 1)


def test_skip_leaves_the_player_as_it_is(kernel, player, speaker):
    player.play(tone(3))
    answering = Answering(kernel, player, lambda frame: nbs.skip())
    answering.page.send_frame()
    wait_for(lambda: answering.page.credit["ended_through"] == 1)
    assert heard(speaker) == [3]
    assert speaker.silence_count == 0


@pytest.mark.parametrize(
    ("result", "says"),
    [
        ((RATE, np.zeros(3, np.int32)), "samples of int32; expected int16"),
        ((0, np.zeros(3)), "a sample rate of 0; expected"),
        ((RATE, np.array([np.nan])), "NaN"),
        ((RATE, np.zeros((4, 6))), r"samples of shape (4, 6); expected"),
        (np.zeros(3), "expected (sample_rate, array)"),
    ],
    ids=["int32", "rate 0", "NaN", "six channels", "no rate"],
)
def test_a_result_that_is_no_sound_is_shown_as_an_error_and_the_stream_goes_on(
    kernel, player, speaker, result, says
):
    answering = Answering(kernel, player, lambda frame: result)
    assert says in answering.error()
    assert answering.binding.status == "live"
    assert speaker.sounds() == []


@pytest.mark.parametrize("far", [2, 1000, 2**53, 10**400])
def test_a_page_that_says_it_played_what_was_never_sent_is_not_believed(player, speaker, far):
    player.play((8000, np.ones(8000, np.int16)))
    speaker.say("playing", played_through=far)
    assert player.queued_s == 1.0
    speaker.play_all()
    assert player.queued_s == 0
