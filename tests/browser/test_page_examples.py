"""Examples of the documentation that need a browser.

Their file stands among the browser's, which come last: Playwright's event loop stays in the main thread, where much of
what is tested without one would take it for the kernel's.
"""

from __future__ import annotations

import pytest

from ..page_examples import WITH_BROWSER, run_examples


@pytest.mark.parametrize("page", WITH_BROWSER, ids=lambda page: page.name)
def test_the_examples_of_a_page_run_in_one_notebook(page, request, monkeypatch):
    run_examples(page, request, monkeypatch)


def test_there_are_such_pages():
    assert WITH_BROWSER
