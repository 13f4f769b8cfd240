"""A source that the kernel captures for: as any source to its streams and pages, with a pump in place of a page."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, Protocol, TypeVar

from ...errors import CameraError, NbstreamError
from ...feeds.feed import Feed, Timed
from ...kernel.clock import Clock
from ...protocol import from_page
from ...protocol.fields import Camera
from ...protocol.sound import ChunkMessage
from ...results.picture_outlet import PictureOutlet
from ..page_state import SourceFacts
from ..session import SourceSession, SourceWidget
from .pages import KERNEL, KernelPages
from .pump import Pump, Speed

SILENT_AFTER_S = 5.0

T = TypeVar("T", bound=Timed)
T_co = TypeVar("T_co", bound=Timed, covariant=True)


class FedWidget(SourceWidget, Protocol[T_co]):
    """What a session asks of its widget."""

    @property
    def speed(self) -> Speed: ...

    def open_feed(self) -> Feed[T_co]:
        """Where a new run reads."""


class FedSession(SourceSession, Generic[T]):
    """What fed sources of pictures and of sound have in common. `_lock` guards the pump and why it failed."""

    device = "source"

    def __init__(
        self, widget_id: str, widget: FedWidget[T], clock: Clock, results: PictureOutlet | None
    ) -> None:
        super().__init__(widget_id, widget, clock, results, pages=KernelPages(clock))
        self._fed_widget = widget
        self._pump: Pump[T] | None = None
        self._feed_is_live = False
        self._failed_with: BaseException | None = None

    # --- for the widget ----------------------------------------------------------------------

    @property
    def pump(self) -> Pump[T] | None:
        """What reads now; `None` = nothing does."""
        with self._lock:
            return self._pump if self._wanted else None

    def speed_changed(self) -> None:
        """Another speed was asked for."""
        if (pump := self.pump) is not None:
            pump.look_again()

    # --- for the pump ------------------------------------------------------------------------

    @property
    def speed(self) -> Speed:
        return self._fed_widget.speed

    def wants(self) -> bool:
        with self._lock:
            if self._feed_is_live or self._preview_wanted:
                return True
            return any(one.current_status == "live" for one in self._bindings)

    @abstractmethod
    def has_room(self) -> bool: ...

    @abstractmethod
    def is_done(self) -> bool: ...

    @abstractmethod
    def give(self, number: int, item: T) -> None: ...

    def opened(self, pump: Pump[T]) -> None:
        if self.pump is pump:
            self.camera_reported(KERNEL, self._run, Camera("on"))

    def ended(self, pump: Pump[T], error: BaseException | None) -> None:
        if self.pump is not pump:
            return
        if error is None:
            self.stop()
            return
        from ...calls.tracebacks import user_traceback  # few fail

        self._failed_with = error
        self.camera_reported(KERNEL, self._run, Camera("failed", "other", user_traceback(error)))

    # --- for the session ---------------------------------------------------------------------

    def _take_over(self, client: str) -> None:
        del client  # there is nothing to take

    def _begin_capture(self) -> None:
        feed = self._fed_widget.open_feed()
        self._feed_is_live = feed.is_live
        self._failed_with = None
        before = self._pump
        if before is not None:
            before.stop()
        self._pump = Pump(feed, self, self._clock, f"source-{self.device}", before)
        self._pump.start()

    def _set_open(self, *, is_on: bool, live: bool) -> None:
        del is_on, live
        if self._pump is not None:
            if self._wanted:
                self._pump.look_again()
            else:
                self._pump.stop()

    def close(self) -> None:
        super().close()
        with self._lock:
            if self._pump is not None:
                self._pump.stop()

    def _facts(self) -> SourceFacts:
        facts = super()._facts()
        silent_s = 0.0 if self._pump is None else self._pump.waits_for_s()
        if silent_s < SILENT_AFTER_S or not facts.wanted:
            return facts
        # By fives: a screen reader reads each new sentence out.
        told_s = SILENT_AFTER_S * (silent_s // SILENT_AFTER_S)
        return facts._replace(note=f"What the source reads has given nothing for {told_s:.0f} s.")

    def _error(self, message: str, reason: str) -> NbstreamError:
        failed_with = self._failed_with
        return (
            failed_with if isinstance(failed_with, NbstreamError) else CameraError(message, reason)
        )

    # --- pages do not capture ----------------------------------------------------------------

    def captured(self, message: from_page.FrameMessage | ChunkMessage) -> None:
        del message
        self._conversation.count_bad("a capture for a source of the kernel")

    def owner_beats(self, message: from_page.Beat) -> None:
        del message

    def broken(self, content: object, reason: str) -> None:
        del content
        self._conversation.count_bad(reason)
