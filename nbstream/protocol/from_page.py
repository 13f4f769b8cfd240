"""The wire contract of `docs/protocol.md`, kernel side: what pages say, parsed; what the kernel says, built.

Nothing here knows a widget. `parse` checks types, ranges and lengths; what a message means is decided
elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from .collection import Collect, Discard, read_collect, read_discard
from .fields import (
    MAX_CLIENT_CHARS,
    MAX_DEVICE_CHARS,
    MAX_SIDE_PX,
    PROTOCOL_VERSION,
    BadMessageError,
    Camera,
    Fields,
    Painted,
    short,
    whole_buffer,
)
from .parts import PartWanted, read_part
from .sound import ChunkMessage, read_chunk
from .upload import FilePart, read_file_part
from .video import VideoMessage, read_video

MAX_LOG_LINES = 20
MAX_LOG_LINE_CHARS = 500
GONE_AFTER_S = 20.0
VIDEO_CODECS = ("h264", "vp8")
BEAT_EVERY_S = 1.0
# Of a piece of sound on its way to a player.
MAX_PLAYED_CHANNELS = 2
MAX_PIECE_BYTES = 1_000_000
MAX_LATENCY_MS = 3_600_000.0
MAX_WAY_MS = 60_000.0
MAX_ADJUSTED_PX = 4096

Action = Literal[
    "start", "stop", "resume", "take_over", "choose_device", "capture", "hold", "release",
    "pause", "freeze", "snapshot", "insert", "toggle_stats", "adjust",
]  # fmt: skip
Status = Literal["idle", "asking", "waiting", "live", "paused", "failed"]
PlayState = Literal["playing", "ended", "blocked"]
ACTIONS: tuple[str, ...] = get_args(Action)
PLAY_STATES: tuple[str, ...] = ("playing", "ended", "blocked")
Gesture = Literal["click", "move", "drag", "zone"]
GESTURES: tuple[str, ...] = ("click", "move", "drag", "zone")
MODIFIERS: tuple[str, ...] = ("Shift", "Control", "Alt", "Meta")
MAX_BUTTON = 5
MAX_ZONE_CORNERS = 100


class Hello(NamedTuple):
    """A page has a model of the widget."""

    client: str
    views: int
    report_index: int | None = None


class Bye(NamedTuple):
    """A page goes away."""

    client: str


class Beat(NamedTuple):
    """The heartbeat of a page that shows or owns the source."""

    client: str
    run: int
    views: int
    sent_through: int
    camera: Camera
    painted: Mapping[str, Painted]
    sent_at_ms: float | None = None
    report_index: int | None = None


class Command(NamedTuple):
    """A person pressed a button."""

    client: str
    action: Action
    command_index: int
    device: str | None
    label: str | None = None
    """Of the device, by which another browser finds one of the same name; `None` = not told."""
    at_ms: float = 0.0
    """When a button was pressed or let go, of "hold" and "release"."""
    width_px: int | None = None
    height_px: int | None = None
    quality: int | None = None  # of the pictures that are wanted, of "adjust"; `None` = it stays


class CameraReport(NamedTuple):
    """The capture has changed."""

    client: str
    run: int
    camera: Camera
    report_index: int | None = None


class FrameMessage(NamedTuple):
    """One captured picture; `data` lives only as long as the message."""

    client: str
    run: int
    seq: int
    captured_at_ms: float
    sent_at_ms: float
    width_px: int
    height_px: int
    data: memoryview
    painted: Mapping[str, Painted]
    quality: int | None = None
    scale: float | None = None
    way_ms: float = 0.0
    codec: str | None = None
    """Of a frame of video; `None` = a JPEG."""
    after: int = 0
    """The frame of video that this one builds on; 0 = none."""


class PaintedMessage(NamedTuple):
    """What is on the screen of a page."""

    client: str
    painted: Mapping[str, Painted]


class Played(NamedTuple):
    """How far a page has played the sound of a player."""

    client: str
    stream: int
    played_through: int
    state: PlayState
    latency_ms: float


class PointerMessage(NamedTuple):
    """A person pointed at the picture; places are shares of its width and height, 0..1."""

    client: str
    gesture: Gesture
    x: float
    y: float
    points: tuple[float, ...]
    """x and y in turn: two opposite corners of a drag, the corners of a zone."""
    is_done: bool
    button: int
    modifiers: tuple[str, ...]
    pointer_index: int


PageMessage = (
    Hello
    | Bye
    | Beat
    | Command
    | CameraReport
    | FrameMessage
    | ChunkMessage
    | PaintedMessage
    | PartWanted
    | Played
    | PointerMessage
    | Collect
    | Discard
    | FilePart
    | VideoMessage
)


def parse(content: object, buffers: Sequence[Any] = ()) -> PageMessage:
    """Read one message of a page.

    Parameters
    ----------
    content
        The content of the custom message, as it came.
    buffers
        Its binary buffers, which live only as long as the message. The one of a chunk is copied; that of a frame is
        not, so that whoever takes it copies it, and nobody copies one that is not wanted.

    Raises
    ------
    BadMessageError
        If a field is missing, has the wrong type or is out of range, or the version is another one.
    """
    if not isinstance(content, Mapping):
        raise BadMessageError(f"content is {type(content).__name__}, not an object")
    fields = Fields(content)
    if fields.integer("nbstream") != PROTOCOL_VERSION:
        raise BadMessageError(
            f"protocol version {short(content['nbstream'])}, not {PROTOCOL_VERSION}"
        )
    kind = fields.text("type", MAX_CLIENT_CHARS)
    client = fields.text("client", MAX_CLIENT_CHARS)
    if not client:
        raise BadMessageError("client is empty")
    reader = _READERS.get(kind)
    if reader is None:
        raise BadMessageError(f"unknown type {kind!r}")
    return reader(fields, client, buffers)


def _read_hello(fields: Fields, client: str, _buffers: Sequence[Any]) -> Hello:
    return Hello(client, fields.integer("views"), fields.optional_integer("report_index"))


def _read_bye(_fields: Fields, client: str, _buffers: Sequence[Any]) -> Bye:
    return Bye(client)


def _read_beat(fields: Fields, client: str, _buffers: Sequence[Any]) -> Beat:
    return Beat(
        client,
        run=fields.integer("run"),
        views=fields.integer("views"),
        sent_through=fields.integer("sent_through"),
        camera=fields.camera(),
        painted=fields.painted(),
        sent_at_ms=fields.optional_time_ms("sent_at_ms"),
        report_index=fields.optional_integer("report_index"),
    )


def _read_command(fields: Fields, client: str, _buffers: Sequence[Any]) -> Command:
    action = fields.one_of("action", ACTIONS)
    device = fields.text("device", MAX_DEVICE_CHARS) if action == "choose_device" else None
    label = fields.optional_text("label", MAX_DEVICE_CHARS) if device is not None else None
    at_ms = fields.time_ms("at_ms") if action in ("hold", "release") else 0.0
    command = Command(client, action, fields.integer("command_index"), device, label, at_ms)
    if action != "adjust":
        return command
    names = ("width_px", "height_px")
    size: dict[str, Any] = {one: fields.integer(one, 16, MAX_ADJUSTED_PX) for one in names}
    return command._replace(**size, quality=fields.optional_integer("quality", 1, 100))


def _read_camera(fields: Fields, client: str, _buffers: Sequence[Any]) -> CameraReport:
    return CameraReport(
        client, fields.integer("run"), fields.camera(), fields.optional_integer("report_index")
    )


def _read_frame(fields: Fields, client: str, buffers: Sequence[Any]) -> FrameMessage:
    data = whole_buffer(buffers, fields.integer("byte_length", 1))
    seq = fields.integer("seq", 1)
    codec = fields.optional_one_of("codec", VIDEO_CODECS)
    return FrameMessage(
        client,
        run=fields.integer("run"),
        seq=seq,
        captured_at_ms=fields.time_ms("captured_at_ms"),
        sent_at_ms=fields.time_ms("sent_at_ms"),
        width_px=fields.integer("width_px", 1, MAX_SIDE_PX),
        height_px=fields.integer("height_px", 1, MAX_SIDE_PX),
        data=data,
        painted=fields.painted(),
        quality=fields.optional_integer("quality", 1, 100),
        scale=fields.optional_share("scale"),
        way_ms=fields.optional_number("way_ms", 0, MAX_WAY_MS) or 0.0,
        codec=codec,
        after=0 if codec is None else fields.integer("after", 0, seq - 1),
    )


def _read_painted(fields: Fields, client: str, _buffers: Sequence[Any]) -> PaintedMessage:
    return PaintedMessage(client, fields.painted(required=True))


def _read_played(fields: Fields, client: str, _buffers: Sequence[Any]) -> Played:
    return Played(
        client,
        stream=fields.integer("stream", 1),
        played_through=fields.integer("played_through"),
        state=fields.one_of("state", PLAY_STATES),
        latency_ms=fields.number("latency_ms", 0, MAX_LATENCY_MS),
    )


def _read_pointer(fields: Fields, client: str, _buffers: Sequence[Any]) -> PointerMessage:
    gesture: Gesture = fields.one_of("gesture", GESTURES)
    points = fields.shares("points", 2 * MAX_ZONE_CORNERS)
    numbers = {"drag": (4,), "zone": (0, *range(6, 2 * MAX_ZONE_CORNERS + 1, 2))}.get(gesture, (0,))
    if len(points) not in numbers:
        raise BadMessageError(f"points has {len(points)} numbers, which is no {gesture}")
    return PointerMessage(
        client,
        gesture=gesture,
        x=fields.number("x", 0, 1),
        y=fields.number("y", 0, 1),
        points=points,
        is_done=fields.boolean("is_done"),
        button=fields.integer("button", 0, MAX_BUTTON),
        modifiers=fields.some_of("modifiers", MODIFIERS),
        pointer_index=fields.integer("pointer_index", 1),
    )


_READERS: dict[str, Callable[[Fields, str, Sequence[Any]], PageMessage]] = {
    "hello": _read_hello,
    "bye": _read_bye,
    "beat": _read_beat,
    "command": _read_command,
    "camera": _read_camera,
    "frame": _read_frame,
    "chunk": read_chunk,
    "painted": _read_painted,
    "part": read_part,
    "played": _read_played,
    "pointer": _read_pointer,
    "collect": read_collect,
    "discard": read_discard,
    "file_part": read_file_part,
    "video": read_video,
}
