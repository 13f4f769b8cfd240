"""One source's side of the lane: it hears the pages, keeps the capture as the streams want it, and tells the pages.

What becomes of pictures and of sound is in `picture_session` and `sound_session`. Messages come in from any thread;
each is parsed and checked, changes a few fields under `_lock`, and is passed on with no lock held. Everything that
pages see is derived from the fields (`page_state.state_of`), so a change calls `refresh` and nothing else.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..kernel.clock import Clock
from ..kernel.host import stop_before_exit
from ..pages.heartbeat import Heartbeat
from ..pages.pages import SourcePages
from ..pages.pointing import Pointing
from ..pages.publisher import StatePublisher
from ..protocol import from_page, to_page
from ..protocol.fields import Camera
from ..results.picture_outlet import PictureOutlet
from .conversation import Conversation
from .medium import Medium
from .page_state import SourceFacts, state_of, stood_still_words, unseen_words
from .presses import press
from .unshown import UnshownWatch

if TYPE_CHECKING:
    from ..streams.binding import StreamBinding

# A permission prompt that nobody answers holds no slot: so long may the device be away while a stream is live.
CAMERA_MISSING_AFTER_S = 5.0


class SourceWidget(Protocol):
    """What a session asks of its widget."""

    def send_to_pages(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Hand a message to the carrier; must not block."""

    def device_chosen(self, device: str, label: str) -> None:
        """A person chose a camera or microphone in a page; `label` is its name, "" = not told."""

    def stream_every_unbound_s(self) -> float:
        """The shortest time between two captures while no stream is bound."""


class SourceSession(Medium):
    """Everything of a source that is not a trait. `_lock` guards the fields.

    Below, "camera" is what captures: a microphone is one, too.

    Parameters
    ----------
    widget_id
        Name of the source in messages.
    widget
        The widget, for sending and for news.
    clock
        Time; tests move it by hand.
    results
        The way of results that are shown in the source itself; `None` = it shows none.
    pages
        Those that show it, where none captures; `None` = one does.
    """

    pointing: Pointing | None = None

    def __init__(
        self,
        widget_id: str,
        widget: SourceWidget,
        clock: Clock,
        results: PictureOutlet | None = None,
        pages: SourcePages | None = None,
    ) -> None:
        self._widget_id = widget_id
        self._widget = widget
        self._clock = clock
        self._results = results
        self._lock = threading.RLock()
        self._publisher = StatePublisher(clock, self._state_message, widget.send_to_pages)
        self._pages = SourcePages(clock) if pages is None else pages
        self._bindings: list[StreamBinding] = []
        self._guests: weakref.WeakSet[StreamBinding] = weakref.WeakSet()
        self._preview_wanted = False
        self._wanted = False
        self._run = 0
        self._camera = Camera("off")
        self._no_camera_since_s: float | None = None
        self._beat = Heartbeat(clock, self._on_beat_due)
        self._unshown = UnshownWatch()
        self._conversation = Conversation(self, self._pages, self._lock, results)
        self._failure: str | None = None
        self._why_off: str | None = None  # a sentence, where it is off though nobody stopped it
        self._note: str | None = None  # about the capture itself, for the person
        self._closed = False
        stop_before_exit(self)

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
        return self._conversation.bad_message_count

    def start(self, client: str | None = None) -> None:
        """Start all streams, and the camera; `client` is the page that asks, `None` = the user's code."""
        with self._lock:
            if client is None:
                self.check_open()
            bindings = list(self._bindings)
            self._failure = None
            if client is not None and not (self._wanted and self._pages.owner_is_here):
                self._pages.owner = client
            if not bindings:
                self._preview_wanted = True
        for binding in bindings:
            binding.start()
        self.refresh()

    def check_open(self) -> None:
        """Make sure that the source was not closed.

        Raises
        ------
        RuntimeError
            If it was.
        """
        if self._closed:
            raise RuntimeError(f"This {self.device} is closed; make another widget.")

    def show_results_of(self, binding: StreamBinding) -> None:
        """Let the results of another source's stream take the preview's place, until that stream is closed."""
        with self._lock:
            self._guests.add(binding)
        self.refresh()

    def stop(self) -> None:
        """Stop all streams; the camera goes off."""
        with self._lock:
            self._preview_wanted = False
            self._failure = None
        for binding in self.bindings:
            binding.stop()
        self.refresh()

    def take_on(self, binding: StreamBinding, old: Sequence[StreamBinding]) -> bool:
        with self._lock:
            goes_on = self._preview_wanted or any(
                one.current_status in ("asking", "waiting", "live") for one in old
            )
            self._bindings.append(binding)
            self._preview_wanted = False
        return goes_on

    def close(self) -> None:
        """End streams, timers and camera; nothing is sent afterwards."""
        for binding in self.bindings:
            binding.close()
        self.stop()
        with self._lock:
            self._closed = True
            self._beat.keep(False)
        self._publisher.cancel()
        if self._results is not None:
            self._results.close()

    # --- for bindings ------------------------------------------------------------------------

    def binding_closed(self, binding: StreamBinding) -> None:
        with self._lock:
            if binding in self._bindings:
                self._bindings.remove(binding)
        self.refresh()

    # --- messages of pages -------------------------------------------------------------------

    def receive(self, content: object, buffers: Any = ()) -> None:
        """Handle one message of a page; rubbish is dropped and counted."""
        if not self._closed:
            self._conversation.receive(content, buffers)

    def owns(self, client: str, run: int) -> bool:
        return client == self._pages.owner and run == self._run

    def owner_is_unseen(self, beat: from_page.Beat) -> bool:
        return beat.views == 0 and beat.camera.state == "off" and self._wanted

    def camera_reported(self, client: str, run: int, camera: Camera) -> None:
        with self._lock:
            if not (self.owns(client, run) and self._wanted):
                return
            before, self._camera = self._camera, camera
        if before == camera:
            return
        if camera.state == "failed":
            self._camera_failed(camera)
        elif camera.state == "off" and camera.reason == "hidden":
            self.page_gone(why_off=unseen_words(self.device))
        elif camera.state == "off" and before.state == "on" and camera.reason != "silent":
            self.page_gone()
        else:
            self.refresh()

    def pressed(self, command: from_page.Command) -> None:
        match command.action:
            case "start" | "resume":
                self.start(command.client)
            case "stop":
                self.stop()
            case "take_over":
                self._take_over(command.client)
            case "choose_device":
                self._widget.device_chosen(command.device or "", command.label or "")
                self.refresh()
            case _:
                press(self._widget, self.bindings, command)
                self.refresh()

    # --- the capture -------------------------------------------------------------------------

    def _take_over(self, client: str) -> None:
        with self._lock:
            if client != self._pages.owner:
                self._pages.owner = client
                if self._wanted:
                    self._begin_run()
        self.refresh()

    def _begin_run(self) -> None:
        self._run += 1
        self._why_off = None
        self._note = None
        self._camera = Camera("off")
        self._begin_capture()

    def page_gone(self, *, why_off: str | None = None) -> None:
        with self._lock:
            self._why_off = why_off
            self._preview_wanted = False
            self._pages.owner = None
        for binding in self.bindings:
            binding.life.end("page_gone")
        self.refresh()

    def _camera_failed(self, camera: Camera) -> None:
        message = camera.message or f"The {self.device} failed."
        with self._lock:
            self._preview_wanted = False
            self._failure = None if self._bindings else message
        for binding in self.bindings:
            if binding.life.needs_camera:
                error = self._error(message, camera.reason or "other")
                binding.life.end("camera_failed", error=error)
        self.refresh()

    def refresh(self, *, soon: bool = False) -> None:
        """Bring run, owner, credits, timers in line with what the bindings want; tell the pages (`soon`: or later)."""
        with self._lock:
            if self._closed:
                return
            wanted = self._preview_wanted or any(one.life.needs_camera for one in self._bindings)
            if wanted and not self._wanted:
                self._begin_run()
            elif not wanted and self._wanted:
                self._camera = Camera("off", devices=self._camera.devices)
            self._wanted = wanted
            if wanted:
                self._pages.pick_owner()
            is_on = wanted and self._camera.state == "on"
            self._no_camera_since_s = self._since_when_missing(wanted and not is_on)
            live = any(one.current_status == "live" for one in self._bindings)
            self._set_open(is_on=is_on, live=live)
            # A call that goes on after Stop may never end, which the person is told then.
            has_news = wanted or any(one.life.is_in_call for one in self._bindings)
            self._beat.keep(has_news)
            asking = [one for one in self._bindings if one.current_status == "asking"]
        if is_on:
            for binding in asking:
                binding.life.camera_on(self)
        self._publisher.publish(soon=soon)

    def _since_when_missing(self, is_missing: bool) -> float | None:
        if not is_missing:
            return None
        since_s = self._no_camera_since_s
        return self._clock.now_s() if since_s is None else since_s

    # --- telling the pages -------------------------------------------------------------------

    def _on_beat_due(self) -> None:
        with self._lock:
            stood_still = self._pages.gave_up(self._beat.late_s())
            is_unshown = self._wanted and self._pages.owner is None and not len(self._pages)
            self._unshown.look(is_unshown, self.device, self._clock.now_s())
            gone = self._pages.owner_is_gone()
            since_s = self._no_camera_since_s
            missing = (
                since_s is not None and self._pages.owner_had_s(since_s) >= CAMERA_MISSING_AFTER_S
            )
        if stood_still or gone:
            self.page_gone(why_off=stood_still_words(self.device) if stood_still else None)
            return
        for binding in self.bindings:
            if missing:
                binding.life.end("camera_missing")
            binding.life.publish()
        self.refresh()

    def _state_message(self, index: int) -> dict[str, Any] | None:
        with self._lock:
            if self._closed:
                return None
            state = state_of(self._facts(), self._bindings, index)
            return to_page.state_message(self._with_account(state))

    def _facts(self) -> SourceFacts:
        return SourceFacts(
            source=self._widget,
            device=self.device,
            is_sound=self.is_sound,
            run=self._run,
            wanted=self._wanted,
            owner=self._pages.owner,
            camera_is_on=self._camera.state == "on",
            waits_for_kernel=self._pages.is_waiting_for_kernel(),
            failure=self._failure,
            why_off=self._why_off,
            has_guests=any(one.life.state != "closed" for one in self._guests),
            stream_every_unbound_s=self._widget.stream_every_unbound_s(),
            note=self._note if self._wanted else None,
            shows_stats=getattr(self._widget, "show_stats", False),
        )
