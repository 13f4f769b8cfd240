"""The session of a source in the kernel that gives pictures."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...feeds.feed import FedPicture
from ...kernel.clock import Clock
from ...pictures.codecs import encode, image_size, mime_of, swap_red_blue
from ...pictures.frame import Frame
from ...protocol.to_page import SourceContent, StateContent, result_message
from ...recordings.film.shot import Shot
from ...recordings.film.taps import Taps
from ...results.outgoing import OnPainted, Sending
from ...results.picture_outlet import PictureOutlet
from ..page_state import SourceFacts
from ..picture_credits import Credits
from .giving import GivesPictures
from .session import FedSession, FedWidget

PREVIEW_QUALITY = 70


class FedPictures(FedSession[FedPicture], GivesPictures[FedPicture]):
    """Gives the pictures of a feed to streams, and to the pages that show the source."""

    is_sound = False

    def __init__(
        self,
        widget_id: str,
        widget: FedWidget[FedPicture],
        clock: Clock,
        results: PictureOutlet,
    ) -> None:
        GivesPictures.__init__(self)
        FedSession.__init__(self, widget_id, widget, clock, results)
        self._shown = results
        self._credits = Credits()
        self.taps: Taps[Shot] = Taps()

    # --- for the pump ------------------------------------------------------------------------

    def has_room(self) -> bool:
        return not self._waits() or self._have_room()

    def is_done(self) -> bool:
        return self._all_done()

    def give(self, number: int, item: FedPicture) -> None:
        frame = self._frame(number, item)
        self._offer(frame, item)
        if self.taps.are_open:
            self.taps.tell(Shot(frame.raw or frame.data, frame.captured_at_ms))
        self._preview(frame)

    # --- inside ------------------------------------------------------------------------------

    def _waits(self) -> bool:
        """Whether nothing is left out; the pictures of a camera wait for nobody."""
        if self._feed_is_live:
            return False
        all_wanted = any(one.plan.options["pictures"] == "all" for one in self._live())
        return all_wanted or self.speed in (None, "step")

    def _counts(self, frame: Frame) -> bool:
        return frame.run == self._run

    def _begin_capture(self) -> None:
        self._given.forget()
        self._credits.begin(self._run)
        super()._begin_capture()

    def _frame(self, number: int, item: FedPicture) -> Frame:
        width_px, height_px = image_size(item.data) if item.raw is None else item.raw.size_px
        return Frame(
            source=self._widget,
            run=self._run,
            seq=number,
            data=item.data,
            width_px=width_px,
            height_px=height_px,
            captured_at_ms=None if item.at_s is None else item.at_s * 1000,
            received_at_s=self._clock.now_s(),
            raw=item.raw,
            is_kept=self._waits(),
        )

    def _preview(self, frame: Frame) -> None:
        with self._lock:
            guests = any(one.life.state != "closed" for one in self._guests)
            outputs = [port.key for one in self._bindings for port in one.plan.outputs]
        own: object = self._widget
        if not guests and not any(key is own for key in outputs):
            self._shown.show(_Preview(frame))

    def _facts(self) -> SourceFacts:
        # What the kernel sends is all that a page can show of it.
        return super()._facts()._replace(has_guests=True)

    def _with_account(self, state: SourceContent) -> StateContent:
        return {**state, "credit": self._credits.content(self._clock.now_s())}


class _Preview(NamedTuple):
    """A picture as pages show it; encoded when it is sent, since most are not."""

    frame: Frame
    on_painted: OnPainted | None = None

    def message(self, sending: Sending) -> tuple[dict[str, Any], list[bytes]]:
        frame = self.frame
        data = frame.data
        if frame.raw is not None:
            pixels = frame.raw.pixels
            if frame.raw.color == "bgr" and pixels.ndim == 3:
                pixels = swap_red_blue(pixels)
            data = encode(pixels, "jpeg", PREVIEW_QUALITY)
        mime = mime_of(data)
        content = result_message(
            sending.seq, mime, len(data), captured_at_ms=None, frame_seq=frame.seq, credits={}
        )
        return content, [data]
