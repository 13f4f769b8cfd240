"""Arrays of whatever package, as NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def array_of(value: Any) -> NDArray[Any] | None:
    """Make an array of one, of a tensor (also one on a device, or with gradients), or of a list; `None` of `None`.

    Raises
    ------
    Exception
        Whatever the package raises that cannot give its numbers.
    """
    if value is None or isinstance(value, np.ndarray):
        return value
    for step in ("detach", "cpu"):
        value = getattr(value, step, lambda same=value: same)()
    try:
        return np.asarray(value)
    except TypeError:
        # NumPy has no bfloat16.
        if not hasattr(value, "float"):
            raise
        return np.asarray(value.float())
