"""The options of `stream()` stand in one place, and yet everybody sees them."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import nbstream as nbs
from nbstream.runs.options import (
    AnyOptions,
    PictureOptions,
    SoundOptions,
    StreamOptions,
    completed,
    options_of,
)

PACKAGE = Path(nbs.__file__).parent
WAYS = [
    pytest.param(nbs.Webcam.stream, PictureOptions, {"stream_every": 0.1}, id="webcam"),
    pytest.param(nbs.Microphone.stream, SoundOptions, {}, id="microphone"),
    pytest.param(nbs.stream, StreamOptions, {}, id="several sources"),
]


@pytest.mark.parametrize(("stream", "kind", "changed"), WAYS)
def test_a_signature_shows_every_option_with_its_default(stream, kind, changed):
    parameters = inspect.signature(stream).parameters.values()
    shown = {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}
    assert shown == {name: option.default for name, option in options_of(kind).items()} | changed


@pytest.mark.parametrize(("stream", "kind", "changed"), WAYS)
def test_help_describes_every_option(stream, kind, changed):
    lines = (inspect.getdoc(stream) or "").splitlines()
    for name, option in options_of(kind).items():
        first = lines[lines.index(name) + 1]
        assert first.startswith("    ")
        assert option.text.startswith(first.strip())


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"time_limt": 3}, PictureOptions, "did you mean time_limit?"),
        ({"output": None}, PictureOptions, "did you mean outputs?"),
        ({"fps": 30}, PictureOptions, "did you mean stream_every=1 / 30, for 30 a second?"),
        ({"silence": 1.0}, PictureOptions, "there are: time_limit, stream_every"),
        ({"max_parallel": 2}, SoundOptions, "there are: "),
    ],
)
def test_what_is_no_option_is_refused_with_what_there_is(given, kind, said):
    with pytest.raises(TypeError, match=f"no option {next(iter(given))!r}; {re.escape(said)}"):
        completed(given, kind)


def test_what_is_not_given_has_its_default_and_numbers_are_pythons_own():
    asked = completed({"time_limit": np.float32(2.5), "max_errors": np.int64(3)}, StreamOptions)
    assert (asked["time_limit"], asked["max_errors"]) == (2.5, 3)
    assert (type(asked["time_limit"]), type(asked["max_errors"])) == (float, int)
    rest = {name: one.default for name, one in options_of(AnyOptions).items()}
    assert {**rest, "time_limit": 2.5, "max_errors": 3} == asked


def test_no_function_names_the_options_again():
    own = PACKAGE / "runs" / "options.py"
    for path in PACKAGE.rglob("*.py"):
        # Gradio's signatures are Gradio's.
        if path != own and "gradio" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef):
                    named = {one.arg for one in [*node.args.args, *node.args.kwonlyargs]}
                    assert len(named & set(options_of(StreamOptions))) <= 1, (path, node.name)
