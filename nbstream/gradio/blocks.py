"""`Blocks`: an app, described inside of its `with`, and shown in the cell by `launch()`."""

from __future__ import annotations

import contextvars
from pathlib import Path
from typing import Any
from uuid import uuid4

import ipywidgets

from nbstream.kernel.host import cells_ended
from nbstream.pages.notices import teller_now

from .components.component import Component
from .connections import Connections
from .events.dependency import Dependency, Listener, app_now
from .events.notices import Panel
from .events.running import Surroundings
from .tree.arguments import sort_out
from .tree.block import Container, container_now
from .tree.css import read_css, style_of


class AppTree(ipywidgets.VBox):  # type: ignore[misc]
    """An app's widgets. `launch()` shows them, and as the cell's result they are not shown once more."""

    def __init__(self, children: list[ipywidgets.Widget]) -> None:
        super().__init__(children)
        self._shown_in: int | None = None

    def show(self) -> None:
        """Show it in the cell that runs; nothing happens outside of a notebook."""
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            self._shown_in = None
            display(self)  # type: ignore[no-untyped-call]
            self._shown_in = cells_ended()

    def _ipython_display_(self) -> None:
        if self._shown_in is None or self._shown_in != cells_ended():
            raise NotImplementedError  # IPython shows it as any other widget
        self._shown_in = None


class Blocks(Container):
    """An app.

    Parameters
    ----------
    css
        Rules for what is in the app; they hold for nothing else in the page.
    css_paths
        Files with more of them.
    options
        Gradio's others: accepted where they mean nothing in a notebook.

    Raises
    ------
    ValueError
        If an argument asks for what cannot be had here.
    """

    def __init__(
        self,
        *,
        css: str | None = None,
        css_paths: str | Path | list[str | Path] | None = None,
        **options: Any,
    ) -> None:
        self.dependencies: list[Dependency] = []
        self._css = read_css(css, css_paths)
        self._default_limit: int | None = 1
        self._panel: Panel | None = None
        self._is_closed = False
        self._connections: Connections | None = None
        self._style: ipywidgets.HTML = None
        sort_out("Blocks", options, ())
        super().__init__()

    @property
    def load(self) -> Listener:
        """The app has been launched."""
        return Listener(self, "load")

    @property
    def panel(self) -> Panel:
        """Where notices and progress are shown; there once the app is launched."""
        if self._panel is None:
            raise RuntimeError("The app is not launched: call launch() first.")
        return self._panel

    def queue(
        self, *_: Any, default_concurrency_limit: int | str | None = "not_set", **_idle: Any
    ) -> Blocks:
        """Set how many calls of one function may run at once where an event does not say it; 1 else."""
        if not isinstance(default_concurrency_limit, str):
            self._default_limit = default_concurrency_limit
        return self

    def render(self) -> None:
        """Put it into the app whose `with` is open."""
        super().render()
        if self.parent is not None and self.dependencies:
            app_now("an app").dependencies.extend(self.dependencies)

    def launch(
        self,
        *,
        css: str | None = None,
        css_paths: str | Path | list[str | Path] | None = None,
        **options: Any,
    ) -> ipywidgets.Widget:
        """Show the app in the cell. Nothing listens on a port, and nothing waits.

        Returns
        -------
        tree
            Its widgets.

        Raises
        ------
        ValueError
            If an argument asks for what cannot be had here.
        RuntimeError
            If it was closed.
        """
        sort_out("launch", options, ())
        if self._is_closed:
            raise RuntimeError("This app is closed; run the code that makes it again.")
        self._css += read_css(css, css_paths)
        is_new = self.widget is None
        tree = self.build()
        if is_new:
            self._connect()
        tree.show()
        return tree

    def close(self, *_: Any, **_idle: Any) -> None:
        """End it: streams, threads and cameras; its widgets leave all pages."""
        self._is_closed = True
        if self._connections is not None:
            self._connections.close()
            self._connections = None
        for block in self.walk():
            block.close()
        if self._panel is not None:
            self._panel.close()
        super().close()

    def build(self) -> ipywidgets.Widget:
        if self.widget is None:
            self._settle_roles()
        return super().build()

    # --- inside ------------------------------------------------------------------------------

    def _make(self) -> ipywidgets.Widget:
        if self.parent is not None:
            return ipywidgets.VBox(self.build_children())
        app_class = f"nbstream-gradio-{uuid4().hex[:8]}"
        self._panel = Panel()
        children = self.build_children()
        elem_ids = [block.elem_id for block in self.walk() if block.elem_id]
        self._style = ipywidgets.HTML(f"<style>{style_of(self._css, app_class, elem_ids)}</style>")
        self._style.layout.display = "none"
        tree = AppTree([self._style, self._panel.widget, *children])
        for name in ("nbstream-gradio", "gradio-container", app_class):
            tree.add_class(name)
        return tree

    def _settle_roles(self) -> None:
        """As in Gradio: what is an output and no input is there to be looked at only."""
        inputs = {one for dependency in self.dependencies for one in dependency.inputs}
        outputs = {one for dependency in self.dependencies for one in dependency.outputs}
        results = {
            one
            for dependency in self.dependencies
            for one in dependency.outputs
            if one not in dependency.inputs
        }
        targets = [one for dependency in self.dependencies for one in dependency.targets]
        for block in self.walk():
            if isinstance(block, Component):
                block.targeted = frozenset(name for one, name in targets if one is block)
                block.is_result = block in results and block.interactive is not True
                is_input = block in inputs or block not in outputs
                block.is_input = is_input if block.interactive is None else block.interactive

    def _connect(self) -> None:
        context = contextvars.copy_context()
        context.run(container_now.set, None)
        context.run(teller_now.set, self._panel)
        around = Surroundings(context, self.panel, self._default_limit)
        self._connections = Connections(self.dependencies, around)
        self._connections.load()
