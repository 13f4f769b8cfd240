"""What a function returns for an output whose properties shall change."""

from __future__ import annotations

from typing import Any

import nbstream as nbs

from .tree.block import Update


def update(
    elem_id: str | None = None,
    elem_classes: list[str] | str | None = None,
    visible: bool | str | None = None,
    **properties: Any,
) -> Any:
    """Return this for an output to change its properties, its `value` among them.

    To return the component, made with those arguments, does the same.

    Parameters
    ----------
    elem_id
        A new name for `#name` in the css.
    elem_classes
        New classes, in place of those that it was made with.
    visible
        Whether it is shown.
    properties
        Anything else that the component is made with.
    """
    if elem_id is not None:
        properties["elem_id"] = elem_id
    if elem_classes is not None:
        properties["elem_classes"] = elem_classes
    if visible is not None:
        properties["visible"] = visible
    return Update(properties)


def skip() -> Any:
    """Return this for an output that shall stay as it is, or alone for all of them."""
    return nbs.skip()
