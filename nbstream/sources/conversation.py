"""What pages say to a source: each message is parsed and checked, put in its order, and told to the session."""

from __future__ import annotations

import logging
import threading
from typing import Any, Protocol

from ..pages.pages import SourcePages
from ..pages.pointing import Pointing
from ..protocol import from_page
from ..protocol.fields import BadMessageError, Camera
from ..protocol.sound import ChunkMessage
from ..protocol.video import VideoMessage
from ..results.picture_outlet import PictureOutlet, deliver_painted

logger = logging.getLogger("nbstream")

MAX_WARNED_KINDS = 20
MAX_REASON_CHARS = 300


class Told(Protocol):
    """The session, as its pages' words reach it; with no lock held."""

    def refresh(self) -> None: ...

    def pressed(self, command: from_page.Command) -> None:
        """A person has pressed a button."""

    def owns(self, client: str, run: int) -> bool:
        """Whether that page captures, in that run; with the lock held."""

    def page_gone(self, *, why_off: str | None = None) -> None:
        """The page that captures has gone, or turned the camera off."""

    def owner_is_unseen(self, beat: from_page.Beat) -> bool:
        """Whether the page that captures shows no view, and its camera is off although it is wanted."""

    def camera_reported(self, client: str, run: int, camera: Camera) -> None:
        """A page says how its camera is."""

    def captured(self, message: from_page.FrameMessage | ChunkMessage) -> None: ...

    def owner_beats(self, message: from_page.Beat) -> None: ...

    @property
    def pointing(self) -> Pointing | None:
        """Who wants to know what persons point at; `None` = there is no picture."""

    def broken(self, content: object, reason: str) -> None: ...


class Conversation:
    """Hears the pages of one source; messages come in from any thread.

    Parameters
    ----------
    session
        Whom to tell.
    pages, lock
        The session's; the lock guards the pages and the fields here.
    results
        The way of results that are shown in the source itself; `None` = it shows none.
    """

    def __init__(
        self,
        session: Told,
        pages: SourcePages,
        lock: threading.RLock,
        results: PictureOutlet | None,
    ) -> None:
        self._session = session
        self._pages = pages
        self._lock = lock
        self._results = results
        self._warned: set[str] = set()
        self.bad_message_count = 0
        """How many messages and frames were dropped because they failed a check."""

    def receive(self, content: object, buffers: Any) -> None:
        """Handle one message; rubbish is dropped and counted."""
        try:
            message = from_page.parse(content, buffers)
        except BadMessageError as error:
            self._session.broken(content, str(error))
            return
        self._heard(message)
        self._handle(message)

    def _handle(self, message: from_page.PageMessage) -> None:
        match message:
            case from_page.FrameMessage() | ChunkMessage():
                deliver_painted(message.client, message.painted)
                self._session.captured(message)
            case from_page.Beat():
                deliver_painted(message.client, message.painted)
                self._on_beat(message)
            case from_page.CameraReport():
                self._on_camera_report(message)
            case from_page.Command():
                self._on_command(message)
            case from_page.Hello():
                self._on_hello(message)
            case from_page.Bye():
                self._on_bye(message.client)
            case from_page.PaintedMessage():
                deliver_painted(message.client, message.painted)
            case from_page.PointerMessage():
                if self._session.pointing is not None:
                    self._session.pointing.came(message)

    def count_bad(self, reason: str) -> None:
        """Count a message that is dropped, and log the first of its kind."""
        with self._lock:
            self.bad_message_count += 1
            kind = reason[:24]
            first = kind not in self._warned and len(self._warned) < MAX_WARNED_KINDS
            if first:
                self._warned.add(kind)
        if first:
            logger.warning(
                "[nbstream] dropped a message: %s (further ones are only counted)",
                reason[:MAX_REASON_CHARS],
            )

    def _heard(self, message: from_page.PageMessage) -> None:
        with self._lock:
            self._pages.heard(message.client)
        if self._results is not None and not isinstance(message, (from_page.Hello, from_page.Bye)):
            self._results.heard(message.client)
        if self._results is not None and isinstance(message, VideoMessage):
            self._results.shows_video(message.client, message.key_after)

    def _on_hello(self, message: from_page.Hello) -> None:
        with self._lock:
            if self._pages.accept_report(message.client, message.report_index):
                self._pages.set_views(message.client, message.views)
        self._session.refresh()
        if self._results is not None:
            self._results.hello(message.client)

    def _on_bye(self, client: str) -> None:
        with self._lock:
            self._pages.left(client)
            owned = client == self._pages.owner
        if self._results is not None:
            self._results.bye(client)
        if owned:
            self._session.page_gone()

    def _on_beat(self, message: from_page.Beat) -> None:
        with self._lock:
            if not self._pages.accept_report(message.client, message.report_index):
                return  # Overtaken: it waited behind a cell, and later ones did not.
            moved = self._pages.set_views(message.client, message.views)
            mine = self._session.owns(message.client, message.run)
        if mine:
            self._session.owner_beats(message)
            if self._session.owner_is_unseen(message):
                self._session.page_gone()
                return
        self._session.camera_reported(message.client, message.run, message.camera)
        if moved:
            self._session.refresh()

    def _on_camera_report(self, message: from_page.CameraReport) -> None:
        with self._lock:
            if not self._pages.accept_report(message.client, message.report_index):
                return
        self._session.camera_reported(message.client, message.run, message.camera)

    def _on_command(self, message: from_page.Command) -> None:
        with self._lock:
            is_news = self._pages.accept_command(message.client, message.command_index)
        if is_news:
            self._session.pressed(message)
        else:
            self._session.refresh()  # The page waits for an answer, whatever became of the first.
