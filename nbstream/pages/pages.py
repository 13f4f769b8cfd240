"""The pages that show a widget: which there are, when each was heard, and which one captures.

One account for sources, displays and players, so that *gone* means the same for all of them: any message of a page
brings it back, and silence counts only while its messages could have been heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from ..kernel.clock import Clock
from ..kernel.ear import Ear
from ..kernel.host import can_start_threads, cell_is_running, cells_ended, in_main_thread
from ..protocol.from_page import GONE_AFTER_S
from .rising import RisingIndex

SILENT_AFTER_S = 3.0
MAX_PAGES = 64
"""Of one widget. Of more, the one that was silent the longest is forgotten; its next message brings it back."""


class Page:
    """What is known of any page."""

    ear: Ear

    def __init__(self) -> None:
        self.heard_at_s = 0.0
        self.heard_in_main_thread = False
        self.cells_ended = 0
        self.deaf_until_s = float("-inf")


P = TypeVar("P", bound=Page)


class Pages(Generic[P]):
    """Pages of one widget, by their client. Not thread-safe: its owner holds a lock.

    Parameters
    ----------
    clock
        For how long each was silent.
    make
        Makes what is kept of a page that is new.
    """

    def __init__(self, clock: Clock, make: Callable[[], P]) -> None:
        self._clock = clock
        self._make = make
        # Those that were heard last come last.
        self._pages: dict[str, P] = {}

    def __len__(self) -> int:
        return len(self._pages)

    def __iter__(self) -> Iterator[P]:
        return iter(self._pages.values())

    def clients(self) -> list[str]:
        """The pages that there are, those that were heard last at the end."""
        return list(self._pages)

    def get(self, client: str | None) -> P | None:
        """What is kept of a page; `None` for one that is not here."""
        return None if client is None else self._pages.get(client)

    def heard(self, client: str) -> P:
        """Note that a message of that page has come, in the calling thread: it is here."""
        page = self._pages.pop(client, None)
        if page is None:
            if len(self._pages) >= MAX_PAGES:
                self._forget_one()
            page = self._make()
            page.ear = Ear(self._clock)
        page.ear.hear()
        page.heard_at_s = self._clock.now_s()
        page.heard_in_main_thread = in_main_thread()
        page.cells_ended = cells_ended()
        self._pages[client] = page
        return page

    def left(self, client: str) -> None:
        """Forget a page."""
        self._pages.pop(client, None)

    def clear(self) -> None:
        """Forget all pages."""
        self._pages.clear()

    def expect(self, page: P) -> None:
        """Let the silence of a page count from now on: it had nothing to say before."""
        page.heard_at_s = self._clock.now_s()

    def is_gone(self, page: P) -> bool:
        """Whether a page that has something to say has been silent for too long."""
        return self.silent_s(page) >= GONE_AFTER_S

    def silent_s(self, page: P) -> float:
        """How long a page has said nothing, as far as it could have been heard."""
        return self.seconds_since(page.heard_at_s, page)

    def seconds_since(self, at_s: float, page: P) -> float:
        """How long ago that was; while the page's messages may wait 0, counted anew from when they do not any more."""
        ended = cells_ended()
        # While an asynchronous cell runs the loop is free, and some hosts bring no message all the same.
        if page.heard_in_main_thread and (cell_is_running() or ended != page.cells_ended):
            page.deaf_until_s = self._clock.now_s()
        page.cells_ended = ended
        return page.ear.silent_since(max(at_s, page.deaf_until_s))

    def forget_gone(self, is_awaited: Callable[[P], bool] = lambda page: True) -> list[str]:
        """Forget the pages that are gone, of those that have something to say; returns which these were."""
        gone = [c for c, page in self._pages.items() if is_awaited(page) and self.is_gone(page)]
        for client in gone:
            del self._pages[client]
        return gone

    def _forget_one(self) -> None:
        del self._pages[next(iter(self._pages))]


class SourcePage(Page):
    """What is known of a page that shows a source."""

    def __init__(self) -> None:
        super().__init__()
        self.views = 0
        self.commands = RisingIndex()
        self.reports = RisingIndex()


class SourcePages(Pages[SourcePage]):
    """Pages of one source, and which of them captures."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, SourcePage)
        self.owner: str | None = None
        """The client that captures; `None` = nobody."""

    def set_views(self, client: str, views: int) -> bool:
        """Note in how many places a page shows the source; True when that is new."""
        page = self.heard(client)
        before, page.views = page.views, views
        return before != views

    def accept_command(self, client: str, command_index: int) -> bool:
        """Whether a command of that page is newer than the ones before."""
        return self.heard(client).commands.accept(command_index, self._clock.now_s())

    def accept_report(self, client: str, report_index: int | None) -> bool:
        """Whether what a page says of itself is newer than what it said before; what is not numbered is."""
        page = self.heard(client)
        return report_index is None or page.reports.accept(report_index, self._clock.now_s())

    @property
    def owner_is_here(self) -> bool:
        """Whether the page that captures is one we know."""
        return self.owner in self._pages

    def pick_owner(self) -> None:
        """Let the page that was heard last of those that show the source capture, unless another one does."""
        if not self.owner_is_here:
            shown = [client for client, page in self._pages.items() if page.views > 0]
            self.owner = shown[-1] if shown else None

    def owner_is_gone(self) -> bool:
        """Whether the page that captures has been silent for too long; silent pages are forgotten then."""
        page = self.get(self.owner)
        if page is None or not self.is_gone(page):
            return False
        self.forget_gone()
        return True

    def gave_up(self, stood_s: float) -> bool:
        """Whether the page that captures has turned its device off for good, since the kernel stood still so long.

        It must not come on when perhaps nobody sits there any more. Without threads a busy kernel stands still, too.
        """
        return self.owner_is_here and stood_s >= GONE_AFTER_S and can_start_threads()

    def is_waiting_for_kernel(self) -> bool:
        """Whether the owner is silent because the host delivers no messages: of a cell, or whatever else runs there."""
        page = self.get(self.owner)
        if page is None or self._clock.now_s() - page.heard_at_s < SILENT_AFTER_S:
            return False
        return page.ear.is_deaf or (page.heard_in_main_thread and cell_is_running())

    def owner_had_s(self, since_s: float) -> float:
        """How many seconds the page that captures had since then to make itself heard."""
        page = self.get(self.owner)
        return self._clock.now_s() - since_s if page is None else self.seconds_since(since_s, page)

    def _forget_one(self) -> None:
        # Not the one that captures: its beats would bring it back without what it was told last.
        del self._pages[next(client for client in self._pages if client != self.owner)]
