"""An app that is live: its events, the functions that they call, and what is called after those."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from .components.component import Component
from .events.dependency import Dependency
from .events.event_data import EventData
from .events.running import EventRun, HasStreams, StreamRun, Surroundings


class Connections:
    """What the dependencies of an app became. Made and closed in one thread.

    Parameters
    ----------
    dependencies
        All of the app's.
    around
        What their functions share.
    """

    def __init__(self, dependencies: Sequence[Dependency], around: Surroundings) -> None:
        self._runs: dict[Dependency, list[EventRun | StreamRun]] = {}
        self._fires: dict[Dependency, Callable[[EventData], None]] = {}
        self._loads: list[Callable[[EventData], None]] = []
        self._components: list[Component] = []
        for one in dependencies:
            self._connect(one, around)

    def load(self) -> None:
        """The app is there: call the functions that wait for it."""
        for fire in self._loads:
            fire(EventData())

    def close(self) -> None:
        """Call nothing any more."""
        for component in self._components:
            component.forget_events()
        for runs in self._runs.values():
            for run in runs:
                run.close()
        self._runs.clear()
        self._fires.clear()

    def _connect(self, dependency: Dependency, around: Surroundings) -> None:
        ended = partial(self._ended, dependency)
        names = [name for _, name in dependency.targets]
        runs: list[EventRun | StreamRun] = [
            StreamRun(dependency, cast("HasStreams", block), around, ended)
            for block, name in dependency.targets
            if name == "stream"
        ]
        self._runs[dependency] = runs
        if not names or set(names) != {"stream"}:
            mode = dependency.options.mode_of(names[0] if names else "then")
            run = EventRun(dependency, mode, around, ended)
            runs.append(run)
            self._fires[dependency] = fire = partial(self._fire, dependency, run)
            self._listen(dependency, fire)

    def _listen(self, dependency: Dependency, fire: Callable[[EventData], None]) -> None:
        for block, name in dependency.targets:
            if name == "load":
                self._loads.append(fire)
            elif name != "stream":
                component = cast("Component", block)
                component.on_event(name, fire)
                self._components.append(component)

    def _fire(self, dependency: Dependency, run: EventRun, data: EventData) -> None:
        for other in dependency.options.cancels:
            for one in self._runs.get(other, ()):
                one.cancel()
        run.fire(data)

    def _ended(self, dependency: Dependency, is_good: bool) -> None:
        for kind, following in dependency.after:
            wanted = kind == "then" or (kind == "success") == is_good
            fire: Any = self._fires.get(following)
            if wanted and fire is not None:
                fire(EventData())
