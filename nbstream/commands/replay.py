"""replay: call a function with all that a recording holds, and say whether it does what was recorded."""

from __future__ import annotations

import argparse

from ..recordings.recording import Recording
from ..recordings.replaying import Player, compare
from .named import function_named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked."""
    parser.add_argument("recording", help="a file that binding.record has written")
    parser.add_argument(
        "function", nargs="?", help="module:function; left out: say what is recorded"
    )
    parser.add_argument(
        "--against", help="module:function to compare with, in place of the recorded results"
    )


def run(options: argparse.Namespace) -> int:
    """Replay; 1 where results differ."""
    recording = Recording(options.recording)
    if options.function is None:
        _describe(recording)
        return 0
    fn = function_named(options.function)
    if options.against is not None:
        comparison = compare(options.recording, function_named(options.against), fn)
        print(comparison)
        return 0 if comparison.is_same else 1
    counts = {True: 0, False: 0, None: 0}
    for one in Player(recording, fn).play():
        counts[one.is_as_recorded] += 1
        if one.is_as_recorded is False:
            print(f"call {one.call.number}: {one.error or 'another result'!s:.200}")
    unknown = f", {counts[None]} cannot be compared" if counts[None] else ""
    print(f"{len(recording)} calls: {counts[True]} as recorded, {counts[False]} differ{unknown}")
    return 1 if counts[False] else 0


def _describe(recording: Recording) -> None:
    print(f"{recording.function}({', '.join(one.name for one in recording.inputs)})")
    print(f"recorded at {recording.began_at}" + ("" if recording.is_whole else ", cut"))
    print(f"{len(recording)} calls, {recording.frame_count} pictures")
    errors = sum(one.error is not None for one in recording.calls)
    print(f"{errors} errors")
    for name, version in recording.packages.items():
        print(f"  {name} {version}")
