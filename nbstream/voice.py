"""Finding speech in sound: the public face of `sounds.segmenter` (extra `voice`)."""

from .sounds.segmenter import Segmenter, WebRtcVad
from .sounds.speech import SpeechBegan, SpeechEvent, SpeechSegmenter, Utterance

__all__ = ["Segmenter", "SpeechBegan", "SpeechEvent", "SpeechSegmenter", "Utterance", "WebRtcVad"]
