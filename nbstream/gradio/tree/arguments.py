"""Sorting the arguments that something is made with: heeded, of no use in a notebook, or refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .tables import COMMON, IDLE, REFUSED, RENAMED, Refusal

CALLS = {"events": "component.event", "launch": "demo.launch"}
"""How messages write what is no class of `gr`."""


def settle(class_name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of a block's arguments that every component heeds.

    Raises
    ------
    TypeError
        If there is no such argument.
    ValueError
        If what it asks for cannot be had here.
    """
    return sort_out(class_name, given, COMMON, base="Component")


def sort_out(
    name: str, given: Mapping[str, Any], heeded: Collection[str], base: str = ""
) -> dict[str, Any]:
    """Return those of the arguments that are heeded.

    Parameters
    ----------
    name
        Whose arguments they are, as in the tables.
    base
        Another name whose tables count as well.

    Raises
    ------
    TypeError
        If there is no such argument.
    ValueError
        If what it asks for cannot be had here.
    """
    kept = {}
    idle = idle_names(name, base)
    refused = {**REFUSED.get(base, {}), **REFUSED.get(name, {})}
    for argument, value in given.items():
        if argument in heeded:
            kept[argument] = value
        elif argument in refused:
            refuse_unless_default(name, argument, value, refused[argument])
        elif argument not in idle:
            renamed = {**RENAMED.get(base, {}), **RENAMED.get(name, {})}.get(argument)
            advice = (
                "" if renamed is None else f" Older versions of Gradio had it: it is now {renamed}."
            )
            raise TypeError(f"{_call_of(name)}() has no argument {argument!r}.{advice}")
    return kept


def _call_of(name: str) -> str:
    return CALLS.get(name, f"gr.{name}")


def idle_names(name: str, base: str = "Component") -> set[str]:
    """The arguments that mean nothing in a notebook."""
    return {*IDLE.get(base, {}), *IDLE.get(name, {})}


def refuse_unless_default(name: str, argument: str, value: Any, refusal: Refusal) -> None:
    """Make sure that an argument asks for nothing that cannot be had.

    Raises
    ------
    ValueError
        With what to do in place of it.
    """
    is_off = value is False and refusal.default is None
    if not is_off and value is not refusal.default and value != refusal.default:
        raise ValueError(
            f"{_call_of(name)}({argument}={value!r:.60}) is not part of nbstream.gradio. {refusal.instead}"
        )


def check_choice(class_name: str, name: str, value: Any, allowed: tuple[Any, ...]) -> None:
    """Make sure that an argument is one of a few.

    Raises
    ------
    ValueError
        With those that there are.
    """
    if value not in allowed:
        listed = ", ".join(map(repr, allowed))
        raise ValueError(f"{_call_of(class_name)}({name}={value!r:.60}): expected one of {listed}.")
