"""A trait for one encoded picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import traitlets

from ..errors import CorruptFrameError
from ..pictures.codecs import check_picture

if TYPE_CHECKING:
    _Base = traitlets.TraitType["bytes | None", "bytes | bytearray | memoryview | None"]
else:
    _Base = traitlets.TraitType


class ShowsPicture(Protocol):
    """Who has such a trait."""

    def _frame_was_set(self, data: bytes | None) -> None: ...


class EncodedPicture(_Base):
    """Bytes of a JPEG, PNG, WebP or GIF picture, or `None`.

    Every assignment is a frame, an equal one as well: a still picture is shown and fed to streams like any other.
    Observers, as everywhere in traitlets, hear of pictures that differ from the one before.
    """

    default_value = None
    allow_none = True
    info_text = "encoded bytes of a JPEG, PNG, WebP or GIF picture, or None"

    def validate(self, obj: Any, value: Any) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, (bytes, bytearray, memoryview)):
            self.error(obj, value)
        data = bytes(value)
        try:
            check_picture(data)
        except CorruptFrameError as error:
            raise traitlets.TraitError(
                f"{self.name} was given bytes that it does not take: {error}"
            ) from None
        return data

    def set(self, obj: Any, value: Any) -> None:
        super().set(obj, value)
        obj._frame_was_set(getattr(obj, self.name or ""))
