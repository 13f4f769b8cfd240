"""What one stream has heard since Start: where it is in the sound of each source, and what was lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from .format import SoundFormat
from .store import SoundPosition, SoundStore, UtteranceQueue


class SoundSource(Protocol):
    """A widget whose sound a stream hears."""

    @property
    def max_backlog_s(self) -> float: ...

    @property
    def sound_format(self) -> SoundFormat: ...


class SoundAccount:
    """Goes from admission to admission: a stream that rejoins or resumes knows what it has missed meanwhile.

    One runner at a time writes here, from its threads; whoever asks for a sentence reads single values.

    Parameters
    ----------
    begins
        By source: where its sound begins; `None` = with whatever comes.
    kept
        Sound that waits for the first admission, by source, with where it begins; the binding's lock guards it.
    """

    def __init__(
        self,
        begins: Mapping[SoundSource, SoundPosition | None],
        kept: dict[object, SoundStore] | None = None,
    ) -> None:
        self.clipped_count = 0
        self._begins = begins
        self._kept = {} if kept is None else kept
        self._stores: dict[object, SoundStore] = {}
        self._utterances: UtteranceQueue | None = None
        self._overrun_before_s = 0.0
        self._index = 0

    @property
    def overrun_s(self) -> float:
        """Seconds of sound that the function was too slow for."""
        utterances_s = 0.0 if self._utterances is None else self._utterances.overrun_s
        stores_s = sum(one.overrun_s for one in self._stores.values())
        return self._overrun_before_s + stores_s + utterances_s

    @property
    def waiting_s(self) -> float:
        """Seconds of sound that wait for the function, of the source of which most does."""
        utterances_s = 0.0 if self._utterances is None else self._utterances.backlog_s
        return utterances_s + max((one.backlog_s for one in self._stores.values()), default=0.0)

    @property
    def index(self) -> int:
        """Number of the newest piece; 0 = none came."""
        return self._index

    def next_index(self) -> int:
        """Number of the next piece."""
        self._index += 1
        return self._index

    def open_stores(self, every_s: float) -> dict[object, SoundStore]:
        """Make a store for each source, which goes on where the one of the last admission ended."""
        self._overrun_before_s = self.overrun_s
        self._utterances = None
        self._stores = {source: self._open(source, every_s) for source in self._begins}
        return self._stores

    def open_utterances(self, source: SoundSource, *, keeps_newest: bool) -> UtteranceQueue:
        """Make the queue of what was said and waits for the function, of this admission."""
        self._utterances = UtteranceQueue(source.max_backlog_s, keeps_newest=keeps_newest)
        return self._utterances

    def note(self) -> str | None:
        """What a person should know; `None` = all is well."""
        notes = []
        if self.overrun_s:
            notes.append(
                f"{self.overrun_s:.1f} s of sound were lost: the function is too slow for it."
            )
        if self._utterances is not None and self._utterances.waiting_count > 1:
            count, seconds = self._utterances.waiting_count, self._utterances.backlog_s
            notes.append(f"{count} utterances ({seconds:.1f} s) wait for the function.")
        if self.clipped_count:
            notes.append(f"{self.clipped_count} samples were too loud and were cut off.")
        return " ".join(notes) or None

    def _open(self, source: SoundSource, every_s: float) -> SoundStore:
        kept = self._kept.pop(source, None)
        if kept is None:
            return SoundStore(every_s, source.max_backlog_s, self._position_of(source))
        kept.give_every(every_s)
        return kept

    def _position_of(self, source: SoundSource) -> SoundPosition | None:
        store = self._stores.get(source)
        return self._begins[source] if store is None else store.position
