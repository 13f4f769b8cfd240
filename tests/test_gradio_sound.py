"""Sound of an app: the microphone and the player."""

from __future__ import annotations

import io
import wave
from typing import Any

import numpy as np
import pytest

import nbstream.gradio as gr
from nbstream.testing import FakeMicrophone, FakeSpeaker, wait_for

from .gradio_app import press


@pytest.fixture
def app(kernel):
    demo = gr.Blocks()
    yield demo
    demo.close()


def wav(samples: np.ndarray, rate: int = 8000) -> bytes:
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setparams((1, 2, rate, len(samples), "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return kept.getvalue()


def test_a_recording_is_the_value_at_stop(kernel, app):
    got: list[Any] = []
    told: list[str] = []
    with app:
        microphone = gr.Audio(sources="microphone")
        microphone.start_recording(lambda: told.append("start"))
        microphone.stop_recording(lambda: told.append("stop"))
        microphone.change(got.append, microphone, None)
    app.launch()
    page = FakeMicrophone(kernel, microphone.widget)
    for count in (1, 2):
        page.start()
        page.wait_for_status("live")
        page.speak(np.full(4000, 7, np.int16))
        page.stop(np.full(100, 8, np.int16))
        page.wait_for_status("idle")
        # Handlers of different events run side by side: those of one recording end in any order.
        wait_for(lambda: len(got) == len(told) / 2 == count)  # noqa: B023
        assert sorted(told[-2:]) == ["start", "stop"]
    for rate, samples in got:
        assert (rate, samples.dtype, samples.shape) == (8000, np.int16, (4100,))


def test_sound_comes_as_a_file_where_one_is_asked_for(kernel, app):
    got: list[Any] = []
    with app:
        microphone = gr.Audio(sources="microphone", type="filepath", streaming=True)
        microphone.stream(got.append, microphone, None)
    app.launch()
    page = FakeMicrophone(kernel, microphone.widget)
    page.start()
    page.wait_for_status("live")
    page.speak(np.full(4000, 7, np.int16))
    wait_for(lambda: got)
    with wave.open(got[0]) as file:
        assert (file.getframerate(), file.getnframes()) == (8000, 4000)


def test_a_stream_of_sound_tells_when_it_begins_and_ends(kernel, app):
    told: list[str] = []
    with app:
        microphone = gr.Audio(sources="microphone")
        microphone.stream(lambda sound: None, microphone, None)
        microphone.start_recording(lambda: told.append("start"))
        microphone.stop_recording(lambda: told.append("stop"))
    app.launch()
    page = FakeMicrophone(kernel, microphone.widget)
    page.start()
    page.wait_for_status("live")
    wait_for(lambda: told == ["start"])
    page.stop()
    wait_for(lambda: told == ["start", "stop"])


@pytest.mark.parametrize("as_file", [False, True])
def test_a_player_plays_at_once_with_autoplay_and_else_by_its_button(
    kernel, app, tmp_path, as_file
):
    samples = np.arange(800, dtype=np.int16)
    value: Any = (8000, samples)
    if as_file:
        path = tmp_path / "sound.wav"
        path.write_bytes(wav(samples))
        value = str(path)
    with app:
        at_once, later = gr.Audio(autoplay=True), gr.Audio()
        button = gr.Button()
        button.click(lambda: (value, value), None, [at_once, later])
    app.launch()
    player, play = later.widget.children
    speakers = [FakeSpeaker(kernel, at_once._player), FakeSpeaker(kernel, player)]
    press(button)
    speakers[0].wait_for_pieces()
    wait_for(lambda: not play.disabled)
    assert speakers[1].pieces == []
    play.comm.deliver({"event": "click"})
    speakers[1].wait_for_pieces()
    for speaker in speakers:
        ((rate, heard),) = speaker.sounds()
        assert (rate, heard.tolist()) == (8000, samples.tolist())


def test_pieces_that_are_streamed_are_played_one_after_the_other(kernel, app):
    with app:
        player, button = gr.Audio(streaming=True, autoplay=True), gr.Button()

        @button.click(outputs=player)
        def pieces():
            for level in (1, 2):
                yield 8000, np.full(400, level, np.int16)

    app.launch()
    speaker = FakeSpeaker(kernel, player._player)
    press(button)
    speaker.wait_for_pieces(2)
    ((_, heard),) = speaker.sounds()
    assert sorted(set(heard.tolist())) == [1, 2]
