"""`UploadedFile`: a file that a person drops or chooses, as a source."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import ipywidgets
import numpy as np
import traitlets as t

from ...errors import NbstreamError
from ...feeds.feed import FedPicture, FedSound, Feed
from ...feeds.media import InMemory, check_av
from ...feeds.sound import SoundFeed, sound_length_s
from ...feeds.still import NoFile, StillFeed
from ...feeds.video import FilmFeed, facts_of
from ...pictures.codecs import check_picture, decode_image, mime_of
from ...runs.asking.option import is_number
from ...runs.plan import InputPort, OutputPort
from ...sources.fed.pump import Speed
from ..option_names import check_options
from .file_picker import FilePicker
from .media_file import FileSource, FilmSource, RecordedSource
from .picture_source import PictureSource
from .sound_source import SoundSource

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...sources.fed.session import FedSession
    from ...streams.binding import StreamBinding

MAX_MB = 2000
_STILLS = ("image/jpeg", "image/png", "image/webp")


class UploadedMedia(FileSource):
    """The file that came last, and how it is given; beside a source."""

    file: InMemory | None = None
    duration_s: float | None = None

    def __init__(self, speed: Speed, *, loop: bool, **traits: Any) -> None:
        self._speed = self._checked(speed)
        self.loop = loop
        super().__init__(**traits)

    def take(self, file: InMemory, duration_s: float | None) -> None:
        """Read this one from the next start on, from its beginning."""
        self.file, self.duration_s, self._begin_s = file, duration_s, 0.0


class UploadedPictures(UploadedMedia, FilmSource, PictureSource):
    """The picture or clip that came last."""

    _noun = t.Unicode("file").tag(sync=True)

    def look_into(self, file: InMemory) -> float | None:
        """How many seconds it has, where it says so; what this raises says why it is refused."""
        if not is_still(file):
            check_av()
            return facts_of(file).duration_s
        check_picture(file.data)
        decode_image(file.data)
        return None

    def open_feed(self) -> Feed[FedPicture]:
        file, begin_s = self.file, self._take_begin_s()
        if file is None:
            return NoFile()
        if is_still(file):
            return StillFeed(file.data, self.color, loop=self.loop)
        return FilmFeed(file, self.color, loop=self.loop, begin_s=begin_s)


class UploadedSound(UploadedMedia, RecordedSource, SoundSource):
    """The sound that came last."""

    _noun = t.Unicode("file").tag(sync=True)

    def look_into(self, file: InMemory) -> float | None:
        """How many seconds it has, where it says so; what this raises says why it is refused."""
        check_av()
        return sound_length_s(file)

    def open_feed(self) -> Feed[FedSound]:
        if self.file is None:
            return NoFile()
        return SoundFeed(self.file, self.dtype, loop=self.loop, begin_s=self._take_begin_s())


class UploadedFile(ipywidgets.VBox):  # type: ignore[misc]
    """A file that the person who sees the notebook drops or chooses, as a source: its streams begin with each file.

    It stays in the kernel's memory. A picture comes once, upright, whatever side the phone was held; clips and sound
    take the extra `video` (PyAV). A file that cannot be read is refused in words, and the one before stays.

    Parameters
    ----------
    of
        "pictures" = a picture or a clip; "sound" = a sound file, or the sound of a clip.
    max_mb
        How many megabytes a file may have, up to 2000.
    speed
        1.0 = as it was in time; `None` = as fast as the function takes it; "step" is for pictures.
    loop
        Whether it begins anew at the end; a picture comes ten times per second.
    traits
        `label`, `color` of pictures, and `sample_rate`, `channels`, `dtype` of sound.

    Attributes
    ----------
    source
        What streams, as a `VideoFile` or `SoundFile` does; `speed`, `seek` and, of pictures, `step` are its own.

    Raises
    ------
    ValueError
        If `of` is neither, or a number is out of range.
    """

    def __init__(
        self,
        of: Literal["pictures", "sound"] = "pictures",
        *,
        max_mb: float = 100.0,
        speed: Speed = 1.0,
        loop: bool = False,
        **traits: Any,
    ) -> None:
        if of not in ("pictures", "sound"):
            raise ValueError(f'of is {of!r:.80}; expected "pictures" or "sound".')
        if not is_number(max_mb) or not 0 < max_mb <= MAX_MB:
            raise ValueError(
                f"max_mb is {max_mb!r:.80}; expected megabytes, above 0 and up to {MAX_MB}."
            )
        make = UploadedPictures if of == "pictures" else UploadedSound
        check_options(UploadedFile, traits, make.class_trait_names())
        self.source: UploadedPictures | UploadedSound = make(speed, loop=loop, **traits)
        accept = "image/*,video/*" if of == "pictures" else "audio/*,video/*"
        self._picker = FilePicker(accept, int(max_mb * 1_000_000), self._take)
        super().__init__([self._picker, self.source])

    @property
    def file_name(self) -> str | None:
        """What the file that came last is called on the person's machine; `None` = none came."""
        return None if self.source.file is None else self.source.file.name

    @property
    def data(self) -> bytes | None:
        """The file that came last; `None` = none came."""
        return None if self.source.file is None else self.source.file.data

    @property
    def bindings(self) -> list[StreamBinding]:
        """Its streams, oldest first."""
        return self.source.bindings

    def stream(
        self,
        fn: Callable[..., Any] | None = None,
        inputs: Any = None,
        outputs: Any = None,
        **options: Any,
    ) -> Any:
        """Call `fn` with what each file that comes has: as `stream` of a `VideoFile` or `SoundFile`."""
        return self.source.stream(fn, inputs, outputs, **options)

    def start(self) -> None:
        """Begin anew with the file that came last."""
        self.source.start()

    def stop(self) -> None:
        """Stop all its streams."""
        self.source.stop()

    def snapshot(self) -> NDArray[np.uint8] | None:
        """The newest picture that was given; `None` before the first, and of sound."""
        return self.source.snapshot() if isinstance(self.source, UploadedPictures) else None

    def close(self) -> None:
        """Stop for good, forget the file, and leave all pages."""
        if self.comm is not None:
            self._picker.close()
            self.source.close()
            self.source.file = None
            self.layout.close()
        super().close()

    # --- as the source in it -----------------------------------------------------------------

    def nbstream_session(self) -> FedSession[Any]:
        return self.source.nbstream_session()

    def nbstream_input(self) -> InputPort:
        """How a stream reads it."""
        return self.source.nbstream_input()

    def nbstream_output(self) -> OutputPort:
        """How a stream writes it: the result takes the preview's place."""
        if isinstance(self.source, UploadedPictures):
            return self.source.nbstream_output()
        raise TypeError("An UploadedFile of sound shows no pictures; give an ImageView as output.")

    def _take(self, name: str, data: bytes) -> str | None:
        """A file came; in the picker's thread. Returns why it is refused."""
        file = InMemory(name, data)
        try:
            duration_s = self.source.look_into(file)
        except NbstreamError as error:
            text = str(error)
            return text if name in text else f"{name}: {text}"
        self.source.stop()
        self.source.take(file, duration_s)
        self.source.start()
        return None


def is_still(file: InMemory) -> bool:
    """Whether a file is one picture; of a GIF it is not known."""
    return mime_of(file.data) in _STILLS
