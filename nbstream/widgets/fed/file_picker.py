"""Where a person drops or chooses a file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import traitlets as t

from ...pages.uploads import Uploads, told
from ...protocol import from_page
from ...protocol.upload import FilePart
from ..base import STATIC, LaneWidget, bundle, new_widget_id


class FilePicker(LaneWidget):
    """Takes a file from a page, in parts.

    Parameters
    ----------
    accept
        What the browser offers, as of an `<input type="file">`.
    max_bytes
        Of a file.
    take
        Called with each whole file, its name and bytes, in a thread of its own; returns why it is refused, in words.
    """

    _esm_path = STATIC / "upload.js"
    _css_path = STATIC / "upload.css"

    _kind = t.Unicode("upload").tag(sync=True)

    _accept = t.Unicode().tag(sync=True)

    _max_bytes = t.Int().tag(sync=True)

    _upload: Any = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    """The newest file, as `pages.uploads.told` has it; `None` = none came."""

    def __init__(
        self, accept: str, max_bytes: int, take: Callable[[str, bytes], str | None], **traits: Any
    ) -> None:
        bundle("upload.js")
        self._take = take
        self._telling = threading.Lock()
        """Guards the file that comes, and is held while pages are told, so that the newest comes last."""
        self._uploads = Uploads(max_bytes)
        own = {"_accept": accept, "_max_bytes": max_bytes, "_widget_id": new_widget_id()}
        super().__init__(**own, **traits)

    def _heard(self, message: from_page.PageMessage) -> None:
        if isinstance(message, FilePart):
            self._add(message)
        elif isinstance(message, from_page.Bye):
            self._forget(message.client)

    def _add(self, part: FilePart) -> None:
        with self._telling:
            shown = self._uploads.add(part)
            if shown is None:
                return
            data = self._uploads.whole()
            self.set_and_tell_later("_upload", shown)
        if data is not None:
            # It is looked into, which takes a while; of two only the newer one counts.
            self._news.tell("file", partial(self._give, part, data), newest_only=True)

    def _give(self, part: FilePart, data: bytes) -> None:
        note = self._take(part.name, data)
        with self._telling:
            newest = self._upload
            if (newest["client"], newest["command_index"]) == (part.client, part.command_index):
                shown = {**told(part, len(data), note), "is_taken": note is None}
                self.set_and_tell_later("_upload", shown)

    def _forget(self, client: str) -> None:
        with self._telling:
            name = self._uploads.forget(client)
            if name is not None:
                note = f"{name} did not come to its end: its page was closed."
                self.set_and_tell_later("_upload", {**self._upload, "note": note})
