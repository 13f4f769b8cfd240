"""Examples on disk: a folder with one folder per class, and in it one file per picture."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import CorruptFrameError
from ..pictures.codecs import check_picture, mime_of
from .collection import Collection

ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif"}
MAX_FILE_BYTES = 50_000_000
MAX_CLASSES = 30
MAX_NAME_CHARS = 60
# What Windows takes in no name; elsewhere such a folder could not be copied there.
_FORBIDDEN = set('<>:"/\\|?*')


def checked_classes(classes: object) -> tuple[str, ...]:
    """Names of classes that can be names of folders.

    Raises
    ------
    TypeError
        If they are no names.
    ValueError
        If there are none or too many, or one is a path, comes twice, or could be no folder.
    """
    if isinstance(classes, (str, bytes)) or not isinstance(classes, Sequence):
        raise TypeError(
            f'classes is {classes!r:.80}; expected a list of names, such as ["cup", "phone"].'
        )
    if not 1 <= len(classes) <= MAX_CLASSES:
        raise ValueError(f"classes has {len(classes)} names; expected 1 to {MAX_CLASSES}.")
    seen: set[str] = set()
    for name in classes:
        if not isinstance(name, str):
            raise TypeError(f"classes has {name!r:.80}; expected names only, as strings.")
        wrong = _wrong_with(name)
        if wrong is None and name.casefold() in seen:
            wrong = "comes twice (also where only capitals differ, there would be one folder)"
        if wrong is not None:
            raise ValueError(
                f"classes has {name!r:.80}, which {wrong}; expected a name that a folder can have, such as "
                '"cup".'
            )
        seen.add(name.casefold())
    return tuple(classes)


def _wrong_with(name: str) -> str | None:
    if not name.strip():
        return "is empty"
    if len(name) > MAX_NAME_CHARS:
        return f"has more than {MAX_NAME_CHARS} characters"
    if "/" in name or "\\" in name or name in (".", ".."):
        return "is a path"
    if _FORBIDDEN & set(name) or not name.isprintable():
        return "has a character that no file system, or not every one, takes"
    if name != name.strip() or name[0] == "." or name[-1] == ".":
        return "begins or ends with a dot or a space"
    return None


class ClassFolders:
    """Reads and writes the pictures of a folder. Nothing is made before the first picture is saved.

    Raises
    ------
    NotADirectoryError
        If the folder, or that of a class, is a file.
    """

    def __init__(self, root: str | os.PathLike[str], classes: Sequence[str]) -> None:
        self.root = Path(root)
        self._folders = [self.root / name for name in classes]
        for folder in (self.root, *self._folders):
            if folder.exists() and not folder.is_dir():
                raise NotADirectoryError(
                    f"folder: {str(folder)!r:.200} is a file; expected a folder, or a name that is free, in which one "
                    "is made for each class."
                )

    def load(self, collection: Collection) -> str | None:
        """Put all pictures into a collection; returns what a person should know, `None` = all is well."""
        unread = left_out = 0
        for class_index, data, path in self._pictures():
            if data is None:
                unread += 1
            elif not collection.add(class_index, data, path):
                left_out += 1
        notes = []
        if unread:
            notes.append(f"{unread} files in the folder are no pictures and were passed over.")
        if left_out:
            notes.append(f"{left_out} pictures in the folder are more than a class takes.")
        return " ".join(notes) or None

    def _pictures(self) -> Iterator[tuple[int, bytes | None, Path]]:
        """Index of the class, picture and place of each file, in the order of their names.

        `None` in place of a picture: it could not be read, or is none.
        """
        for class_index, folder in enumerate(self._folders):
            files = folder.iterdir() if folder.is_dir() else ()
            for path in sorted(files):
                if path.is_file() and not path.name.startswith("."):
                    yield class_index, _read(path), path

    def save(self, class_index: int, data: bytes) -> Path:
        """Write a picture into a file of its own and return its place; an OSError leaves no file behind."""
        folder = self._folders[class_index]
        folder.mkdir(parents=True, exist_ok=True)
        ending = ENDINGS[mime_of(data) or "image/jpeg"]
        number = _newest_number(folder) + 1
        while True:
            path = folder / f"{number:05}{ending}"
            try:
                file = path.open("xb")
                break
            except FileExistsError:  # another program may have made it
                number += 1
        try:
            with file:
                file.write(data)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path

    def remove(self, path: Path) -> None:
        """Delete a picture; one that is gone already is no error."""
        path.unlink(missing_ok=True)


def _newest_number(folder: Path) -> int:
    return max((int(one.stem) for one in folder.iterdir() if one.stem.isdecimal()), default=0)


def _read(path: Path) -> bytes | None:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return None
        data = path.read_bytes()
        check_picture(data)
    except (OSError, CorruptFrameError):
        return None
    return data
