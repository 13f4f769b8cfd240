"""What becomes of a camera's pictures: each is checked, credited and offered to the streams."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from ..errors import CameraError
from ..feeds import arrivals
from ..kernel.clock import Clock
from ..pages.lateness import Lateness
from ..pictures.codecs import Channels
from ..pictures.frame import Frame
from ..pictures.raw import RawPicture
from ..protocol import from_page, to_page
from ..protocol.sound import ChunkMessage
from ..protocol.to_page import CreditContent, SourceContent, StateContent
from ..recordings.film.shot import Shot
from ..recordings.film.taps import Taps
from ..results.picture_outlet import PictureOutlet
from .picture_credits import MAX_WINDOW, Arrival, Credits
from .session import SourceSession, SourceWidget
from .stuck_watch import StuckWatch

if TYPE_CHECKING:
    from ..streams.binding import StreamBinding

logger = logging.getLogger("nbstream")

NO_VIDEO_NOTE = (
    "Pictures travel as JPEG: video needs a browser with WebCodecs, and PyAV in the kernel."
)
NONE_CAME_NOTE = (
    "Pictures are sent and none arrives: this host carries no binary messages. Use JupyterLab."
)
MENDED_NOTE = "No picture came for 5 s though the function was ready; the camera begins anew."

SAID_OF_PICTURES = tuple(
    name for name in from_page.FrameMessage._fields if name in Frame._fields and name != "data"
)
"""The fields of a frame that are the page's word, as it said them."""


class PictureWidget(SourceWidget, Protocol):
    """What the session of a camera asks of its widget."""

    codec: str
    color: Channels

    def frame_arrived(self, frame: Frame) -> None:
        """A sound frame has come; in the thread that handles the message, of video in the one that decodes."""


class PictureSession(SourceSession):
    """The session of a camera."""

    device = "camera"
    is_sound = False

    def __init__(
        self, widget_id: str, widget: PictureWidget, clock: Clock, results: PictureOutlet
    ) -> None:
        super().__init__(widget_id, widget, clock, results)
        self._camera_widget = widget
        self._credits = Credits()
        self._lateness = Lateness()
        self._told_may_send = 0
        self._stuck = StuckWatch()
        self._none_came = StuckWatch()
        self._newest: Frame | None = None
        self._arrivals = arrivals.Arrivals(
            lambda: widget.color,
            self._take,
            lambda one, reason: self._reject(
                reason, one.message.seq, run=one.message.run, is_video=one.is_video
            ),
            clock,
        )
        self._jpegs_in_a_row = 0
        self.taps: Taps[Shot] = Taps()

    def feed(self, frame: Frame) -> bool:
        """Give a picture that was set by hand to the streams that are live; False when none is."""
        self._newest = frame
        bindings = self.bindings
        for binding in bindings:
            binding.intake.offer(frame)
        return any(binding.status == "live" for binding in bindings)

    # --- for bindings ------------------------------------------------------------------------

    def newest(self) -> Frame | None:
        return self._newest

    def binding_closed(self, binding: StreamBinding) -> None:
        with self._lock:
            self._credits.forget_calls_of(binding.life)
        super().binding_closed(binding)

    def frame_taken(self, frame: Frame, *, at_once: bool) -> None:
        with self._lock:
            if not self._counts(frame):
                return
            self._credits.taken(frame.seq)
            at_once = at_once or self._credits.call_is_long
        if at_once:
            self._tell_credit()

    def frame_rejected(self, frame: Frame, reason: str) -> None:
        self._reject(reason, frame.seq if self._counts(frame) else None)

    def frame_skipped(self, frame: Frame) -> None:
        with self._lock:
            tell = self._counts(frame) and self._credits.unwanted(frame.seq)
        if tell:
            self._tell_credit()

    def frame_kept(self, frame: Frame) -> Frame:
        # However many wait, the page goes on capturing. Of run 0, as a picture set by hand, it is in no account.
        self.frame_skipped(frame)
        return frame._replace(run=0)

    def call_ended(self, consumer: Hashable, frame: Frame, call_ms: float) -> None:
        with self._lock:
            if not self._counts(frame):
                return
            page_waits = self._credits.call_ended(frame.seq, call_ms, consumer)
            if all(one.life is not consumer for one in self._bindings):
                self._credits.forget_calls_of(consumer)  # its last call
        self._tell_credit(at_all_events=page_waits)

    def carry(self) -> Mapping[str, CreditContent]:
        with self._lock:
            return {self._widget_id: self._credit_content()}

    def _counts(self, frame: Frame) -> bool:
        """Whether the frame is in the account: not of an earlier run, nor set by hand (which has run 0)."""
        return frame.run == self._credits.run

    # --- for the session ---------------------------------------------------------------------

    def _begin_capture(self) -> None:
        self._credits.begin(self._run)
        self._stuck = StuckWatch()
        self._lateness = Lateness()
        self._told_may_send = 0

    def close(self) -> None:
        self._arrivals.close()
        super().close()

    def _set_open(self, *, is_on: bool, live: bool) -> None:
        self._credits.open = is_on and (live or not self._bindings)

    def _with_account(self, state: SourceContent) -> StateContent:
        return {**state, "credit": self._credit_content()}

    def _error(self, message: str, reason: str) -> CameraError:
        return CameraError(message, reason)

    def owner_beats(self, message: from_page.Beat) -> None:
        with self._lock:
            _late_ms(self._lateness, message, self._clock.now_s())
            more = self._credits.lost_through(message.sent_through)
            if self._none_came.look(
                0,
                is_due=self._newest is None and message.sent_through > 0,
                now_s=self._clock.now_s(),
            ):
                self._note = NONE_CAME_NOTE
            is_stuck = self._stuck.look(
                self._credits.settled_through,
                is_due=_is_due(self._bindings, self._credits, message.sent_through),
                now_s=self._clock.now_s(),
            )
            if is_stuck:
                self._begin_run()  # and with it the account
                self._note = MENDED_NOTE
        if is_stuck:
            self._tell_mended()
        elif more:
            self._tell_credit()

    # --- should the account be wrong in a way that nobody thought of -------------------------

    def _tell_mended(self) -> None:
        for binding in self.bindings:
            if binding.current_status == "live":
                binding.intake.count("mended")
        logger.warning(
            "[nbstream] a live stream got no picture for 5 s though it was ready; the capture begins anew"
        )
        self.refresh()

    # --- pictures ----------------------------------------------------------------------------

    def captured(self, message: from_page.FrameMessage | ChunkMessage) -> None:
        if not isinstance(message, from_page.FrameMessage):
            self._reject("sound for a camera", None)
            return
        with self._lock:
            now_s, lateness = self._clock.now_s(), self._lateness
            is_repeat = message.run == self._run and self._credits.has_seen(message.seq)
            if message.client != self._pages.owner:
                wrong: str | None = "a frame of a page that does not capture"
            elif message.run != self._run or not self._wanted:
                wrong = "a frame of another run"
            elif not self._credits.arrived(message.seq, _arrival_of(message, lateness, now_s)):
                wrong = "a repeated or stale frame, or one without credit"
            else:
                wrong = None
        if wrong is None:
            self._arrivals.put(arrivals.Arrival(message, now_s))
        else:
            self._reject(wrong, None, is_counted=not is_repeat)

    def _take(self, arrival: arrivals.Arrival, picture: bytes | RawPicture) -> None:
        message, is_video = arrival.message, arrival.is_video
        if is_video:
            with self._lock:
                self._credits.key_after = None
        said = {name: getattr(message, name) for name in SAID_OF_PICTURES}
        frame = Frame(
            self._widget,
            data=picture if isinstance(picture, bytes) else b"",
            received_at_s=arrival.came_at_s,
            raw=None if isinstance(picture, bytes) else picture,
            way_bytes=len(message.data) if is_video else None,
            **said,
        )
        # More of them than were on their way when video was asked for.
        self._jpegs_in_a_row = 0 if is_video else self._jpegs_in_a_row + 1
        is_asked = self._camera_widget.codec == "video"
        self._note = NO_VIDEO_NOTE if is_asked and self._jpegs_in_a_row > MAX_WINDOW else None
        self._pass_on(frame)

    def _pass_on(self, frame: Frame) -> None:
        with self._lock:
            self._newest = frame
            takers = [one for one in self._bindings if one.current_status == "live"]
            if takers and self._counts(frame):
                self._credits.shared(frame.seq, len(takers))
        for binding in takers:
            if not binding.intake.offer(frame):
                self.frame_skipped(frame)
                binding.intake.count("superseded")
        # After the streams: a film's encoder begins at once, and would keep a processor from the function.
        if self.taps.are_open:
            self.taps.tell(Shot(frame.raw or frame.data, frame.captured_at_ms))
        if not takers:  # It was on its way when its streams were live no longer.
            self.frame_skipped(frame)
            for binding in self.bindings:
                binding.intake.count("superseded")
        self._camera_widget.frame_arrived(frame)

    def broken(self, content: object, reason: str) -> None:
        frame = content if isinstance(content, Mapping) and content.get("type") == "frame" else {}
        seq = frame.get("seq")
        with self._lock:
            ours = frame.get("client") == self._pages.owner and frame.get("run") == self._run
            has_credit = ours and isinstance(seq, int) and self._credits.arrived(seq)
        self._reject(reason, seq if has_credit else None)

    def _reject(
        self,
        reason: str,
        seq: int | None,
        *,
        run: int | None = None,
        is_video: bool = False,
        is_counted: bool = True,
    ) -> None:
        """Count a frame that is not taken; of video a key frame is wanted then. `run` None: the one that runs."""
        with self._lock:
            if run is not None and run != self._credits.run:
                seq = None  # The account has others of these numbers now.
            self._credits.reject(seq)
            if is_video and seq is not None:
                self._credits.key_after = seq
        self._conversation.count_bad(reason)
        if is_counted:
            for binding in self.bindings:
                binding.intake.count("rejected")
        self._tell_credit(at_all_events=is_video)

    def _tell_credit(self, *, at_all_events: bool = False) -> None:
        with self._lock:
            is_new = self._credits.may_send_through != self._told_may_send
            if self._closed or not (is_new or at_all_events):
                return
            content = to_page.credit_message(self._credit_content())
        self._widget.send_to_pages(content, [])

    def _credit_content(self) -> CreditContent:
        self._told_may_send = self._credits.may_send_through
        return self._credits.content(self._clock.now_s())


def _is_due(bindings: Sequence[StreamBinding], credits: Credits, sent_through: int) -> bool:
    """Whether something should become of what the page sent: a stream is live, and no call runs."""
    live = [one for one in bindings if one.current_status == "live"]
    is_idle = bool(live) and not any(one.life.is_in_call for one in live)
    return credits.open and is_idle and sent_through > credits.settled_through


def _arrival_of(message: from_page.FrameMessage, lateness: Lateness, now_s: float) -> Arrival:
    late_ms = _late_ms(lateness, message, now_s)
    return Arrival(now_s, late_ms, message.way_ms, message.captured_at_ms)


def _late_ms(
    lateness: Lateness, message: from_page.FrameMessage | from_page.Beat, now_s: float
) -> float | None:
    return None if message.sent_at_ms is None else lateness.note(message.sent_at_ms, now_s)
