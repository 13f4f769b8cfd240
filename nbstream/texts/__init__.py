"""The words that people read in widgets: English, or a language that the code asks for; the page looks them up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

LANGUAGES = ("en", "de", "fr", "es", "zh")

__all__ = ["LANGUAGES", "update", "use"]

# What was asked for last; empty: nothing. It is replaced as a whole, so any thread may read it.
_asked: list[dict[str, str]] = []


def use(language: str) -> None:
    """Have the widgets that are made from now on speak a language.

    Parameters
    ----------
    language
        "en", "de", "fr", "es" or "zh".

    Raises
    ------
    ValueError
        If it is none of them.
    """
    if language not in LANGUAGES:
        raise ValueError(
            f"texts.use() was given {language!r}; expected one of {', '.join(LANGUAGES)}. Other words are given by "
            'texts.update({"Start": "..."}).'
        )
    _asked[:] = [{} if language == "en" else _table(language)]


def update(words: Mapping[str, str]) -> None:
    """Have the widgets that are made from now on say something else.

    Parameters
    ----------
    words
        By the English text, what stands in its place, such as ``{"Start": "Go"}``. What is in braces, such as
        ``{count}``, is filled in.

    Raises
    ------
    ValueError
        If there is no such English text.
    TypeError
        If one of them is no text.
    """
    known = _table("de")
    for english, text in words.items():
        if english not in known:
            near = get_close_matches(str(english), known, 1, 0)
            raise ValueError(f"texts.update() was given {english!r:.80}; did you mean {near[0]!r}?")
        if not isinstance(text, str):
            raise TypeError(
                f"texts.update() was given {text!r:.80} for {english!r}; expected a text."
            )
    _asked[:] = [{**(current() or {}), **words}]


def current() -> dict[str, str] | None:
    """What differs from English, for a widget's page; `None` = nobody has asked for anything."""
    return dict(_asked[-1]) if _asked else None


def _table(language: str) -> dict[str, str]:
    path = Path(__file__).with_name(f"{language}.json")
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return table
