"""Pictures of a part of the page, to the pixel."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageChops
from playwright.sync_api import Locator


def shot(shown: Locator) -> Image.Image:
    """What is on the screen there; the mouse leaves no mark on it."""
    shown.page.mouse.move(0, 0)
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    assert box is not None
    # An element can begin between two pixels; the first whole one is its own, the one before is half a neighbour's.
    left, top = math.ceil(box["x"]), math.ceil(box["y"])
    width, height = box["x"] + box["width"] - left, box["y"] + box["height"] - top
    data = shown.page.screenshot(
        clip={"x": left, "y": top, "width": math.floor(width), "height": math.floor(height)}
    )
    return Image.open(io.BytesIO(data)).convert("RGB")


def without_margins(picture: Image.Image) -> Image.Image:
    """The part of a picture that is not empty."""
    empty = Image.new("RGB", picture.size, "white")
    marked = ImageChops.difference(picture, empty).point(lambda value: 255 * (value > 12))
    return picture.crop(marked.getbbox())
