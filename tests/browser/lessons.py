"""The lessons of notebooks/, opened as a person without a camera opens them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat

from .notebook_page import NotebookPage

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def lesson_cells(name: str) -> list[str]:
    """Return the cells of a lesson as ``open_notebook`` takes them."""
    book = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    return [
        f"#md {cell.source}" if cell.cell_type == "markdown" else cell.source for cell in book.cells
    ]


def open_lesson(open_notebook: Callable[..., NotebookPage], name: str) -> NotebookPage:
    """Open a lesson where there is no camera, and run all its cells."""
    notebook = open_notebook(lesson_cells(name), camera="none")
    notebook.page.locator(".nbstream-source .nbstream-start").wait_for()
    return notebook


def start_synthetic_camera(notebook: NotebookPage) -> None:
    """Choose the synthetic camera in the list, and press Start."""
    notebook.page.locator(".nbstream-device").select_option(label="Synthetic camera")
    notebook.page.locator(".nbstream-start").click()
