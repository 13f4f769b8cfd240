"""A trait for one encoded picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import traitlets

from ..errors import CorruptFrameError
from ..kernel.wiring import trait_lock
from ..pictures.codecs import check_picture
from ..pictures.raw import RawPicture

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

    def get(self, obj: Any, cls: Any = None) -> bytes | None:
        value: Any = super().get(obj, cls)
        return value.encoded() if isinstance(value, RawPicture) else value

    def keep(self, obj: Any, picture: RawPicture) -> bool:
        """Make it the value, encoded when somebody asks; False where somebody observes, who wants bytes now."""
        with trait_lock(obj):
            notifiers = obj._trait_notifiers
            if notifiers.get(self.name) or notifiers.get(traitlets.All):
                return False
            obj._trait_values[self.name] = picture
            return True

    def set(self, obj: Any, value: Any) -> None:
        kept = obj._trait_values.get(self.name)
        if isinstance(kept, RawPicture):
            obj._trait_values[self.name] = kept.encoded()  # Observers are told of the one before.
        super().set(obj, value)
        obj._frame_was_set(getattr(obj, self.name or ""))
