"""Hostile messages by the million: `make fuzz`. A message that does harm ends it with an error that shows it.

With atheris, which follows what the code does with a message; `--by-chance` alone needs no more than the tests do.
"""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

ARTIFACTS = "test-results"
"""Where atheris leaves the bytes of a message that did harm."""
NEW_SIEGE_EVERY = 2000
LOOKED_AT_EVERY = 20_000
MAX_MORE_OBJECTS = 20_000


class Consumed(Random):
    """Chance that is read from the bytes which atheris tries."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        super().__init__()

    def getrandbits(self, k: int) -> int:
        return int(self._provider.ConsumeUInt((k + 7) // 8)) & ((1 << k) - 1)

    def random(self) -> float:
        return self.getrandbits(24) / 2**24

    def seed(self, *_args: Any, **_kwargs: Any) -> None:
        """The bytes are all there is."""


class Fuzz:
    """One siege after the other, for so many messages."""

    def __init__(self, messages: int) -> None:
        self.left = messages
        self.count = 0
        self._slowest = (0.0, "")
        self._objects = 0
        self._siege: Any = None
        self._kernel: Any = None
        self._began_s = time.monotonic()

    def one(self, chance: Random) -> None:
        """Strike once more."""
        from nbstream.testing import mock_kernel

        from .siege import Siege

        if self.count % NEW_SIEGE_EVERY == 0:
            self.close()
            self._kernel = mock_kernel()
            self._siege = Siege(self._kernel.__enter__())
        self.count += 1
        self._siege.strike(*self._siege.message(chance))
        self._slowest = max(self._slowest, self._siege.slowest)
        if self.count % LOOKED_AT_EVERY == 0:
            self._look()

    def close(self) -> None:
        """End the siege there is."""
        if self._kernel is not None:
            self._kernel.__exit__(None, None, None)
            self._kernel = self._siege = None

    def _look(self) -> None:
        gc.collect()
        objects = len(gc.get_objects())
        self._objects = self._objects or objects
        taken_s = time.monotonic() - self._began_s
        slowest_s, message = self._slowest
        print(  # noqa: T201
            f"{self.count} messages in {taken_s:.0f} s; {objects} objects; the slowest took "
            f"{slowest_s * 1000:.0f} ms: {message[:100]}",
            flush=True,
        )
        more = objects - self._objects
        assert more < MAX_MORE_OBJECTS, f"{more} objects more than at the beginning"


def main() -> None:
    """Run until all messages are handed in, or one did harm."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--by-chance", action="store_true")
    chosen = options.parse_args()
    logging.disable(logging.CRITICAL)
    fuzz = Fuzz(chosen.messages)
    if chosen.by_chance:
        chance = Random(chosen.seed)
        for _ in range(chosen.messages):
            fuzz.one(chance)
        fuzz.close()
        return
    Path(ARTIFACTS).mkdir(exist_ok=True)
    import atheris

    with atheris.instrument_imports(include=["nbstream"]):
        import nbstream.testing  # noqa: F401

    def try_one(data: bytes) -> None:
        fuzz.one(Consumed(atheris.FuzzedDataProvider(data)))

    limits = [f"-runs={chosen.messages}", f"-seed={chosen.seed}", "-timeout=10", "-max_len=4096"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={ARTIFACTS}/"], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
