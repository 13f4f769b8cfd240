"""The paced way of results to the pages that show a display.

As many results are on the way to the quickest page as the line to it carries at once (`window`). The
newest result waits in the meantime and replaces an older one that waits. A page whose screen is slow
skips results and holds up nobody. One whose link is slow does, since every result goes to every page
and the server would pile up what the link does not take; unless the server leaves it out (`skipping`).
With no page that shows the display nothing is sent, for the same reason.
"""

import threading
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..kernel.clock import Clock, Timer
from ..pages.lateness import Lateness
from ..pages.pages import Page, Pages
from ..pages.skipping import server_skips
from ..protocol.fields import Painted
from .outgoing import OnPainted, Outgoing, Sending
from .result_line import ResultLine
from .window import ResultWindow

GIVE_UP_AFTER_S = 1.0
# So much later than the quickest one may a result come to a page whose main thread is busy at times.
LATE_MS = 1000.0
# A page that came late and then says nothing holds up the others no longer than this.
LATE_FOR_S = 5.0
SENT_KEPT = 64
MAX_FORGOTTEN = 256


class _PaintingPage(Page):
    def __init__(self) -> None:
        super().__init__()
        self.painted_seq = 0
        self.late_ms = 0.0
        self.lateness = Lateness()
        self.line = ResultLine()
        self.key_after: int | None = None
        """It shows video, and wants a key frame after that result; `None` = it shows none."""


class _Sent:
    def __init__(
        self, seq: int, sent_at_s: float, size_bytes: int, on_painted: OnPainted | None
    ) -> None:
        self.seq = seq
        self.sent_at_s = sent_at_s
        self.size_bytes = size_bytes
        self.on_painted = on_painted


class PictureOutlet:
    """Results of one display. `_lock` guards all fields and keeps the order of what is sent.

    Parameters
    ----------
    widget_id
        Name of the display in messages.
    send
        Hands one message to the carrier; must not block.
    clock
        For giving up on pages that do not paint.
    """

    def __init__(
        self, widget_id: str, send: Callable[[dict[str, Any], list[bytes]], None], clock: Clock
    ) -> None:
        self._lock = threading.Lock()
        self._send = send
        self._clock = clock
        self._pages = Pages(clock, _PaintingPage)
        self._seq = 0
        self._newest: Outgoing | None = None
        self._newest_is_sent = True
        self._sent: deque[_Sent] = deque(maxlen=SENT_KEPT)
        self._window = ResultWindow()
        self._server_skips = server_skips()
        self._is_video = False
        """Whether the newest that was sent is a frame of video, which nobody may leave out."""
        self._give_up: Timer | None = None
        self._is_closed = False
        self._overlays: weakref.WeakSet[PictureOutlet] = weakref.WeakSet()
        self.replaced_count = 0
        _outlets[widget_id] = self

    def show(self, result: Outgoing) -> None:
        """Make `result` the newest; send it now or as soon as the pacing allows."""
        with self._lock:
            if len(self._pages) and not self._newest_is_sent:
                self.replaced_count += 1
            self._newest, self._newest_is_sent = result, False
            self._pump()

    @property
    def has_pages(self) -> bool:
        """Whether any page has a model of the display."""
        with self._lock:
            return len(self._pages) > 0

    def join(self, overlay: "PictureOutlet") -> None:
        """Tell `overlay`, which goes over this display's own comm, of the pages that there are, come and go."""
        with self._lock:
            self._overlays.add(overlay)
            clients = self._pages.clients()
        for client in clients:
            overlay.hello(client)

    def hello(self, client: str) -> None:
        """A page has a model of the display: bring it the newest result."""
        with self._lock:
            overlays = list(self._overlays)
            self._pages.heard(client).painted_seq = self._seq
            if self._newest is not None:
                self._newest_is_sent = False
                self._pump()
        for overlay in overlays:
            overlay.hello(client)

    def bye(self, client: str) -> None:
        """A page has gone; it holds nothing up any more."""
        with self._lock:
            overlays = list(self._overlays)
            self._pages.left(client)
            self._pump()
        for overlay in overlays:
            overlay.bye(client)

    def heard(self, client: str) -> None:
        """A page has said something else: it is here."""
        with self._lock:
            overlays = list(self._overlays)
            is_known = self._pages.get(client) is not None
            if is_known:
                self._pages.heard(client)
        if not is_known:
            self.hello(client)
            return
        for overlay in overlays:
            overlay.heard(client)

    def painted(self, client: str, painted: Painted) -> None:
        """A page shows that result: it is here, too. What was never sent nobody shows."""
        noted: list[Callable[[], None]] = []
        with self._lock:
            if not 0 < painted.seq <= self._seq:
                return
            page = self._pages.heard(client)
            if page.painted_seq < painted.seq:
                page.painted_seq = painted.seq
                noted = self._note_painted(page, painted)
            self._pump()
        for call in noted:
            call()

    def shows_video(self, client: str, key_after: int | None) -> None:
        """A page cannot go on without a key frame of video after that result; `None` = it shows no video."""
        with self._lock:
            page = self._pages.heard(client)
            before = page.key_after
            if key_after is not None:
                # Who has said nothing before can build on none that was sent.
                key_after = self._seq if before is None else min(key_after, self._seq)
            page.key_after = key_after
            if before is not None and (page.key_after is None or page.key_after > before):
                self._newest_is_sent = False  # What it could not show comes again.
            self._pump()

    def close(self) -> None:
        """Forget the pages and the timer; nothing is sent afterwards."""
        with self._lock:
            overlays = list(self._overlays)
            self._is_closed = True
            self._pages.clear()
            self._newest, self._newest_is_sent = None, True
            self._sent.clear()
            self._cancel_timer()
        for overlay in overlays:
            overlay.close()

    def _note_painted(self, page: _PaintingPage, painted: Painted) -> list[Callable[[], None]]:
        """Note how late the result came to that page; returns whom to tell that it is painted."""
        for sent in self._sent:
            if sent.seq == painted.seq:
                page.late_ms = page.lateness.note(
                    sent.sent_at_s * 1000, painted.received_at_ms / 1000
                )
                page.line.note(sent.size_bytes, page.late_ms, painted.received_at_ms)
                now_s = self._clock.now_s()
                loop_s = now_s - sent.sent_at_s
                self._window.painted(painted.seq, loop_s, page.late_ms, now_s)
                on_painted, sent.on_painted = sent.on_painted, None
                return [] if on_painted is None else [partial(on_painted, painted, sent.sent_at_s)]
        return []

    def _pump(self) -> None:
        self._cancel_timer()
        if self._newest_is_sent or self._newest is None:
            return
        for client in self._pages.forget_gone(lambda page: page.painted_seq < self._seq):
            _note_forgotten(client, self)
        if self._is_closed or not len(self._pages):
            return
        now_s = self._clock.now_s()
        unpainted = self._unpainted(now_s)
        byte_count = sum(one.size_bytes for one in unpainted)
        oldest_s = now_s - unpainted[0].sent_at_s if unpainted else 0.0
        if self._window.has_room(len(unpainted), byte_count, oldest_s):
            self._send_newest(self._newest, now_s)
        else:
            wait_s = unpainted[0].sent_at_s + GIVE_UP_AFTER_S - now_s
            self._give_up = self._clock.call_later(wait_s, self._pump_again)

    def _pump_again(self) -> None:
        with self._lock:
            self._pump()

    def _unpainted(self, now_s: float) -> list[_Sent]:
        quickest = max(page.painted_seq for page in self._pages)
        late = [page.painted_seq for page in self._pages if self._is_late(page, now_s)]
        through = min([quickest, *late])
        return [
            sent
            for sent in self._sent
            if sent.seq > through and now_s - sent.sent_at_s < GIVE_UP_AFTER_S
        ]

    def _is_late(self, page: _PaintingPage, now_s: float) -> bool:
        """Whether results pile up on the way to that page."""
        if self._server_skips and not self._is_video:
            return False
        return page.late_ms >= LATE_MS and now_s - page.heard_at_s < LATE_FOR_S

    def _send_newest(self, result: Outgoing, now_s: float) -> None:
        for page in self._pages:
            if page.painted_seq == self._seq:
                self._pages.expect(page)
        self._seq += 1
        self._newest_is_sent = True
        sending = Sending(self._seq, self._key_after(), self._ms_per_byte(), now_s)
        content, buffers = result.message(sending)
        self._is_video = "after" in content
        size_bytes = sum(map(len, buffers))
        sent_at_s = self._clock.now_s()  # What encoding it took is no lateness of the line.
        self._sent.append(_Sent(self._seq, sent_at_s, size_bytes, result.on_painted))
        self._window.sent(self._seq)
        self._send(content, buffers)

    def _key_after(self) -> int | None:
        """After which result one of the pages wants a key frame; `None` = not all of them show video."""
        wishes = [page.key_after for page in self._pages]
        found = [wish for wish in wishes if wish is not None]
        return max(found) if len(found) == len(wishes) else None

    def _ms_per_byte(self) -> float | None:
        """What the slowest of the pages' lines takes, for no page can leave out a frame of video."""
        known = [page.line.ms_per_byte for page in self._pages]
        return max((one for one in known if one is not None), default=None)

    def _cancel_timer(self) -> None:
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None


_outlets: weakref.WeakValueDictionary[str, PictureOutlet] = weakref.WeakValueDictionary()

# By client: the displays that took it for gone. Single operations on the dictionary, so no lock.
_forgotten: dict[str, weakref.WeakSet[PictureOutlet]] = {}


def _note_forgotten(client: str, outlet: PictureOutlet) -> None:
    while client not in _forgotten and len(_forgotten) >= MAX_FORGOTTEN:
        _forgotten.pop(next(iter(_forgotten), ""), None)
    _forgotten.setdefault(client, weakref.WeakSet()).add(outlet)


def deliver_painted(client: str, painted: Mapping[str, Painted]) -> None:
    """Hand what rode on a page's message to the displays it is for; those that took it for gone know better now."""
    for forgotten in _forgotten.pop(client, ()):
        forgotten.hello(client)
    for widget_id, of_display in painted.items():
        outlet = _outlets.get(widget_id)
        if outlet is not None:
            outlet.painted(client, of_display)
