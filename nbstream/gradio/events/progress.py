"""`Progress`: how far a function is, as a bar above the app."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import Any

from nbstream.pages.notices import teller_now


class Progress:
    """As the default of an argument, ``def f(x, progress=gr.Progress())``, it is what the function tells how far it is.

    Parameters
    ----------
    track_tqdm
        Only `False`: bars of tqdm are shown as text already; `progress.tqdm` makes one of this kind.

    Raises
    ------
    ValueError
        With `track_tqdm=True`.
    """

    def __init__(self, track_tqdm: bool = False) -> None:
        if track_tqdm:
            raise ValueError(
                "gr.Progress(track_tqdm=True) is not part of nbstream.gradio: what tqdm writes is shown as text. "
                "Use progress.tqdm(...) in place of tqdm.tqdm(...)."
            )

    def __call__(
        self,
        progress: float | tuple[int, int | None] | None,
        desc: str | None = None,
        total: int | None = None,
        unit: str = "steps",
        _tqdm: Any = None,
    ) -> None:
        """Tell how far the function is.

        Parameters
        ----------
        progress
            0..1, or ``(steps done, steps in all)``; `None` = nobody knows.
        desc
            A text beside the bar.
        total
            Steps in all, where `progress` says `None` for them.
        unit
            What the steps are called.
        """
        teller = teller_now.get()
        if teller is None:
            return
        if not isinstance(progress, tuple):
            teller.show_progress(progress, desc or "")
            return
        done, of = progress[0], progress[1] or total
        counted = f"{done}/{of} {unit}" if of else f"{done} {unit}"
        text = f"{desc} {counted}" if desc else counted
        teller.show_progress(done / of if of else None, text)

    def tqdm(
        self,
        iterable: Iterable[Any] | None,
        desc: str | None = None,
        total: int | None = None,
        unit: str = "steps",
        _tqdm: Any = None,
    ) -> Iterator[Any]:
        """Go through `iterable` and tell how far it is.

        Parameters
        ----------
        iterable
            What is gone through.
        desc, unit
            As above.
        total
            How many there are; `None` = its length, where it has one.
        """
        things = () if iterable is None else iterable
        if total is None and isinstance(things, Sized):
            total = len(things)
        self((0, total), desc, unit=unit)
        for done, thing in enumerate(things, 1):
            yield thing
            self((done, total), desc, unit=unit)
