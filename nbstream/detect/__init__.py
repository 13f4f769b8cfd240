"""Finding things in pictures with models: detectors whose boxes an `Overlay` draws (extra `detect`)."""

from .detector import OnnxDetector
from .tracker import Tracker, Tracks

__all__ = ["OnnxDetector", "Tracker", "Tracks"]
