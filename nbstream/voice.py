"""Finding speech in sound, and words in speech: the public face of `sounds` (extras `voice`, `silero`, `speech`)."""

from .sounds.segmenter import Segmenter, WebRtcVad
from .sounds.silero import SileroVad
from .sounds.speech import SpeechBegan, SpeechEvent, SpeechSegmenter, Utterance
from .sounds.transcribing import PocketSphinx, Transcriber, transcriber

__all__ = [
    "PocketSphinx",
    "Segmenter",
    "SileroVad",
    "SpeechBegan",
    "SpeechEvent",
    "SpeechSegmenter",
    "Transcriber",
    "Utterance",
    "WebRtcVad",
    "transcriber",
]
