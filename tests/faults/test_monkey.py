"""Anything, in any order, for a while. `make monkey` plays ten minutes; its seed makes it play the same again."""

from __future__ import annotations

import os

import pytest

from .monkey import CELLS, Monkey
from .table import fault

SHORT_S = 15.0
LONG_S = 120.0
SEED = 20
GROUP = "all of it at random"


@pytest.fixture
def make_monkey(open_notebook, link):
    """``make_monkey(seed)``: two pages of one notebook, and who plays with them."""

    def make(seed: int) -> Monkey:
        notebook = open_notebook(CELLS, through=link)
        notebook.save()
        pages = [notebook, notebook.open_second_page()]
        for page in pages:
            dialog = page.page.locator(".jp-Dialog")
            page.page.add_locator_handler(
                dialog, dialog.locator("button").last.click, no_wait_after=True
            )
        return Monkey(pages, link, seed)

    return make


@fault(
    "a monkey with two pages, for 15 s",
    "after each step: devices on exactly when the status says so, pictures and sound while live",
    group=GROUP,
    everyday=True,
)
def test_a_monkey_for_a_moment(make_monkey):
    monkey = make_monkey(SEED)
    monkey.play(SHORT_S)
    monkey.finish()


@pytest.mark.timeout(3600)
@fault(
    "another monkey, for two minutes (`make monkey`: ten)",
    "the same, and at the end every call has its frame and every frame its result",
    group=GROUP,
)
def test_a_monkey(make_monkey, outcome):
    monkey = make_monkey(int(os.environ.get("MONKEY_SEED", SEED + 1)))
    monkey.play(float(os.environ.get("MONKEY_SECONDS", LONG_S)))
    monkey.finish()
    outcome(steps=len(monkey.steps))
