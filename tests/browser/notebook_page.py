"""A notebook of these tests: as `LiveNotebook`, and what its numbered pictures show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from nbstream.testing.live.notebook import PANEL, LiveNotebook

OPENED_AT_MOST = 3


@dataclass(frozen=True)
class Shown:
    """A numbered picture that an element of the page showed; `at_ms` is the page's clock."""

    number: int
    where: Literal["bottom", "top"]
    mirrored: bool
    at_ms: float
    width_px: int
    height_px: int
    element: str


class NotebookPage(LiveNotebook):
    """A notebook in a page whose camera plays the numbered clip."""

    # --- the notebook -------------------------------------------------------------------------------------------------

    def open_second_page(self) -> NotebookPage:
        """Open the same notebook, with the same kernel, in one more page of the same browser profile."""
        return NotebookPage(self.page.context.new_page(), self.lab, self.name).open()

    def close_panel(self) -> None:
        """Close the notebook's tab in JupyterLab; the kernel goes on."""
        self.page.evaluate(
            f"async () => {{ const p = {PANEL}; await p.context.save(); p.close(); }}"
        )

    def open_panel_again(self) -> None:
        """Open a panel that was closed, with the widgets in it; again where JupyterLab has given up asking for them.

        It waits for 4 s, which is too short on a machine that does much else; a person would open it again as well.
        """
        words = self.page.locator(".jp-OutputArea-output").get_by_text("Error displaying widget")
        for _ in range(OPENED_AT_MOST):
            self.open_panel()
            widgets = self.page.locator(".jp-OutputArea-output .jupyter-widgets:visible")
            widgets.or_(words).first.wait_for()
            if not words.count():
                return
            self.close_panel()
        raise AssertionError(
            "JupyterLab did not find the widgets of a notebook that was opened again."
        )

    def remove_cells_after(self, index: int) -> None:
        """Remove the cells below one: JupyterLab takes those far out of sight out of the page, widgets as well."""
        self.page.evaluate(
            f"""index => {{
                const cells = {PANEL}.content.model.sharedModel;
                cells.deleteCellRange(index + 1, cells.cells.length);
            }}""",
            index,
        )

    # --- the kernel ---------------------------------------------------------------------------------------------------

    def wait_until_connected(self, timeout_s: float = 90) -> None:
        """Wait until the page has its websocket to the kernel."""
        self.page.wait_for_function(
            f"() => {PANEL}.sessionContext.session.kernel.connectionStatus === 'connected'",
            timeout=timeout_s * 1000,
        )

    # --- pictures -----------------------------------------------------------------------------------------------------

    def watch(self, output: str | None = None) -> None:
        """Forget the pictures seen so far and watch those in `output` (CSS); None: all but the camera's own preview."""
        self.page.evaluate("output => window.__probe.begin(output)", output)

    def shown(self, where: str | None = None) -> list[Shown]:
        """Return the numbered pictures seen since `watch`, in order; only those with the barcode `where`, if given."""
        seen = [read_shown(entry) for entry in self.page.evaluate("() => window.__probe.shown")]
        return [one for one in seen if where in (None, one.where)]

    def wait_for_shown(
        self, count: int, where: str | None = None, timeout_s: float = 60
    ) -> list[Shown]:
        """Wait until that many numbered pictures were seen since `watch`; return them."""
        self.page.wait_for_function(
            "([count, where]) => window.__probe.shown.filter(s => !where || s.where === where).length >= count",
            arg=[count, where],
            timeout=timeout_s * 1000,
        )
        return self.shown(where)

    def captured(self) -> dict[int, list[float]]:
        """Return for each number the times (page clock, ms) at which the camera showed it."""
        seen = self.page.evaluate("() => window.__probe.captured")
        return {int(number): times for number, times in seen.items()}

    def live_tracks(self) -> int:
        """Return how many camera tracks of this page are live: 0 means the camera's light is off."""
        count: int = self.page.evaluate("() => window.__probe.liveTracks()")
        return count

    def wait_for_live_tracks(self, count: int, timeout_s: float = 60) -> None:
        """Wait until exactly that many camera tracks of this page are live."""
        self.page.wait_for_function(
            "count => window.__probe.liveTracks() === count", arg=count, timeout=timeout_s * 1000
        )


def read_shown(entry: dict[str, Any]) -> Shown:
    """What the probe in a page noted of one picture."""
    return Shown(
        number=entry["number"],
        where=entry["where"],
        mirrored=entry["mirrored"],
        at_ms=entry["atMs"],
        width_px=entry["widthPx"],
        height_px=entry["heightPx"],
        element=entry["element"],
    )
