"""What differs between pictures and sound: all that a session leaves to the kind of source that it is of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from ..errors import NbstreamError
from ..protocol import from_page
from ..protocol.sound import ChunkMessage
from ..protocol.to_page import SoundStateContent, SourceContent, StateContent


class Medium(ABC):
    """Every kind of source has an answer to each of these; the lock is held where nothing is said."""

    device: str
    """What it is called in sentences."""
    is_sound: ClassVar[bool]

    @abstractmethod
    def _begin_capture(self) -> None:
        """A run begins: what is captured counts from 1 again, and nothing is wanted yet."""

    @abstractmethod
    def _set_open(self, *, is_on: bool, live: bool) -> None:
        """Say whether captures are wanted: the camera runs, and a stream is live."""

    @abstractmethod
    def _with_account(self, state: SourceContent) -> StateContent | SoundStateContent:
        """Add to a state what was received and what may come."""

    @abstractmethod
    def _error(self, message: str, reason: str) -> NbstreamError:
        """Make the error for a camera that failed."""

    @abstractmethod
    def captured(self, message: from_page.FrameMessage | ChunkMessage) -> None:
        """A page has sent a capture; no lock is held."""

    @abstractmethod
    def owner_beats(self, message: from_page.Beat) -> None:
        """The page that captures lives, and says how much it has sent; no lock is held."""

    @abstractmethod
    def broken(self, content: object, reason: str) -> None:
        """A message failed a check, perhaps one with a capture; no lock is held."""
