"""What may go to a page: text that can be sent, none of it without bound, and numbers that JSON knows.

A page learns of nothing more once a message cannot be packed, so every message goes through `for_pages`, whatever it is
made of.
"""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Mapping
from typing import Any

MAX_TEXT_CHARS = 8000
"""Of any text that a page gets."""
MAX_BRIEF_CHARS = 80
_MAX_DEPTH = 20
_MAX_INTEGER = 2**53  # what a page's numbers hold
_GAP = "\n...\n"

_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def page_text(text: str, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Make text that any page can get: no half of a surrogate pair, and no longer than `max_chars`.

    What is too long loses its middle.
    """
    if len(text) > max_chars:
        rest = max_chars - len(_GAP)
        text = text[: rest - rest // 2] + _GAP + text[len(text) - rest // 2 :]
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def sendable(value: Any) -> Any:
    """The same with texts that can be sent, alone or in lists, tuples and dicts, whatever their length."""
    if isinstance(value, str):
        return value if value.isascii() else page_text(value, len(value))
    if type(value) in (list, tuple):
        return type(value)(map(sendable, value))
    if type(value) is dict:
        return {sendable(key): sendable(one) for key, one in value.items()}
    return value


def for_pages(content: dict[str, Any]) -> dict[str, Any]:
    """Return a message as it can be sent: texts by `page_text`, and `None` for what JSON does not know."""
    try:
        packed = _json.encode(content)
        packed.encode()
    except (TypeError, ValueError, RecursionError):
        packed = None
    # As a rule nothing is wrong, and then the quick check is all there is to do.
    if packed is not None and _has_short_texts(packed):
        return content
    return {page_text(str(key)): _fit(value, _MAX_DEPTH) for key, value in content.items()}


def _has_short_texts(packed: str) -> bool:
    """Whether no text of a message is too long; of one that has quotes in its texts it is not sure, and says no."""
    if len(packed) <= MAX_TEXT_CHARS:
        return True
    return '\\"' not in packed and max(map(len, packed.split('"'))) <= MAX_TEXT_CHARS


def brief(value: object) -> str:
    """A short `repr`, of anything: bounded as it is made, and of an object that has none its type."""
    try:
        text = _brief.repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return page_text(text if len(text) <= MAX_BRIEF_CHARS else f"{text[: MAX_BRIEF_CHARS - 3]}...")


def _fit(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return page_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _MAX_INTEGER else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth == 0:
        return None
    if isinstance(value, Mapping):
        return {page_text(str(key)): _fit(one, depth - 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_fit(one, depth - 1) for one in value]
    return None


_brief = reprlib.Repr()
_brief.maxstring = _brief.maxother = MAX_BRIEF_CHARS
_brief.maxlevel = 3
