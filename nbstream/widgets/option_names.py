"""Options that a widget does not have: said, with the nearest name, where traitlets would keep silent."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable
from typing import Any

# ipywidgets takes it, and it is no trait.
_NO_TRAITS = {"model_id"}


def check_options(
    widget_name: str, given: Iterable[str], known: Collection[str], own: Collection[str]
) -> None:
    """Make sure that a widget has all options that it is made with.

    Parameters
    ----------
    known
        All that it takes.
    own
        Those that the message lists.

    Raises
    ------
    TypeError
        With the nearest name.
    """
    for name in given:
        if name not in known and name not in _NO_TRAITS:
            nearest = _nearest(name, known)
            listed = ", ".join(sorted(own))
            todo = f"Did you mean {nearest!r}?" if nearest else f"Its options are {listed}."
            raise TypeError(f"{widget_name}() was given {name!r}, which is no option of it. {todo}")


def warn_of_misspelt(widget: Any, name: str, known: Collection[str]) -> None:
    """Warn where somebody sets an attribute that is nearly an option; anything else is theirs."""
    if name.startswith("_") or name in known or hasattr(widget, name):
        return
    if nearest := _nearest(name, known):
        warnings.warn(
            f"{type(widget).__name__} has no option {name!r}, so setting it changes nothing. "
            f"Did you mean {nearest!r}?",
            stacklevel=3,
        )


def _nearest(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # only where something is wrong

    public = [one for one in known if not one.startswith("_")]
    return next(iter(get_close_matches(name, public, n=1, cutoff=0.7)), None)
