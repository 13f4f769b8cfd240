"""`Collector`: examples of classes, taken from a live picture by holding a button, for something that learns."""

from __future__ import annotations

import math
import os
import threading
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from ..collecting.class_folders import ClassFolders, checked_classes
from ..collecting.collection import Collection
from ..collecting.shown import Shown
from ..kernel.clock import current_clock
from ..kernel.wiring import check_open
from ..pictures.codecs import encode
from ..protocol import from_page
from ..protocol.collection import Collect, Discard
from .base import STATIC, LaneWidget, bundle, new_widget_id
from .image_view import ImageView
from .webcam import Webcam

FRESH_S = 2.0
"""A camera's picture that is older is none of what the person sees."""


def _do_nothing() -> None: ...


class Collector(LaneWidget):
    """Buttons that collect pictures of classes: a click takes one, holding takes many, as do the keys 1 to 9.

    Each example has a thumbnail, a click on which deletes it.

    Parameters
    ----------
    target
        The `Webcam` or `ImageView` whose pictures are collected.
    classes
        Names of the classes, 1 to 30; each could be the name of a folder.
    folder
        Where examples are saved, in a folder for each class, and loaded from when a collector is made anew. `None` =
        nowhere: they are in memory only.
    every_s
        Seconds between two examples while a button is held.
    max_per_class
        How many examples a class takes.
    label
        Text above the buttons.

    Raises
    ------
    TypeError
        If `target` is none of these, or `classes` no names.
    ValueError
        If a name is a path, comes twice or could be no folder, or a number is out of range.
    NotADirectoryError
        If `folder`, or a class's folder in it, is a file.
    RuntimeError
        If the target is closed.
    """

    _esm_path = STATIC / "collector.js"
    _css_path = STATIC / "collector.css"

    _kind = t.Unicode("collector").tag(sync=True)

    _unwatch: Callable[[], None] = staticmethod(_do_nothing)

    counts = t.Dict(read_only=True)
    """How many examples each class has, by name; can be observed."""

    def __init__(
        self,
        target: Webcam | ImageView,
        classes: Sequence[str],
        *,
        folder: str | os.PathLike[str] | None = None,
        every_s: float = 0.1,
        max_per_class: int = 300,
        **traits: Any,
    ) -> None:
        if not isinstance(target, (Webcam, ImageView)):
            raise TypeError(
                f"Collector() was given {type(target).__name__} {target!r:.80}; expected a Webcam or an ImageView."
            )
        check_open(target)
        bundle("collector.js")
        _check("every_s", every_s, "seconds, 0 to 3600", 0 <= every_s <= 3600)
        fits = _is_count(max_per_class) and max_per_class <= 100_000
        _check("max_per_class", max_per_class, "an integer from 1 to 100000", fits)
        self._lock = threading.Lock()
        """Guards what is held, and since when."""
        self._telling = threading.Lock()
        """Held while pages are told, so that the newest comes last."""
        self._keeping = threading.Lock()
        """Held while an example is saved, so that no class has more than it takes."""
        self._target = target
        self._collection = Collection(checked_classes(classes), max_per_class)
        self._folders = None if folder is None else ClassFolders(folder, self._collection.classes)
        self._every_s = every_s
        self._clock = current_clock()
        self._collecting: tuple[int, str] | None = None
        self._taken_at_s = -math.inf
        self._note: str | None = None
        self._shown = Shown(self._collection, self._clock)
        super().__init__(_widget_id=new_widget_id(), **traits)
        self._load()
        self._unwatch = _watch_pictures(self)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; `data` counts them from 0."""
        return self._collection.classes

    @property
    def note(self) -> str | None:
        """What a person should know, such as why nothing is saved; `None` = all is well."""
        return self._note

    def add(self, name: str, picture: NDArray[np.uint8] | None = None) -> None:
        """Add one example.

        Parameters
        ----------
        name
            Of the class.
        picture
            uint8 RGB of shape (height, width, 3), or gray (height, width); `None` = the target's newest picture.

        Raises
        ------
        ValueError
            If there is no such class, or it is full.
        RuntimeError
            If the target has no picture yet.
        OSError
            If the picture cannot be saved; it is not collected then.
        """
        class_index = self._class_index(name)
        data = self._target.frame if picture is None else encode(picture, "jpeg", 90)
        if data is None:
            raise RuntimeError("The target has no picture yet; start it, or give add() a picture.")
        if not self._keep(class_index, data):
            raise ValueError(f"{name!r} is full; clear() it, or make max_per_class greater.")
        self._changed()

    def clear(self, name: str | None = None) -> None:
        """Delete all examples of a class, or of all, those on disk as well; a ValueError where there is none such."""
        for example in self._collection.of(None if name is None else self._class_index(name)):
            self._remove(example.number)
        self._changed()

    def data(
        self, size: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """All examples as arrays, oldest first.

        Parameters
        ----------
        size
            Width and height in pixels to which all are scaled; `None` = as they are.

        Returns
        -------
        pictures
            uint8 (n, height, width, 3), or (n, height, width) of a target whose `color` is "gray".
        labels
            int64 (n,): index in `classes`.

        Raises
        ------
        ValueError
            If the pictures are of different size and `size` is None, or a side is below 1.
        """
        if size is not None:
            is_size = len(tuple(size)) == 2 and all(map(_is_count, size))
            _check("size", size, "(width, height) in pixels, each >= 1, or None", is_size)
        return self._collection.arrays(size, self._target.color)

    def close(self) -> None:
        """Collect no more; what was collected stays, in memory and on disk."""
        self._unwatch()
        self._unwatch = _do_nothing
        super().close()

    # --- pictures ----------------------------------------------------------------------------

    def _came(self) -> None:
        now_s = self._clock.now_s()
        with self._lock:
            is_due = self._collecting is not None and now_s - self._taken_at_s >= self._every_s
        if is_due:
            self._news.tell("take", self._take, newest_only=True)

    def _press(self, message: Collect) -> None:
        with self._lock:
            self._collecting = (message.class_index, message.client)
        if not self._is_seen():
            self._stop("There is no live picture to take: start the camera first.")
        else:
            self._note = None
            self._take()

    def _is_seen(self) -> bool:
        """Whether the newest picture is what the person sees."""
        if not isinstance(self._target, Webcam):
            return self._target.frame is not None
        newest = self._target.nbstream_session().newest()
        return newest is not None and self._clock.now_s() - newest.received_at_s <= FRESH_S

    def _take(self) -> None:
        """Take the newest picture for the class that is held."""
        with self._lock:
            collecting, data = self._collecting, self._target.frame
            if collecting is None or data is None:
                return
            self._taken_at_s = self._clock.now_s()
        try:
            has_room = self._keep(collecting[0], data)
        except OSError as error:
            self._stop(f"Not taken, since it cannot be saved: {error}")
            return
        if has_room:
            self._changed()
        else:
            self._stop(f"{self.classes[collecting[0]]} is full.")

    def _keep(self, class_index: int, data: bytes) -> bool:
        """Save and keep it; False where the class is full."""
        with self._keeping:
            if self._collection.is_full(class_index):
                return False
            path = None if self._folders is None else self._folders.save(class_index, data)
            return self._collection.add(class_index, data, path)

    def _remove(self, number: int) -> None:
        example = self._collection.remove(number)
        if example is not None and example.path is not None and self._folders is not None:
            self._folders.remove(example.path)

    def _discard(self, number: int) -> None:
        try:
            self._remove(number)
        except OSError as error:
            self._note = f"The file could not be deleted: {error}"
        self._changed()

    def _load(self) -> None:
        if self._folders is not None:
            self._note = self._folders.load(self._collection)
        self._changed()

    def _release(self, client: str | None = None) -> None:
        """Nobody holds a button; `client`: only if that page did."""
        with self._lock:
            held = self._collecting
            if held is None or client not in (None, held[1]):
                return
        self._stop(self._note)

    def _stop(self, note: str | None) -> None:
        with self._lock:
            self._collecting = None
        self._note = note
        self._changed()

    def _class_index(self, name: str) -> int:
        if name not in self.classes:
            raise ValueError(
                f"There is no class {name!r:.80}; expected one of {', '.join(self.classes)}."
            )
        return self.classes.index(name)

    # --- pages -------------------------------------------------------------------------------

    def _changed(self) -> None:
        """Tell pages and observers."""
        with self._telling:
            held = self._collecting
            for content, buffers in self._shown.messages(
                None if held is None else held[0], self._note
            ):
                self.send_to_pages(content, buffers)
        self.set_and_tell_later("counts", self._collection.counts())

    def _heard(self, message: from_page.PageMessage) -> None:
        match message:
            case from_page.Hello():
                self._shown.hello(message.client)
                self._news.tell("hello", self._changed)
            case from_page.Bye():
                self._shown.bye(message.client)
                self._news.tell("bye", partial(self._release, message.client))
            case Collect() | Discard():
                if self._shown.accept_command(message.client, message.command_index):
                    self._pressed(message)

    def _pressed(self, message: Collect | Discard) -> None:
        # Files are written, so not in the thread of the messages.
        if isinstance(message, Discard):
            self._news.tell("discard", partial(self._discard, message.example))
        elif message.class_index >= len(self.classes):
            self.log.debug("[nbstream] dropped a message: there is no class of that number")
        elif message.is_held:
            self._news.tell("press", partial(self._press, message))
        else:
            self._news.tell("release", partial(self._release, message.client))


def _watch_pictures(collector: Collector) -> Callable[[], None]:
    """Tell a collector of each picture of its target; returns what ends that."""
    # A camera that goes on keeps no collector that nobody refers to.
    reference, target = weakref.ref(collector), collector._target

    def came(_change: Any) -> None:
        if (one := reference()) is not None:
            one._came()

    target.observe(came, "frame")
    return partial(target.unobserve, came, "frame")


def _is_count(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and bool(value >= 1)


def _check(name: str, value: object, expected: str, ok: bool) -> None:
    if not ok:
        raise ValueError(f"{name} is {value!r:.80}; expected {expected}.")
