"""What the first bytes of an encoded picture say: its format and its size.

The size is known before any memory is spent on pixels, so that too large a picture is refused in time.
"""

from __future__ import annotations

from typing import NoReturn, TypeAlias

from ..errors import CorruptFrameError
from .orientation import (
    UPRIGHT,
    is_on_its_side,
    png_orientation,
    read_jpeg_header,
    webp_orientation,
)

__all__ = [
    "MAX_SCANS",
    "Encoded",
    "byte_view",
    "check_scans",
    "image_size",
    "mime_of",
    "orientation_of",
    "read_jpeg_size",
    "refuse_bytes",
]

MAX_SCANS = 64
"""How many scans of a progressive JPEG are decoded; ten are common."""

MAX_SCANNED_PIXELS = 16 * 4096 * 4096
"""Pixels of all scans together: less than a second's work. Ten scans of 25 megapixels fit."""

Encoded: TypeAlias = bytes | bytearray | memoryview


def mime_of(data: Encoded) -> str | None:
    """Tell a picture's format by its first bytes.

    Returns
    -------
    mime
        ``"image/jpeg"``, ``"image/png"``, ``"image/webp"`` or ``"image/gif"``; None for anything else.
    """
    head = bytes(byte_view(data)[:12])
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return "image/webp"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return None


def read_jpeg_size(data: Encoded) -> tuple[int, int]:
    """Read a JPEG's size, as it is stored, from its header, without decoding the picture.

    Parameters
    ----------
    data
        A JPEG file. Only the header is looked at: the rest may be missing.

    Returns
    -------
    width_px, height_px
        Both 1 or more.

    Raises
    ------
    CorruptFrameError
        If there is no readable JPEG header.
    """
    flat = byte_view(data)
    try:
        import simplejpeg
    except ImportError:
        size_px = read_jpeg_header(flat).size_px
        if 0 in size_px:
            refuse_bytes(flat, "JPEG")
        return size_px
    try:
        height_px, width_px, _, _ = simplejpeg.decode_jpeg_header(flat)
    except ValueError:
        refuse_bytes(flat, "JPEG")
    return int(width_px), int(height_px)


def image_size(data: Encoded) -> tuple[int, int]:
    """Read the size of a JPEG, PNG, WebP or GIF, as it is shown, from its header, without decoding the picture.

    Returns
    -------
    width_px, height_px
        Both 1 or more; they have changed places where the file says that the picture lies on its side. Of an
        animation, the size of its canvas.

    Raises
    ------
    CorruptFrameError
        If the bytes are of another format or the header is damaged.
    """
    flat = byte_view(data)
    width_px, height_px = _stored_size(flat)
    return (height_px, width_px) if is_on_its_side(orientation_of(flat)) else (width_px, height_px)


def orientation_of(data: memoryview) -> int:
    """How the picture is turned and mirrored before it is shown, 1..8 as EXIF has it; 1 = not at all."""
    mime = mime_of(data)
    if mime == "image/jpeg":
        return read_jpeg_header(data).orientation
    if mime == "image/png":
        return png_orientation(data)
    return webp_orientation(data) if mime == "image/webp" else UPRIGHT


def check_scans(data: memoryview) -> None:
    """Refuse a JPEG whose picture is in more layers than anybody makes: each takes as long as a whole picture.

    Raises
    ------
    CorruptFrameError
        If there are more than `MAX_SCANS`, or they have more than `MAX_SCANNED_PIXELS` together.
    """
    if mime_of(data) != "image/jpeg" or read_jpeg_header(data).has_one_scan:
        return
    # No scan begins without these two bytes; there may be fewer scans, but never more.
    scan_count = bytes(data).count(b"\xff\xda")
    width_px, height_px = read_jpeg_size(data)
    most = max(1, min(MAX_SCANS, MAX_SCANNED_PIXELS // (width_px * height_px)))
    if scan_count > most:
        raise CorruptFrameError(
            f"a progressive JPEG of {width_px} x {height_px} pixels and {scan_count} scans; "
            f"expected at most {most} scans at that size. Save it as a baseline JPEG."
        )


def _stored_size(flat: memoryview) -> tuple[int, int]:
    mime = mime_of(flat)
    if mime == "image/jpeg":
        return read_jpeg_size(flat)
    head = bytes(flat[:30])
    size: tuple[int, int] | None = None
    if mime == "image/png":
        size = _png_size(head)
    elif mime == "image/webp":
        size = _webp_size(head)
    elif mime == "image/gif" and len(head) >= 10:
        size = _little(head[6:8]), _little(head[8:10])
    if size is None or 0 in size:
        refuse_bytes(flat, "JPEG, PNG, WebP or GIF")
    return size


def byte_view(data: Encoded) -> memoryview:
    """View any bytes as a contiguous row of unsigned 8-bit numbers, copied only if strided."""
    view = memoryview(data)
    # simplejpeg reads a strided view as if it were contiguous, past its end.
    return view.cast("B") if view.c_contiguous else memoryview(view.tobytes())


def refuse_bytes(data: memoryview, wanted: str) -> NoReturn:
    """Raise the `CorruptFrameError` for bytes that are no whole picture of a wanted format."""
    raise CorruptFrameError(
        f"{len(data)} bytes that begin with {bytes(data[:8])!r} are not a whole, undamaged picture; "
        f"expected a complete {wanted} file."
    )


def _little(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _png_size(head: bytes) -> tuple[int, int] | None:
    if len(head) < 24 or head[12:16] != b"IHDR":
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _webp_size(head: bytes) -> tuple[int, int] | None:
    if len(head) < 30:
        return None
    kind = head[12:16]
    if kind == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if kind == b"VP8L" and head[20] == 0x2F:
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    return None
