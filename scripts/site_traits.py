"""An extension of griffe: traits and fields are described by the docstring of their class, and not once more."""

from __future__ import annotations

from typing import Any

from griffe import Attribute, Extension


class OwnDocstrings(Extension):
    """Leaves an attribute without the docstring of its value's type, and so out of the page."""

    def on_attribute_instance(self, *, node: Any, attr: Attribute, **_: Any) -> None:
        """Called for each attribute that is found; a property's docstring is its own."""
        del node
        if "property" not in attr.labels:
            attr.docstring = None
