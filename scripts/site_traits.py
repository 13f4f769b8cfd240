"""An extension of griffe: traits are described by the docstring of their class, under "Parameters", and not twice."""

from __future__ import annotations

from typing import Any

from griffe import Attribute, Extension
from traitlets import TraitType


class TraitsOnce(Extension):
    """Leaves a trait without the docstring of its type, and so out of the page."""

    def on_attribute_instance(self, *, node: Any, attr: Attribute, **_: Any) -> None:
        """Called for each attribute that is found."""
        if isinstance(node.obj, TraitType):
            attr.docstring = None
