"""What a reader has to hold in mind at once is small: files, functions, classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "nbstream"
FILES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES_OF_A_FILE = 350
MAX_LINES_OF_A_FUNCTION = 60
MAX_METHODS = 25

Function = ast.FunctionDef | ast.AsyncFunctionDef

every_file = pytest.mark.parametrize(
    "path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix()
)


@every_file
def test_a_file_is_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= MAX_LINES_OF_A_FILE


@every_file
def test_a_function_is_short(path):
    long = {name: lines for name, lines in functions(path) if lines > MAX_LINES_OF_A_FUNCTION}
    assert not long


@every_file
def test_a_class_has_few_methods(path):
    many = {name: count for name, count in methods(path.read_text()) if count > MAX_METHODS}
    assert not many


def test_properties_count_as_methods_and_overloads_do_not():
    source = """
class One:
    @overload
    def both(self, value: int) -> int: ...
    @overload
    def both(self, value: str) -> str: ...
    def both(self, value): ...
    @property
    def it(self): ...
    async def wait(self): ...
    class Two:
        def own(self): ...
"""
    assert dict(methods(source)) == {"One": 3, "Two": 1}


def methods(source: str) -> Iterator[tuple[str, int]]:
    """The classes of a source, and how many methods and properties stand in each."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            own = [one for one in node.body if isinstance(one, Function)]
            yield node.name, sum(not is_overload(one) for one in own)


def is_overload(function: Function) -> bool:
    return any("overload" in ast.unparse(one) for one in function.decorator_list)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a file, and of how many lines each is, from its name on."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Function):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
