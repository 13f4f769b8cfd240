"""One source's side of the lane: it hears the pages, keeps the capture as the streams want it, and tells the pages.

Messages come in from any thread; each is parsed and checked, changes a few fields under `_lock`, and is passed on with
no lock held. Everything that pages see is derived from the fields (`snapshot.state_of`), so a change calls `_refresh`
and nothing else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any, Protocol

from . import lane
from .binding import StreamBinding
from .clock import Clock, Timer
from .codecs import MAX_PIXELS, read_jpeg_size
from .credits import Credits
from .errors import CameraError, CorruptFrameError
from .frames import Frame
from .lane import BEAT_EVERY_S, CreditContent, Status
from .lane_fields import BadMessageError, Camera
from .lateness import Lateness
from .pages import Pages
from .results import ResultLane, deliver_painted
from .snapshot import SourceFacts, state_of, status_of

logger = logging.getLogger("nbstream")

PUBLISH_SOON_S = 0.2


class SourceWidget(Protocol):
    """What a session asks of its widget."""

    def send_to_pages(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Hand a message to the carrier; must not block."""

    def frame_arrived(self, frame: Frame) -> None:
        """A sound frame has come; from the thread that handles the message."""

    def device_chosen(self, device: str) -> None:
        """A person chose a camera in the page."""

    def stream_every_unbound_s(self) -> float:
        """The shortest time between two captures while no stream is bound."""


def frame_of(message: lane.FrameMessage, source: object, now_s: float) -> Frame:
    """Make a frame of a message whose picture is what it says, by its header alone.

    Raises
    ------
    CorruptFrameError
        If the picture is no JPEG, too large, or of another size than stated.
    """
    size = read_jpeg_size(message.data)
    if size != (message.width_px, message.height_px) or size[0] * size[1] > MAX_PIXELS:
        stated = f"{message.width_px}x{message.height_px}"
        raise CorruptFrameError(f"a picture of {size[0]}x{size[1]} pixels stated as {stated}")
    return Frame(
        source,
        message.run,
        message.seq,
        message.data,
        *size,
        captured_at_ms=message.captured_at_ms,
        received_at_s=now_s,
        sent_at_ms=message.sent_at_ms,
        quality=message.quality,
        scale=message.scale,
    )


class SourceSession:
    """Everything of a source that is not a trait. `_lock` guards the fields.

    Parameters
    ----------
    widget_id
        Name of the source in messages.
    widget
        The widget, for sending and for news.
    clock
        Time; tests move it by hand.
    results
        The lane of results that are shown in the source itself.
    """

    def __init__(
        self, widget_id: str, widget: SourceWidget, clock: Clock, results: ResultLane
    ) -> None:
        self._widget_id = widget_id
        self._widget = widget
        self._clock = clock
        self._results = results
        self._lock = threading.RLock()
        self._publish_lock = threading.RLock()
        self._pages = Pages(clock)
        self._bindings: list[StreamBinding] = []
        self._preview_wanted = False
        self._wanted = False
        self._run = 0
        self._camera = Camera("off")
        self._credits = Credits()
        self._lateness = Lateness()
        self._told_may_send = 0
        self._state_index = 0
        self._beat: Timer | None = None
        self._soon: Timer | None = None
        self._warned: set[str] = set()
        self._failure: str | None = None
        self._closed = False

    # --- for the widget ----------------------------------------------------------------------

    @property
    def bindings(self) -> list[StreamBinding]:
        """The streams of this source, oldest first (a copy)."""
        with self._lock:
            return list(self._bindings)

    @property
    def camera(self) -> Camera:
        """The capture, as the owner's page last reported it."""
        return self._camera

    @property
    def bad_message_count(self) -> int:
        """How many messages and frames were dropped because they failed a check."""
        return self._credits.rejected_total

    @property
    def status(self) -> Status:
        """The liveliest status of the streams; of the camera alone, where there is no stream."""
        with self._lock:
            return status_of(self._facts(), self._bindings)

    def start(self, client: str | None = None) -> None:
        """Start all streams, and the camera; `client` is the page that asks, `None` = the user's code."""
        with self._lock:
            bindings = list(self._bindings)
            self._failure = None
            if client is not None and not (self._wanted and self._pages.owner_is_here):
                self._pages.owner = client
            if not bindings:
                self._preview_wanted = True
        for binding in bindings:
            binding.start()
        self._refresh()

    def stop(self) -> None:
        """Stop all streams; the camera goes off."""
        with self._lock:
            self._preview_wanted = False
            self._failure = None
        for binding in self.bindings:
            binding.stop()
        self._refresh()

    def add(self, binding: StreamBinding, *, replace: bool) -> None:
        """Take a stream on; with `replace` in place of those there are, live if one of them was."""
        with self._lock:
            old = list(self._bindings) if replace else []
            self._bindings.append(binding)
            goes_on = self._preview_wanted or any(
                one.current_status in ("asking", "waiting", "live") for one in old
            )
            self._preview_wanted = False
        if goes_on:
            binding.start()
        for one in old:
            one.close()
        self._refresh()

    def close(self) -> None:
        """End streams, timers and camera; nothing is sent afterwards."""
        for binding in self.bindings:
            binding.close()
        self.stop()
        with self._lock:
            self._closed = True
            for timer in (self._beat, self._soon):
                if timer is not None:
                    timer.cancel()
        self._results.close()

    # --- for bindings ------------------------------------------------------------------------

    def binding_changed(self, _binding: StreamBinding, *, soon: bool = False) -> None:
        self._refresh(soon=soon)

    def binding_closed(self, binding: StreamBinding) -> None:
        with self._lock:
            if binding in self._bindings:
                self._bindings.remove(binding)
            self._credits.forget_calls_of(binding)
        self._refresh()

    def frame_taken(self, seq: int) -> None:
        with self._lock:
            self._credits.taken(seq)
            at_once = self._credits.call_is_long
        if at_once:
            self._tell_credit()

    def frame_rejected(self, seq: int, reason: str) -> None:
        self._reject(reason, seq)

    def frame_skipped(self, seq: int) -> None:
        with self._lock:
            self._credits.unwanted(seq)
        self._tell_credit()

    def call_ended(self, binding: StreamBinding, seq: int, call_ms: float) -> None:
        with self._lock:
            self._credits.call_ended(seq, call_ms, binding)
        self._tell_credit()

    def carry(self) -> Mapping[str, CreditContent]:
        """Credits for a message that is sent anyway."""
        with self._lock:
            return {self._widget_id: self._credit_content()}

    # --- messages of pages -------------------------------------------------------------------

    def receive(self, content: object, buffers: Any = ()) -> None:
        """Handle one message of a page; rubbish is dropped and counted."""
        if self._closed:
            return
        try:
            message = lane.parse(content, buffers)
        except BadMessageError as error:
            self._reject(str(error), self._number_of_broken_frame(content))
            return
        with self._lock:
            self._pages.heard(message.client)
        match message:
            case lane.FrameMessage():
                deliver_painted(message.client, message.painted)
                self._frame(message)
            case lane.Beat():
                deliver_painted(message.client, message.painted)
                self._on_beat(message)
            case lane.CameraReport():
                self._on_camera(message.client, message.run, message.camera)
            case lane.Command():
                self._on_command(message)
            case lane.Hello():
                self._on_hello(message)
            case lane.Bye():
                self._on_bye(message.client)
            case lane.PaintedMessage():
                deliver_painted(message.client, message.painted)

    def _number_of_broken_frame(self, content: object) -> int | None:
        """The `seq` of a broken message, when it was a frame that used a credit of ours."""
        if not isinstance(content, Mapping) or content.get("type") != "frame":
            return None
        seq = content.get("seq")
        with self._lock:
            ours = content.get("client") == self._pages.owner and content.get("run") == self._run
            if ours and isinstance(seq, int) and self._credits.arrived(seq):
                return seq
        return None

    def feed(self, frame: Frame) -> None:
        """Give a picture that was set by hand to the streams that are live."""
        for binding in self.bindings:
            binding.offer(frame)

    def _on_hello(self, message: lane.Hello) -> None:
        with self._lock:
            self._pages.set_views(message.client, message.views)
        self._refresh()
        self._results.hello(message.client)

    def _on_bye(self, client: str) -> None:
        with self._lock:
            self._pages.left(client)
            owned = client == self._pages.owner
        self._results.bye(client)
        if owned:
            self._page_gone()

    def _on_beat(self, message: lane.Beat) -> None:
        with self._lock:
            moved = self._pages.set_views(message.client, message.views)
            mine = message.client == self._pages.owner and message.run == self._run
            if mine:
                self._lateness_of(message)
            credit = mine and self._credits.lost_through(message.sent_through)
        if credit:
            self._tell_credit()
        if mine and message.views == 0 and message.camera.state == "off" and self._wanted:
            self._page_gone()
            return
        self._on_camera(message.client, message.run, message.camera)
        if moved:
            self._refresh()

    def _on_camera(self, client: str, run: int, camera: Camera) -> None:
        with self._lock:
            if client != self._pages.owner or run != self._run or not self._wanted:
                return
            before, self._camera = self._camera, camera
        if before == camera:
            return
        if camera.state == "failed":
            self._camera_failed(camera)
        elif camera.state == "off" and before.state == "on":
            self._page_gone()
        else:
            self._refresh()

    def _on_command(self, message: lane.Command) -> None:
        with self._lock:
            if not self._pages.accept_command(message.client, message.command_index):
                return
        match message.action:
            case "start" | "resume":
                self.start(message.client)
            case "stop":
                self.stop()
            case "take_over":
                self._take_over(message.client)
            case "choose_device":
                self._widget.device_chosen(message.device or "")

    def _frame(self, message: lane.FrameMessage) -> None:
        with self._lock:
            if message.client != self._pages.owner:
                wrong: str | None = "a frame of a page that does not capture"
            elif message.run != self._run or not self._wanted:
                wrong = "a frame of another run"
            elif not self._credits.arrived(message.seq, self._lateness_of(message)):
                wrong = "a repeated or stale frame, or one without credit"
            else:
                wrong = None
        if wrong is not None:
            self._reject(wrong, None)
            return
        try:
            frame = frame_of(message, self._widget, self._clock.now_s())
        except CorruptFrameError as error:
            self._reject(str(error), message.seq)
            return
        self._pass_on(frame)

    def _lateness_of(self, message: lane.FrameMessage | lane.Beat) -> float | None:
        if message.sent_at_ms is None:
            return None
        return self._lateness.note(message.sent_at_ms, self._clock.now_s())

    def _pass_on(self, frame: Frame) -> None:
        wanted = [binding.offer(frame) for binding in self.bindings]
        if not any(wanted):
            with self._lock:
                self._credits.unwanted(frame.seq)
            self._tell_credit()
        self._widget.frame_arrived(frame)

    def _reject(self, reason: str, seq: int | None) -> None:
        with self._lock:
            self._credits.reject(seq)
            kind = reason[:24]
            first = kind not in self._warned and len(self._warned) < 20
            self._warned.add(kind)
        if first:
            logger.warning(
                "[nbstream] dropped a message: %s (further ones are only counted)", reason
            )
        self._tell_credit()

    # --- the capture -------------------------------------------------------------------------

    def _take_over(self, client: str) -> None:
        with self._lock:
            if client == self._pages.owner:
                return
            self._pages.owner = client
            if self._wanted:
                self._begin_run()
        self._refresh()

    def _begin_run(self) -> None:
        self._run += 1
        self._camera = Camera("off")
        self._credits.begin(self._run)
        self._lateness = Lateness()
        self._told_may_send = 0

    def _page_gone(self) -> None:
        with self._lock:
            self._preview_wanted = False
            self._pages.owner = None
        for binding in self.bindings:
            binding.page_gone()
        self._refresh()

    def _camera_failed(self, camera: Camera) -> None:
        message = camera.message or "The camera failed."
        with self._lock:
            self._preview_wanted = False
            self._failure = None if self._bindings else message
        for binding in self.bindings:
            if binding.needs_camera:
                binding.camera_failed(CameraError(message, camera.reason or "other"))
        self._refresh()

    def _refresh(self, *, soon: bool = False) -> None:
        """Bring run, owner, credits and timers in line with what the bindings want, and tell the pages."""
        with self._lock:
            if self._closed:
                return
            wanted = self._preview_wanted or any(one.needs_camera for one in self._bindings)
            if wanted and not self._wanted:
                self._begin_run()
            elif not wanted and self._wanted:
                self._camera = Camera("off", devices=self._camera.devices)
            self._wanted = wanted
            if wanted:
                self._pages.pick_owner()
            is_on = wanted and self._camera.state == "on"
            live = any(one.current_status == "live" for one in self._bindings)
            self._credits.open = is_on and (live or not self._bindings)
            if wanted and self._beat is None:
                self._beat = self._clock.call_later(BEAT_EVERY_S, self._on_beat_due)
            elif not wanted and self._beat is not None:
                self._beat.cancel()
                self._beat = None
            asking = [one for one in self._bindings if one.current_status == "asking"]
        if is_on:
            for binding in asking:
                binding.camera_on()
        if soon:
            self._publish_soon()
        else:
            self._publish()

    # --- telling the pages -------------------------------------------------------------------

    def _on_beat_due(self) -> None:
        with self._lock:
            self._beat = None
            gone = self._pages.owner_is_gone()
        if gone:
            self._page_gone()
            return
        for binding in self.bindings:
            binding.tell_remaining()
        self._refresh()

    def _publish_soon(self) -> None:
        with self._lock:
            if self._soon is None:
                self._soon = self._clock.call_later(PUBLISH_SOON_S, self._publish)

    def _publish(self) -> None:
        # Numbered and sent under one lock: a newer index never carries an older state.
        with self._publish_lock:
            with self._lock:
                if self._soon is not None:
                    self._soon.cancel()
                    self._soon = None
                if self._closed:
                    return
                self._state_index += 1
                state = state_of(
                    self._facts(), self._bindings, self._state_index, self._credit_content()
                )
            content = lane.state_message(state)
            self._widget.send_to_pages(content, [])

    def _facts(self) -> SourceFacts:
        return SourceFacts(
            source=self._widget,
            run=self._run,
            wanted=self._wanted,
            owner=self._pages.owner,
            camera_is_on=self._camera.state == "on",
            waits_for_cell=self._pages.is_waiting_for_cell(),
            failure=self._failure,
            stream_every_unbound_s=self._widget.stream_every_unbound_s(),
        )

    def _tell_credit(self) -> None:
        with self._lock:
            if self._closed or self._credits.may_send_through == self._told_may_send:
                return
            content = lane.credit_message(self._credit_content())
        self._widget.send_to_pages(content, [])

    def _credit_content(self) -> CreditContent:
        self._told_may_send = self._credits.may_send_through
        return self._credits.content()
