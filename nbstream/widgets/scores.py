"""`Scores`: how sure a function is of each class, as bars."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from numbers import Real
from typing import Any

import ipywidgets

from ..errors import ResultError
from ..kernel.wiring import check_open, set_trait, unwire, wire
from ..protocol.page_text import page_text
from ..runs.plan import Origin, OutputPort

MAX_BARS = 20
MAX_LABEL_CHARS = 100


class Scores(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Bars of classes, the best first; an output of a stream.

    Parameters
    ----------
    value
        What is shown first, in any form that `value` takes.
    top
        How many bars are shown at most, 1..20.

    Raises
    ------
    ValueError
        If `top` is out of range.
    """

    def __init__(self, value: Any = None, *, top: int = 5) -> None:
        if top is True or top not in range(1, MAX_BARS + 1):
            raise ValueError(f"top is {top!r:.80}; expected an integer from 1 to {MAX_BARS}.")
        self._bars = [ipywidgets.FloatProgress(0.0, min=0.0, max=1.0) for _ in range(top)]
        self._texts = [ipywidgets.Label("") for _ in range(top)]
        self._value: dict[str, float] = {}
        rows = [
            ipywidgets.HBox([bar, text]) for bar, text in zip(self._bars, self._texts, strict=True)
        ]
        super().__init__(rows)
        self.value = value

    @property
    def value(self) -> dict[str, float]:
        """The scores by label, the best first; empty where nothing is shown.

        Set it to a dict of label to score, 0..1 (beyond is cut), or a pair of labels and scores.
        `None` clears it. What is not a number is left out.

        Raises
        ------
        ResultError
            On setting something else.
        """
        return dict(self._value)

    @value.setter
    def value(self, value: Any) -> None:
        self._value = _ranked(value)
        best = list(self._value.items())
        for index, (bar, text) in enumerate(zip(self._bars, self._texts, strict=True)):
            label, score = best[index] if index < len(best) else ("", 0.0)
            set_trait(bar, "value", min(max(score, 0.0), 1.0))
            shown = f"{page_text(label, MAX_LABEL_CHARS)} {score:.0%}" if label else ""
            set_trait(text, "value", shown)

    def nbstream_output(self) -> OutputPort:
        """How a stream writes this."""
        return _ScoresPort(self)


class _ScoresPort:
    """`Scores` as output of a stream; while live, its parts have the lane's routing and lock."""

    def __init__(self, scores: Scores) -> None:
        self._scores = scores
        self.key: Hashable = scores
        self.name = "Scores"

    def attach(self) -> None:
        check_open(self._scores)
        for part in [*self._scores._bars, *self._scores._texts]:
            wire(part)

    def detach(self) -> None:
        for part in [*self._scores._bars, *self._scores._texts]:
            unwire(part)

    def write(self, value: Any, origin: Origin) -> None:
        self._scores.value = value


def _ranked(value: Any) -> dict[str, float]:
    """Scores by label, the best first.

    Raises
    ------
    ResultError
        If it is something else.
    """
    if value is None:
        return {}
    pairs = _pairs(value)
    if pairs is None:
        raise ResultError(
            f"{value!r:.80} of type {type(value).__name__} for scores; expected a dict of label to number, a pair "
            "(labels, numbers), or None. Of an array return dict(zip(labels, x.tolist()))."
        )
    known = [(label, score) for label, score in pairs if not math.isnan(score)]
    return dict(sorted(known, key=lambda pair: -pair[1]))


def _pairs(value: Any) -> list[tuple[str, float]] | None:
    if isinstance(value, Mapping):
        labels, scores = list(value), list(value.values())
    elif isinstance(value, tuple) and len(value) == 2:
        try:
            labels, scores = list(value[0]), list(value[1])
        except TypeError:
            return None
    else:
        return None
    if len(labels) != len(scores) or not all(isinstance(one, Real) for one in scores):
        return None
    return [(str(label), float(score)) for label, score in zip(labels, scores, strict=True)]
