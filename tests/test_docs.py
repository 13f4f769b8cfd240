"""What the pages and the lessons promise: examples run, and what is named is there."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from typing import Any

import nbformat
import numpy as np
import pytest

import nbstream
from nbstream import detect, errors, testing, voice

from .page_examples import ALL_PAGES, ROOT, WITHOUT_BROWSER, run_examples

LOOKS = ROOT / "docs" / "guide" / "reference.md"
SOURCES = sorted((ROOT / "nbstream").rglob("*.py"))
LINE_LENGTH = 100
FOLDERS = "nbstream|js|tests|docs|scripts|benchmarks|notebooks"
every_page = pytest.mark.parametrize(
    "page", ALL_PAGES, ids=lambda page: str(page.relative_to(ROOT))
)
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("page", WITHOUT_BROWSER, ids=lambda page: page.name)
def test_the_examples_of_a_page_run_in_one_notebook(page, request, monkeypatch):
    run_examples(page, request, monkeypatch)


@every_page
def test_the_links_of_a_page_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https:)([^)]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", linked.read_text("utf-8"), re.MULTILINE)
            assert anchor in {
                re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings
            }


@every_page
def test_the_files_that_a_page_names_are_there(page):
    # A name in backticks that begins with one of our folders; `nbstream/static/` is built.
    named = re.findall(rf"`((?:{FOLDERS})/[^`\s]*)`", page.read_text("utf-8"))
    assert [name for name in named if not any(ROOT.glob(name)) and name != "nbstream/static/"] == []


@pytest.mark.parametrize(
    ("half", "suffix"), [("nbstream", ".py"), ("js/src", ".ts")], ids=["Python", "TypeScript"]
)
def test_every_folder_has_its_row_in_the_architecture(half, suffix):
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = text.split(f"| `{half}/` |")[1].split("\n\n")[0]
    firsts = [row.split("|")[1] for row in table.splitlines() if row.startswith("|")]
    named = {name.split("/")[0] for first in firsts for name in re.findall(r"`([\w/]+)/`", first)}
    paths = [path.relative_to(ROOT / half) for path in (ROOT / half).rglob(f"*{suffix}")]
    assert named == {path.parts[0] for path in paths if len(path.parts) > 1}


def test_the_pages_that_the_code_names_are_there():
    code = [
        *ROOT.glob("nbstream/**/*.py"),
        *ROOT.glob("tests/**/*.py"),
        *ROOT.glob("js/src/**/*.ts"),
    ]
    named = {
        page for file in code for page in re.findall(r"docs/[\w/-]+\.md", file.read_text("utf-8"))
    }
    assert "docs/protocol.md" in named
    assert sorted(page for page in named if not (ROOT / page).exists()) == []


def test_decisions_are_numbered_and_in_the_list_with_their_titles():
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(page.name[:3]) for page in decisions] == list(range(1, len(decisions) + 1))
    rows = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8").splitlines()
    for page in decisions:
        title, *_ = text = page.read_text("utf-8").splitlines()
        assert f"| {page.name[:3]} | [{title.removeprefix('# ')}]({page.name}) |" in rows
        parts = [line.split("**")[1] for line in text if line.startswith("**")]
        assert [part for part in parts if part in ("Context.", "Decision.", "Why.")] == [
            "Context.",
            "Decision.",
            "Why.",
        ], page.name


def test_every_page_has_its_place_in_the_site():
    named = set(re.findall(r"[\w/]+\.md$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    pages = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if not re.match(r"decisions/\d", page)} <= named


def test_every_public_name_is_in_the_pages_of_the_api():
    pages = "".join(page.read_text("utf-8") for page in (ROOT / "docs" / "api").glob("*.md"))
    told = set(re.findall(r"^(?:::: nbstream.*\.|## )(\w+)$", pages, re.MULTILINE))
    public = [
        name for module in (nbstream, voice, detect, errors, testing) for name in module.__all__
    ]
    assert sorted({*public} - told) == ["__version__", "voice"]  # a number, and a page


def test_what_the_page_of_troubles_quotes_is_what_is_shown():
    sources = [*ROOT.glob("nbstream/**/*.py"), *ROOT.glob("js/src/**/*.ts")]
    text = "".join(path.read_text("utf-8") for path in sources)
    text = re.sub(r'"\s*\n\s*f?"', "", text)  # a sentence may be written in two parts
    rows = (ROOT / "docs" / "trouble.md").read_text("utf-8").splitlines()
    quoted = [
        one
        for row in rows
        if row.startswith("| ")
        for one in re.findall('"(.+?)"', row.split("|")[1])
    ]
    assert len(quoted) > 12
    assert [one for one in quoted if not re.search(as_in_source(one), text)] == []


def as_in_source(shown: str) -> str:
    """A pattern for a sentence in which the source has a name in braces for some words."""
    filled_in = r"\d+|camera|picture"
    pattern = re.escape(shown).replace(re.escape("..."), ".*")
    return re.sub(filled_in, lambda word: rf"(?:{word[0]}|\$?\{{[^}}]*\}})", pattern)


@every_page
def test_the_lines_of_a_page_are_short(page):
    # A row of a table cannot be broken.
    lines = [line for line in page.read_text("utf-8").splitlines() if not line.startswith("|")]
    assert [line for line in lines if len(line) > LINE_LENGTH] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_is_broken_in_the_middle_of_a_docstring(path):
    tree = ast.parse(path.read_text("utf-8"))
    texts = [
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    paragraphs = [
        part for text in texts if isinstance(text, str) for part in re.split(r"\n\n|-{3,}\n", text)
    ]
    assert [line for part in paragraphs for line in too_short_lines(part)] == []


def test_a_line_that_is_much_shorter_than_the_rest_is_found():
    wide = "word " * 20
    assert too_short_lines(f"{wide}\n  short\n  {wide}\n  the end") == ["  short"]
    assert too_short_lines(f"- {wide}\n- short\n- {wide}") == []
    assert too_short_lines("a = 1\nb = 2\n" + wide) == []


def too_short_lines(paragraph: str) -> list[str]:
    """Lines of prose that the first word of the next one would fit into, though others are long."""
    lines = paragraph.splitlines()
    is_code = any(re.search(r" = |\)$|─", line) for line in lines[:-1])
    if is_code or max(map(len, lines), default=0) < 90:
        return []
    return [
        line
        for line, following in pairwise(lines)
        if line.strip() and following.strip() and indent(line) == indent(following)
        if not re.match(r"\s*(- |\d+\. )", following)
        if len(line) + 1 + len(following.split()[0]) <= 70
    ]


def indent(line: str) -> int:
    """Where the text of a line begins, behind the mark of a list."""
    return len(line) - len(re.sub(r"^\s*(- |\d+\. )?", "", line))


def test_the_css_classes_of_the_guide_are_those_of_the_page():
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "js/src/view").rglob("*.ts"))
    documented = re.findall(r"`\.(nbstream-[\w-]+)`", LOOKS.read_text("utf-8"))
    assert len(documented) > 15
    assert [name for name in documented if not re.search(rf"\b{name}\b(?!-)", sources)] == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_is_stored_unrun_and_says_something_before_each_cell(lesson):
    book = nbformat.read(lesson, as_version=4)
    nbformat.validate(book)
    assert book.metadata.kernelspec.name == "python3"
    assert [(cell.outputs, cell.execution_count) for cell in book.cells if "outputs" in cell] == [
        ([], None) for cell in book.cells if cell.cell_type == "code"
    ]
    kinds = [cell.cell_type for cell in book.cells]
    assert kinds[: 2 * kinds.count("code")] == ["markdown", "code"] * kinds.count("code")


def test_the_filters_of_the_lesson_return_a_picture_of_the_same_size_and_type():
    book = nbformat.read(ROOT / "notebooks" / "02_filters.ipynb", as_version=4)
    names: dict[str, Any] = {}
    with testing.mock_kernel():
        for cell in book.cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
    # Noise is the worst that a camera can show.
    frame = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    for name, apply in names["filters"].items():
        result = apply(frame.copy())
        assert (result.shape, result.dtype) == ((480, 640, 3), np.uint8), name
