"""What can be asked of a stream: every option of `stream()` with its type, default, range and words, in one place.

`webcam.stream`, `microphone.stream` and `nbs.stream` take them as keywords. Type checkers read the classes below;
`help()`, a notebook's Shift-Tab and completion read the signature and the docstring that `with_options` makes of them.
"""

# No postponed annotations here: the options are read from the annotations.

import inspect
import textwrap
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, TypeVar, cast

from .asking.option import Option, is_count, is_number, plain_number, refuse

if TYPE_CHECKING:
    from ..calls.workers import ExecutorChoice
    from ..sounds.speech import SpeechSegmenter

OnLimit = Literal["rejoin", "stop"]
Kept = Literal["all", "newest"]
PictureMoment = Literal["frame", "capture"]

F = TypeVar("F", bound=Callable[..., Any])


class StreamOptions(TypedDict, total=False):
    """What any stream can be asked."""

    time_limit: Annotated[
        float | None,
        Option(
            None,
            "Seconds that the stream may be live at a time; `None` = no limit.",
            "seconds > 0, or None for no limit",
            lambda value: is_number(value) and value > 0,
        ),
    ]
    stream_every: Annotated[
        float | None,
        Option(
            None,
            "Seconds: the shortest time between two pictures, and how much sound makes a piece, unless the "
            "function was busy longer or the sound ends. `None` = 0.1 for pictures, 0.5 for sound, and 0.1 for "
            "utterances, of which it is how often they are listened for.",
            "seconds >= 0",
            lambda value: is_number(value) and value >= 0,
        ),
    ]
    concurrency_limit: Annotated[
        int | None,
        Option(
            None,
            "How many streams of the group may be live at once; `None` = no limit.",
            "an integer >= 1, or None for no limit",
            is_count,
        ),
    ]
    concurrency_id: Annotated[
        Hashable,
        Option(
            None,
            "Name of the group, or a `Gate` that many kernels share; `None` = the function itself.",
        ),
    ]
    on_limit: Annotated[
        OnLimit,
        Option(
            "rejoin",
            'At the time limit "rejoin" the queue or "stop".',
            '"rejoin" or "stop"',
            lambda value: value in ("rejoin", "stop"),
        ),
    ]
    max_errors: Annotated[
        int | None,
        Option(
            10,
            "Errors in a row after which the stream pauses; `None` = never.",
            "an integer >= 1, or None to go on for ever",
            lambda value: value is None or is_count(value),
        ),
    ]
    metadata: Annotated[
        bool,
        Option(
            False,
            "Whether the function gets the keyword argument `meta`: a `FrameMeta`, or a `SoundMeta`. With it the "
            "last piece of sound always comes, even if it is empty.",
        ),
    ]
    warm_up: Annotated[
        Callable[[], Any] | None,
        Option(
            None,
            "Called once, without arguments, before the first of the streams that were given it queues for a slot, "
            "to load a model for example. It eats nobody's time; an error in it pauses the stream.",
        ),
    ]
    add: Annotated[
        bool,
        Option(False, "Whether the streams there are stay."),
    ]


class _PictureWork(StreamOptions, total=False):
    triggers: Annotated[
        Any,
        Option(
            None,
            'Controls, such as a slider or `(widget, "trait")`: a change calls the function once more with the newest '
            "picture, also while the stream is paused. `None` = none.",
        ),
    ]
    executor: Annotated[
        "ExecutorChoice | None",
        Option(
            None,
            "Where the function runs: a `concurrent.futures.Executor`, or a function that makes one, which is then "
            "made when the stream becomes live, made anew when a worker died, and shut down when it is live no "
            "longer. `None` = in a thread of the kernel.",
        ),
    ]
    max_parallel: Annotated[
        int,
        Option(
            1,
            "How many frames are worked on at once in the executor. Results are shown in order of capture; one that "
            "is older than what is shown already is dropped.",
            "an integer >= 1",
            is_count,
        ),
    ]
    pictures: Annotated[
        Kept,
        Option(
            "newest",
            '"newest" = behind a slow function the newest alone waits; "all" = none is skipped (see the guide).',
            '"newest" or "all"',
            lambda value: value == "all",
        ),
    ]
    batch: Annotated[
        int | None,
        Option(
            None,
            'With `pictures="all"`: the function gets up to so many at once, as a list; `None` = one by one.',
            "an integer >= 1, or None for one by one",
            is_count,
        ),
    ]


class PictureOptions(_PictureWork, total=False):
    """What a stream of pictures can be asked."""

    on: Annotated[
        PictureMoment,
        Option(
            "frame",
            '"frame" = the function is called with picture after picture; "capture" = once for each press of Capture '
            "in the page, or call of `webcam.capture()`, with the picture that comes next.",
            '"frame" or "capture"',
            lambda value: value == "capture",
        ),
    ]


class _Hearing(StreamOptions, total=False):
    speech: Annotated[
        float,
        Option(0.1, "Of utterances: speech of so many seconds begins one."),
    ]
    silence: Annotated[
        float,
        Option(0.7, "Of utterances: silence of so many seconds ends one."),
    ]
    max_length: Annotated[
        float,
        Option(30.0, "Of utterances: one of so many seconds is cut."),
    ]
    pre_roll: Annotated[
        float,
        Option(0.3, "Of utterances: seconds kept before the first and after the last word."),
    ]
    keep: Annotated[
        Kept,
        Option(
            "all",
            'Of utterances that end while the function is busy: "all" wait, one call each; "newest" = the last one '
            "alone, and the rest is a gap.",
            '"all" or "newest"',
            lambda value: value == "newest",
        ),
    ]
    mute_while_answering: Annotated[
        bool,
        Option(
            False,
            "Of utterances: whether nothing is heard from the end of one until the function has answered it, and an "
            "`AudioPlayer` among the outputs is silent again. What is said meanwhile is a gap.",
        ),
    ]
    can_interrupt: Annotated[
        bool,
        Option(
            True,
            "Whether speaking silences an `AudioPlayer` among the outputs, and ends the generator that answers. "
            'With `on="chunk"` it means nothing.',
        ),
    ]


class SoundOptions(_Hearing, total=False):
    """What a stream of sound can be asked."""

    on: Annotated[
        'Literal["chunk", "utterance", "hold"] | SpeechSegmenter',
        Option(
            "chunk",
            '"chunk" = sound as it comes; "utterance" = what was said, once the speaker falls silent, as one channel '
            '(takes the extra `voice`); "hold" = what was said while the person held the button Hold to talk, or '
            "Space on it. An `nbstream.voice.Segmenter` of your own decides when an utterance is over.",
        ),
    ]


class AnyOptions(_PictureWork, _Hearing, total=False):
    """All options together, as a plan keeps them."""

    on: Annotated[Any, Option(None, "What causes a call; `None` = whatever comes.")]


OFTEN_MEANT = {
    **dict.fromkeys(("fps", "frame_rate", "rate"), "stream_every=1 / 30, for 30 a second"),
    **dict.fromkeys(("every", "interval"), "stream_every, in seconds"),
}
"""What other libraries call an option."""


def options_of(kind: type) -> dict[str, Option]:
    """The options of one of the classes above, by name, in their order."""
    return {name: _option(note) for name, note in kind.__annotations__.items()}


def completed(given: Mapping[str, Any], kind: type, **changed: Any) -> AnyOptions:
    """Check what was given, and add the defaults of all the rest; `changed` are defaults that differ from those above.

    Raises
    ------
    TypeError
        If a name is no option of that kind. The message has the nearest one.
    ValueError
        If a value is out of range, with the name, what came and the allowed range.
    """
    allowed = options_of(kind)
    every = {**options_of(AnyOptions), **allowed}
    defaults = {name: option.default for name, option in every.items()} | changed
    for name, value in given.items():
        if name not in allowed:
            raise TypeError(_unknown(name, allowed))
        is_allowed = allowed[name].is_allowed
        # By identity: an array is not equal to anything in one word.
        if is_allowed is not None and value is not defaults[name] and not is_allowed(value):
            refuse(name, value, allowed[name].expected)
    plain = {name: plain_number(value) for name, value in given.items()}
    return cast(AnyOptions, {**defaults, **plain})


def with_options(kind: type, **changed: Any) -> Callable[[F], F]:
    """Show the options in place of a function's `**options`, and of the line `{options}` in its docstring.

    Parameters
    ----------
    kind
        Which options the function takes.
    changed
        Defaults that differ from those above, by name.
    """

    def show(function: F) -> F:
        shown = options_of(kind)
        signature = inspect.signature(function)
        before = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
        keywords = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=changed.get(name, option.default),
                annotation=_type(kind.__annotations__[name]),
            )
            for name, option in shown.items()
        ]
        vars(function)["__signature__"] = signature.replace(parameters=[*before, *keywords])
        if function.__doc__ is not None:
            function.__doc__ = _filled_in(function.__doc__, shown)
        return function

    return show


def _option(note: Any) -> Option:
    return cast(Option, note.__metadata__[0])


def _type(note: Any) -> Any:
    return getattr(note.__origin__, "__forward_arg__", note.__origin__)


def _filled_in(doc: str, options: Mapping[str, Option]) -> str:
    line = next(line for line in doc.splitlines() if line.strip() == "{options}")
    indent = line.partition("{")[0]
    parts = [
        f"{indent}{name}\n{textwrap.fill(option.text, 100, initial_indent=deeper, subsequent_indent=deeper)}"
        for name, option in options.items()
        for deeper in [f"{indent}    "]
    ]
    return doc.replace(line, "\n".join(parts))


def _unknown(name: str, allowed: Mapping[str, Option]) -> str:
    from difflib import get_close_matches  # only where something is wrong

    near = get_close_matches(name, ["inputs", "outputs", *allowed], 1)
    meant = OFTEN_MEANT.get(name) or (near[0] if near else None)
    advice = f"did you mean {meant}?" if meant else f"there are: {', '.join(allowed)}."
    return f"stream() has no option {name!r}; {advice}"
