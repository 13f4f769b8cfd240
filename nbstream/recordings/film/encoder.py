"""Pictures and sound become an mp4, a webm or a gif, piece by piece: what is written can be played as it is."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple

import numpy as np

from ...pictures.reformatter import Reformatter

if TYPE_CHECKING:
    from numpy.typing import NDArray

Container = Literal["mp4", "webm", "gif"]
SOUND_RATE_HZ = 48_000
"""Of the film, whatever comes: the track has to be told before the first sample is there."""
TICKS_PER_S = 90_000
# Where a film begins that ends without an end: no later than this is lost.
KEY_EVERY_S = 1.0
GIF_EVERY_S = 0.099
GIF_WIDTH_PX = 480
# Sound may be put off by so much of what its times say before it is mended.
MAX_DRIFT_S = 0.04


class _Form(NamedTuple):
    video: tuple[str, ...]
    """Encoders, the best first."""
    audio: str | None
    pixels: str
    options: dict[str, str]


_FORMS: dict[Container, _Form] = {
    "mp4": _Form(
        ("libx264", "h264", "mpeg4"),
        "aac",
        "yuv420p",
        {"movflags": "frag_keyframe+empty_moov+default_base_moof"},
    ),
    "webm": _Form(("libvpx",), "libopus", "yuv420p", {"cluster_time_limit": "1000"}),
    "gif": _Form(("gif",), None, "rgb8", {}),
}
_CODEC_OPTIONS = {
    # Without a delay: a picture that an encoder holds is lost with the kernel. The edges of blocks are smoothed, which
    # this preset leaves out: it costs little, and a third of the bytes where the picture is noisy.
    "libx264": {
        "preset": "ultrafast",
        "deblock": "0:0",
        "tune": "zerolatency",
        "crf": "22",
        "forced-idr": "1",
    },
    "libvpx": {"deadline": "realtime", "cpu-used": "16", "lag-in-frames": "0", "crf": "20"},
}


class FilmEncoder:
    """Writes one film. One thread at a time.

    Parameters
    ----------
    file
        Where it goes.
    form
        Which container.
    size_px
        Width and height of the first picture; later ones are fitted to it.
    channels
        Of its sound; 0 = there is none.
    """

    def __init__(
        self, file: BinaryIO, form: Container, size_px: tuple[int, int], channels: int
    ) -> None:
        import av

        self._form = _FORMS[form]
        options = {**self._form.options, "flush_packets": "1", "max_interleave_delta": "500000"}
        self._container: Any = av.open(file, "w", format=form, options=options)
        self._size_px = _fitting(size_px, form)
        self._video = self._video_track()
        self._reformatter = Reformatter()
        self._audio: Any = None
        if channels and self._form.audio is not None:
            layout = "mono" if channels == 1 else "stereo"
            self._audio = self._container.add_stream(self._form.audio, rate=SOUND_RATE_HZ)
            self._audio.layout = layout
        self._resampler: Any = None
        self._resampler_key: tuple[int, str] | None = None
        self._is_gif = form == "gif"
        self._last_ticks = -1
        self._next_key_s = 0.0
        self._next_gif_s = 0.0
        self._next_sample = 0

    @property
    def has_sound(self) -> bool:
        """Whether sound has a track."""
        return self._audio is not None

    def add_picture(self, picture: Any, at_s: float) -> None:
        """Add a frame of PyAV, of any size and format, at a place in the film."""
        from av.video.frame import PictureType
        from av.video.reformatter import ColorRange

        if self._is_gif:
            if at_s < self._next_gif_s:
                return
            self._next_gif_s = max(at_s, self._next_gif_s) + GIF_EVERY_S
        # A JPEG uses all 256 levels, a film those from 16 to 235.
        limited = ColorRange.MPEG
        frame = self._reformatter.reformat(
            picture, self._form.pixels, *self._size_px, dst_color_range=limited
        )
        frame.color_range = limited
        frame.time_base = Fraction(1, TICKS_PER_S)
        # A clock that was set, or a film that begins anew, does not go back in this one.
        frame.pts = self._last_ticks = max(round(at_s * TICKS_PER_S), self._last_ticks + 90)
        is_key = at_s >= self._next_key_s
        # Said in any case: each JPEG calls itself one.
        frame.pict_type = PictureType.I if is_key else PictureType.NONE
        if is_key:
            self._next_key_s = at_s + KEY_EVERY_S
        self._container.mux(self._video.encode(frame))

    def add_sound(self, samples: NDArray[Any], rate: int, at_s: float) -> None:
        """Add sound, int16 or float32 of shape (n, channels), that begins at a place in the film."""
        if self._audio is None or not len(samples):
            return
        missing_s = at_s - self._next_sample / SOUND_RATE_HZ
        if abs(missing_s) > MAX_DRIFT_S or self._resampler is None:
            count = round(missing_s * rate)
            for begin in range(0, count, rate):
                silence = np.zeros((min(rate, count - begin), samples.shape[1]), samples.dtype)
                self._encode(silence, rate)
            samples = samples[max(0, -count) :]
        if len(samples):
            self._encode(samples, rate)

    def close(self) -> None:
        """Write what the encoders still hold, and the end; nothing is written afterwards, also where this raises."""
        try:
            self._write_rest()
        except Exception:
            # PyAV would do it when it is collected, by a file that may be gone: before 17.1 that ends the process.
            with contextlib.suppress(Exception):
                self._container.close()
            raise
        self._container.close()

    # --- inside ------------------------------------------------------------------------------

    def _write_rest(self) -> None:
        self._container.mux(self._video.encode(None))
        if self._audio is None:
            return
        if self._resampler is not None:
            for frame in self._resampler.resample(None):
                self._mux_sound(frame)
        self._container.mux(self._audio.encode(None))

    def _video_track(self) -> Any:
        import av

        names = [one for one in self._form.video if one in av.codecs_available]
        name = names[0]
        track: Any = self._container.add_stream(name, rate=30, options=_CODEC_OPTIONS.get(name, {}))
        track.width, track.height = self._size_px
        # As many as there are processors wait for each other in vain loops: VP8 took ten times as long.
        track.codec_context.thread_count = 1
        track.pix_fmt = self._form.pixels
        track.time_base = track.codec_context.time_base = Fraction(1, TICKS_PER_S)
        if name in ("mpeg4", "libvpx"):
            track.bit_rate = 4_000_000
        return track

    def _encode(self, samples: NDArray[Any], rate: int) -> None:
        import av

        channels = self._audio.codec_context.layout.nb_channels
        wanted = _channels(samples, channels)
        form = "s16" if wanted.dtype == np.int16 else "flt"
        layout = self._audio.codec_context.layout.name
        flat = np.ascontiguousarray(wanted).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(flat, format=form, layout=layout)
        frame.sample_rate = rate
        for one in self._resampled(frame):
            self._mux_sound(one)

    def _resampled(self, frame: Any) -> list[Any]:
        import av

        key = (frame.sample_rate, frame.format.name)
        if self._resampler is None or self._resampler_key != key:
            context = self._audio.codec_context
            self._resampler = av.AudioResampler(context.format, context.layout, SOUND_RATE_HZ)
            self._resampler_key = key
        resampled: list[Any] = self._resampler.resample(frame)
        return resampled

    def _mux_sound(self, frame: Any) -> None:
        if frame is None:
            return
        frame.pts, frame.time_base = self._next_sample, Fraction(1, SOUND_RATE_HZ)
        self._next_sample += frame.samples
        self._container.mux(self._audio.encode(frame))


def _fitting(size_px: tuple[int, int], form: Container) -> tuple[int, int]:
    """The size of the film: sides that the encoders take."""
    width_px, height_px = size_px
    if form == "gif" and width_px > GIF_WIDTH_PX:
        width_px, height_px = GIF_WIDTH_PX, round(height_px * GIF_WIDTH_PX / width_px)
    return max(2, width_px // 2 * 2), max(2, height_px // 2 * 2)


def _channels(samples: NDArray[Any], channels: int) -> NDArray[Any]:
    from ...sounds.format import mixed

    return mixed(samples[:, None] if samples.ndim == 1 else samples, channels)
