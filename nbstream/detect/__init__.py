"""Finding things in pictures with models: detectors whose boxes an `Overlay` draws (extra `detect`)."""

from .detector import OnnxDetector

__all__ = ["OnnxDetector"]
