"""The pages that show a source: which there are, when each was heard, and which one captures."""

from __future__ import annotations

from .clock import Clock
from .host import cell_is_running, in_main_thread
from .lane import GONE_AFTER_S

SILENT_AFTER_S = 3.0
# Guests that only look say nothing for minutes; they are forgotten only when there are very many.
MANY_PAGES = 32


class _Page:
    def __init__(self, views: int, heard_at_s: float) -> None:
        self.views = views
        self.heard_at_s = heard_at_s
        self.command_index = -1


class Pages:
    """Pages of one source. Not thread-safe: its owner holds a lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pages: dict[str, _Page] = {}
        self._heard_in_main_thread = False
        self.owner: str | None = None
        """The client that captures; `None` = nobody."""

    def __len__(self) -> int:
        return len(self._pages)

    def heard(self, client: str) -> None:
        """Note that a message of that page has come, in the calling thread."""
        now_s = self._clock.now_s()
        if client not in self._pages and len(self._pages) >= MANY_PAGES:
            self._forget_silent(now_s)
        self._pages.setdefault(client, _Page(0, now_s)).heard_at_s = now_s
        self._heard_in_main_thread = in_main_thread()

    def left(self, client: str) -> None:
        """Forget a page."""
        self._pages.pop(client, None)

    def set_views(self, client: str, views: int) -> bool:
        """Note in how many places a page shows the source; True when that is new."""
        page = self._pages[client]
        before, page.views = page.views, views
        return before != views

    def accept_command(self, client: str, command_index: int) -> bool:
        """Whether a command of that page is newer than the ones before."""
        page = self._pages[client]
        if command_index <= page.command_index:
            return False
        page.command_index = command_index
        return True

    @property
    def owner_is_here(self) -> bool:
        """Whether the page that captures is one we know."""
        return self.owner in self._pages

    def pick_owner(self) -> None:
        """Let the page that was heard last of those that show the source capture, unless another one does."""
        if not self.owner_is_here:
            shown = {client: page for client, page in self._pages.items() if page.views > 0}
            self.owner = max(shown, key=lambda client: shown[client].heard_at_s, default=None)

    def owner_is_gone(self) -> bool:
        """Whether the page that captures has been silent for too long; silent pages are forgotten then."""
        page = self._owners_page()
        if page is None:
            return False
        now_s = self._clock.now_s()
        if self.is_deaf():
            # Silence while a cell runs is not absence: the page's messages wait behind the cell.
            page.heard_at_s = max(page.heard_at_s, now_s - SILENT_AFTER_S)
            return False
        if now_s - page.heard_at_s < GONE_AFTER_S:
            return False
        self._forget_silent(now_s)
        return True

    def is_waiting_for_cell(self) -> bool:
        """Whether the owner is silent because the host delivers messages between cells only."""
        page = self._owners_page()
        if page is None or not self.is_deaf():
            return False
        return self._clock.now_s() - page.heard_at_s >= SILENT_AFTER_S

    def is_deaf(self) -> bool:
        """Whether messages come in the thread in which a cell runs now."""
        return self._heard_in_main_thread and cell_is_running()

    def _forget_silent(self, now_s: float) -> None:
        self._pages = {
            client: page
            for client, page in self._pages.items()
            if now_s - page.heard_at_s < GONE_AFTER_S
        }

    def _owners_page(self) -> _Page | None:
        return None if self.owner is None else self._pages.get(self.owner)
