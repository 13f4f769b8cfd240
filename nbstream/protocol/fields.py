"""Typed access to the fields of a page's message: what every message type is read with.

Each field is checked for its type and range; what is wrong names the field.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Literal, NamedTuple

PROTOCOL_VERSION = 1
MAX_CLIENT_CHARS = 64
MAX_DEVICE_CHARS = 256
MAX_TEXT_CHARS = 1000
MAX_DEVICES = 32
MAX_PAINTED = 256
"""Displays of one page; it tells of more in its next messages."""
MIN_RATE_HZ, MAX_RATE_HZ = 3_000, 768_000
MAX_CHANNELS = 8
MAX_SHOWN_CHARS = 80
MAX_SHOWN_BITS = 256
MAX_INT = 2**53 - 1
"""JavaScript counts no further."""
MAX_TIME_MS = 8.64e15
"""The last moment that JavaScript has a date for."""
MAX_SIDE_PX = 65_535
"""JPEG has no larger pictures."""

CameraState = Literal["off", "asking", "on", "failed"]
CAMERA_STATES: tuple[str, ...] = ("off", "asking", "on", "failed")


class BadMessageError(ValueError):
    """A message that does not follow the contract; the text names the field."""


class Painted(NamedTuple):
    """Of one display, the newest result on a page's screen."""

    seq: int
    received_at_ms: float
    painted_at_ms: float


class Camera(NamedTuple):
    """The capture of a camera or microphone in a page, as it is."""

    state: CameraState
    reason: str | None = None
    message: str | None = None
    label: str | None = None
    width_px: int | None = None
    height_px: int | None = None
    sample_rate_hz: int | None = None
    """Of a microphone, in place of a size in pixels."""
    channels: int | None = None
    devices: tuple[tuple[str, str], ...] = ()
    """(id, label) of each camera or microphone that can be chosen."""


class Fields:
    """Typed access to the fields of a JSON object."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content

    def integer(self, name: str, lowest: int = 0, highest: int = MAX_INT) -> int:
        value = self._content.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < lowest:
            raise BadMessageError(f"{name} is {short(value)}, not an integer >= {lowest}")
        if value > highest:
            raise BadMessageError(f"{name} is {short(value)}, not an integer <= {highest}")
        return value

    def boolean(self, name: str) -> bool:
        value = self._content.get(name)
        if not isinstance(value, bool):
            raise BadMessageError(f"{name} is {short(value)}, not true or false")
        return value

    def number(self, name: str, lowest: float, highest: float) -> float:
        value: Any = self._content.get(name)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # Not a number compares as false. An integer that no float can hold is out of range.
        if is_number and lowest <= value <= highest:
            return float(value)
        raise BadMessageError(
            f"{name} is {short(value)}, not a number from {lowest:g} to {highest:g}"
        )

    def time_ms(self, name: str) -> float:
        """By the page's clock, in milliseconds since 1970."""
        return self.number(name, 0, MAX_TIME_MS)

    def text(self, name: str, longest: int) -> str:
        value = self._content.get(name)
        if not isinstance(value, str) or len(value) > longest:
            raise BadMessageError(
                f"{name} is {short(value)}, not a string of at most {longest} characters"
            )
        return value if value.isascii() else _sendable(value)

    def optional_text(self, name: str, longest: int) -> str | None:
        return None if self._content.get(name) is None else self.text(name, longest)

    def optional_number(self, name: str, lowest: float, highest: float) -> float | None:
        return None if self._content.get(name) is None else self.number(name, lowest, highest)

    def optional_time_ms(self, name: str) -> float | None:
        return None if self._content.get(name) is None else self.time_ms(name)

    def optional_integer(self, name: str, lowest: int = 0, highest: int = MAX_INT) -> int | None:
        return None if self._content.get(name) is None else self.integer(name, lowest, highest)

    def optional_share(self, name: str) -> float | None:
        if self._content.get(name) is None:
            return None
        value = self.number(name, 0, 1)
        if not value:
            raise BadMessageError(f"{name} is {short(value)}, not a number above 0 and up to 1")
        return value

    def one_of(self, name: str, allowed: tuple[str, ...]) -> Any:
        value = self._content.get(name)
        if value not in allowed:
            raise BadMessageError(f"{name} is {short(value)}, not one of {allowed}")
        return value

    def optional_one_of(self, name: str, allowed: tuple[str, ...]) -> Any:
        return None if self._content.get(name) is None else self.one_of(name, allowed)

    def some_of(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        value = self._content.get(name)
        if not isinstance(value, list) or len(value) > len(allowed):
            raise BadMessageError(f"{name} is {short(value)}, not a list of some of {allowed}")
        if not all(isinstance(one, str) and one in allowed for one in value):
            raise BadMessageError(f"{name} is not a list of some of {allowed}")
        return tuple(value)

    def shares(self, name: str, most: int) -> tuple[float, ...]:
        """A list of numbers, 0..1."""
        value = self._content.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise BadMessageError(f"{name} is {short(value)}, not a list of at most {most} numbers")
        return tuple(Fields({name: one}).number(name, 0, 1) for one in value)

    def object(self, name: str) -> "Fields":
        value = self._content.get(name)
        if not isinstance(value, Mapping):
            raise BadMessageError(f"{name} is {type(value).__name__}, not an object")
        return Fields(value)

    def camera(self) -> Camera:
        fields = self.object("camera")
        devices = fields._content.get("devices")
        if not isinstance(devices, list) or len(devices) > MAX_DEVICES:
            raise BadMessageError(f"devices is no list of at most {MAX_DEVICES}")
        return Camera(
            state=fields.one_of("state", CAMERA_STATES),
            reason=fields.optional_text("reason", MAX_CLIENT_CHARS),
            message=fields.optional_text("message", MAX_TEXT_CHARS),
            label=fields.optional_text("label", MAX_DEVICE_CHARS),
            width_px=fields.optional_integer("width_px", 0, MAX_SIDE_PX),
            height_px=fields.optional_integer("height_px", 0, MAX_SIDE_PX),
            sample_rate_hz=fields.optional_integer("sample_rate_hz", MIN_RATE_HZ, MAX_RATE_HZ),
            channels=fields.optional_integer("channels", 1, MAX_CHANNELS),
            devices=tuple(_device(device) for device in devices),
        )

    def painted(self, *, required: bool = False) -> Mapping[str, Painted]:
        if self._content.get("painted") is None and not required:
            return {}
        fields = self.object("painted")
        return {
            widget_id: fields.object(widget_id)._one_painted()
            for widget_id in islice(fields._content, MAX_PAINTED)
        }

    def _one_painted(self) -> Painted:
        return Painted(
            self.integer("seq"), self.time_ms("received_at_ms"), self.time_ms("painted_at_ms")
        )


def short(value: object) -> str:
    """What came, for an error's text: with no more work than the text is worth, whatever it is."""
    if isinstance(value, str):
        return repr(value[:MAX_SHOWN_CHARS])
    if isinstance(value, int) and value.bit_length() > MAX_SHOWN_BITS:
        return "a huge integer"
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    # Of lists in lists repr() fails, and of a hundred thousand items it takes a second.
    return f"of type {type(value).__name__}"


def _sendable(text: str) -> str:
    """Text without lone surrogates: strings of JavaScript may have them, and no message of ours can carry one."""
    return text.encode(errors="replace").decode()


def _device(device: object) -> tuple[str, str]:
    if not isinstance(device, Mapping):
        raise BadMessageError("a device is no object")
    fields = Fields(device)
    return fields.text("id", MAX_DEVICE_CHARS), fields.text("label", MAX_DEVICE_CHARS)


def whole_buffer(buffers: Sequence[Any], byte_length: int) -> memoryview:
    """The one buffer of a message, not copied: whoever keeps it longer than the message copies it.

    Raises
    ------
    BadMessageError
        If there is none, more than one, or it has another length than stated.
    """
    if len(buffers) != 1:
        raise BadMessageError(f"{len(buffers)} buffers, not 1")
    whole = memoryview(buffers[0])
    if whole.nbytes != byte_length:
        raise BadMessageError(f"a buffer of {whole.nbytes} bytes, not {byte_length}")
    return whole


def only_buffer(buffers: Sequence[Any], byte_length: int) -> bytes:
    """A copy of the one buffer of a message.

    Raises
    ------
    BadMessageError
        If there is none, more than one, or it has another length than stated.
    """
    return bytes(whole_buffer(buffers, byte_length))
