"""The options of a widget: shown by name and default, made plain, and said, with the nearest name, where there is none
such.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import traitlets as t

from ..results.trait_values import plain

# ipywidgets takes it, and it is no trait.
_NO_TRAITS = {"model_id"}
_MAY_EQUAL = (str, int, float, np.dtype)


def own_options(widget_class: type[t.HasTraits], host_class: type[t.HasTraits]) -> list[str]:
    """The traits of a widget that people set, without those that every widget of the host's has."""
    traits = widget_class.class_traits()
    public = [name for name, one in traits.items() if name[0] != "_" and not one.read_only]
    return sorted(set(public) - set(host_class.class_trait_names()))


class OptionsSignature:
    """As `__signature__` of a class: what its `__init__` takes, with its options in place of `**traits`.

    Parameters
    ----------
    host_class
        Whose traits are no options of ours; `layout` is one all the same.
    """

    def __init__(self, host_class: type[t.HasTraits]) -> None:
        self._host_class = host_class

    def __get__(self, instance: object | None, owner: type[t.HasTraits]) -> inspect.Signature:
        # traitlets looks at all that a class has while it is being made, before it has its traits.
        if instance is not None or "layout" not in vars(owner).get("_traits", ()):
            raise AttributeError("__signature__")
        _self, *taken = inspect.signature(
            vars(owner).get("__init__", owner.__init__)
        ).parameters.values()
        if not taken or taken[-1].kind is not inspect.Parameter.VAR_KEYWORD:
            return inspect.Signature(taken)
        known = {one.name for one in taken}
        traits = owner.class_traits()
        options = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=_default(traits[name]))
            for name in [*own_options(owner, self._host_class), "layout"]
            if name not in known
        ]
        return inspect.Signature([*taken[:-1], *options])


def _default(trait: t.TraitType[Any, Any]) -> Any:
    if isinstance(trait, t.Instance) and not isinstance(trait, t.Container):
        return None
    return trait.default() if trait.default_value is t.Undefined else trait.default_value


def check_options(
    widget_class: type[t.HasTraits], given: Iterable[str], known: Collection[str]
) -> None:
    """Make sure that a widget has all options that it is made with.

    Parameters
    ----------
    given
        Their names, without those that its `__init__` itself has.
    known
        All traits that it takes.

    Raises
    ------
    TypeError
        With the nearest name.
    """
    for name in given:
        if name not in known and name not in _NO_TRAITS:
            own = _named_in_signature(widget_class)
            nearest = _nearest(name, [*own, *known], least=0.6)
            listed = ", ".join(sorted(own))
            todo = f"Did you mean {nearest!r}?" if nearest else f"Its options are {listed}."
            what = f"{widget_class.__name__}() was given {name!r}"
            raise TypeError(f"{what}, which is no option of it. {todo}")


def _named_in_signature(widget_class: type) -> list[str]:
    taken = inspect.signature(widget_class).parameters.values()
    return [one.name for one in taken if one.kind is not inspect.Parameter.VAR_KEYWORD]


def plain_option(trait: t.TraitType[Any, Any], value: Any) -> Any:
    """What is given for an option, as a page can get it: no number of numpy's, and no type where a name is meant."""
    value = plain(value)
    if not isinstance(trait, t.Enum):
        return value
    if isinstance(value, type) and issubclass(value, np.generic):
        value = np.dtype(value)
    # One that equals a choice need not be one: np.dtype("int16") == "int16", and 0 == False.
    equal = (one for one in trait.values or () if isinstance(value, _MAY_EQUAL) and one == value)
    return next(equal, value)


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


def _nearest(name: str, known: Iterable[str], least: float = 0.7) -> str | None:
    from difflib import get_close_matches  # only where something is wrong

    public = [one for one in known if not one.startswith("_")]
    return next(iter(get_close_matches(name, public, n=1, cutoff=least)), None)
