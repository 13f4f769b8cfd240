"""Which function is called when: `component.change(fn, inputs, outputs)`, `gr.on`, and what comes after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple, Protocol

from ..tree.arguments import check_choice, sort_out
from ..tree.block import Block, Container, container_now


class App(Protocol):
    """What notes the dependencies: the outermost `Blocks`."""

    dependencies: list[Dependency]


class Options(NamedTuple):
    """How a function is called."""

    cancels: Sequence[Dependency] = ()
    trigger_mode: str | None = None
    concurrency_limit: int | str | None = "default"
    concurrency_id: str | None = None
    time_limit: float | None = None
    stream_every: float = 0.5

    def mode_of(self, event_name: str) -> str:
        """What happens when it is fired while it runs: "once", "multiple" or "always_last"."""
        if self.trigger_mode is not None:
            return self.trigger_mode
        return {"change": "always_last", "stream": "multiple"}.get(event_name, "once")


class Dependency:
    """A function that is called when something happens. `then`, `success` and `failure` go on from its end.

    Called itself, it is the function.
    """

    def __init__(
        self,
        fn: Callable[..., Any] | None,
        inputs: Any,
        outputs: Any,
        targets: Sequence[tuple[Block, str]],
        options: Options,
    ) -> None:
        self.fn = fn
        self.takes_dict = isinstance(inputs, Set)
        self.inputs = blocks_of(inputs, "inputs")
        self.outputs = blocks_of(outputs, "outputs")
        self.targets = list(targets)
        self.options = options
        self.after: list[tuple[str, Dependency]] = []
        """("then", "success" or "failure", what is called next)."""
        app_now("an event").dependencies.append(self)

    def then(
        self, fn: Any = "decorator", inputs: Any = None, outputs: Any = None, **options: Any
    ) -> Any:
        """Call a function when this one has ended, however it did."""
        return self._go_on("then", fn, inputs, outputs, options)

    def success(
        self, fn: Any = "decorator", inputs: Any = None, outputs: Any = None, **options: Any
    ) -> Any:
        """Call a function when this one has ended without an error."""
        return self._go_on("success", fn, inputs, outputs, options)

    def failure(
        self, fn: Any = "decorator", inputs: Any = None, outputs: Any = None, **options: Any
    ) -> Any:
        """Call a function when this one has ended with an error."""
        return self._go_on("failure", fn, inputs, outputs, options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function: what `@button.click(...)` decorates stays a function."""
        if self.fn is None:
            raise TypeError("this event has no function")
        return self.fn(*args, **kwargs)

    def _go_on(
        self, kind: str, fn: Any, inputs: Any, outputs: Any, options: Mapping[str, Any]
    ) -> Any:
        def note(dependency: Dependency) -> None:
            self.after.append((kind, dependency))

        return depend(fn, inputs, outputs, [], options, note)


class Listener:
    """One kind of event of one component. Call it, to have a function called; or give it to `gr.on`."""

    def __init__(self, block: Block, event_name: str) -> None:
        self.block = block
        self.event_name = event_name

    def __call__(
        self, fn: Any = "decorator", inputs: Any = None, outputs: Any = None, **options: Any
    ) -> Any:
        """Have `fn` called each time that it happens.

        Parameters
        ----------
        fn
            Plain, async or generator function. Without it this is a decorator. `None` = nothing, for `cancels`.
        inputs
            Components whose values it gets; a set of them: one dict of all.
        outputs
            Components that get what it returns.
        options
            `trigger_mode`, `concurrency_limit`, `concurrency_id`, `cancels`; of `.stream` also `stream_every` and
            `time_limit`, in seconds. Gradio's others are accepted where they mean nothing here.

        Returns
        -------
        dependency
            Go on with `.then`, `.success` or `.failure`.
        """
        return depend(fn, inputs, outputs, [(self.block, self.event_name)], options)


def on(
    triggers: Any = None,
    fn: Any = "decorator",
    inputs: Any = None,
    outputs: Any = None,
    **options: Any,
) -> Any:
    """Have one function called by several events.

    Parameters
    ----------
    triggers
        Events such as ``[button.click, text.submit]``; `None` = each change of an input.
    fn, inputs, outputs, options
        As for a single event.
    """
    if triggers is None:
        targets = [(block, "change") for block in blocks_of(inputs, "inputs")]
    else:
        listeners = triggers if isinstance(triggers, (list, tuple, set)) else [triggers]
        for one in listeners:
            if not isinstance(one, Listener):
                raise TypeError(
                    f"gr.on() was given {one!r:.80} as a trigger; expected an event, such as button.click."
                )
        targets = [(one.block, one.event_name) for one in listeners]
    return depend(fn, inputs, outputs, targets, options)


def depend(
    fn: Any,
    inputs: Any,
    outputs: Any,
    targets: Sequence[tuple[Block, str]],
    options: Mapping[str, Any],
    note: Callable[[Dependency], None] = lambda _: None,
) -> Any:
    """Make a dependency, or the decorator that makes it."""

    def make(function: Any) -> Dependency:
        dependency = Dependency(function, inputs, outputs, targets, checked)
        note(dependency)
        return dependency

    checked = check_options(options)
    return make if fn == "decorator" else make(fn)


def check_options(given: Mapping[str, Any]) -> Options:
    """Return those that are heeded.

    Raises
    ------
    TypeError
        If there is no such option.
    ValueError
        If what it asks for cannot be had here.
    """
    kept = sort_out("events", given, Options._fields)
    check_choice(
        "events",
        "trigger_mode",
        kept.get("trigger_mode"),
        (None, "once", "multiple", "always_last"),
    )
    limit = kept.get("concurrency_limit", "default")
    if isinstance(limit, str) and limit != "default":
        raise ValueError(f'concurrency_limit is {limit!r}; expected a number, None or "default".')
    cancels = kept.get("cancels")
    kept["cancels"] = [cancels] if isinstance(cancels, Dependency) else list(cancels or ())
    return Options(**kept)


def blocks_of(things: Any, role: str) -> list[Block]:
    """Make a list of what may be one block, several, or `None`.

    Raises
    ------
    TypeError
        If one of them is no block.
    """
    if things is None:
        return []
    several: Iterable[Any] = things if isinstance(things, (list, tuple, Set)) else [things]
    found = list(several)
    for one in found:
        if not isinstance(one, Block):
            raise TypeError(
                f"{role}={one!r:.80}: expected components, such as gr.Image(), made in the same gr.Blocks()."
            )
    return found


def app_now(what: str) -> App:
    """The outermost `Blocks` whose `with` is open.

    Raises
    ------
    RuntimeError
        If none is.
    """
    found: Container | None = None
    container = container_now.get()
    while container is not None:
        found = container if hasattr(container, "dependencies") else found
        container = container.parent
    if found is None:
        raise RuntimeError(
            f"{what} was made outside of an app; put it inside of `with gr.Blocks() as demo:`."
        )
    return found  # type: ignore[return-value]
