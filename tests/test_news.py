"""Observers that are told in a thread of their own."""

from __future__ import annotations

import threading

import pytest

from nbstream.kernel.news import MAX_PENDING, News
from nbstream.testing import wait_for


@pytest.fixture
def held():
    """News whose thread stands still in its first call until it is let go."""
    news, entered, go_on = News("test"), threading.Event(), threading.Event()

    def first() -> None:
        entered.set()
        go_on.wait(10)

    news.tell("first", first)
    assert entered.wait(10)
    yield news, go_on
    go_on.set()


def told(news: News) -> None:
    wait_for(lambda: news._thread is None)


def test_news_is_told_in_order(held):
    news, go_on = held
    heard: list[int] = []
    for number in range(5):
        news.tell("n", lambda number=number: heard.append(number))
    go_on.set()
    told(news)
    assert heard == [0, 1, 2, 3, 4]


def test_behind_a_slow_observer_news_has_a_bound_and_the_last_value_wins(held):
    news, go_on = held
    heard: list[int] = []
    for number in range(10 * MAX_PENDING):
        news.tell("n", lambda number=number: heard.append(number))
    go_on.set()
    told(news)
    assert len(heard) == MAX_PENDING
    assert heard[-1] == 10 * MAX_PENDING - 1


def test_of_pictures_only_the_newest_waits(held):
    news, go_on = held
    heard: list[int] = []
    for number in range(5):
        news.tell("frame", lambda number=number: heard.append(number), newest_only=True)
    go_on.set()
    told(news)
    assert heard == [4]


def test_an_observer_that_exits_does_not_end_the_news(held, caplog):
    news, go_on = held
    heard: list[int] = []

    def leaves() -> None:
        raise SystemExit

    news.tell("status", leaves)
    news.tell("status", lambda: heard.append(1))
    go_on.set()
    told(news)
    assert heard == [1]
    assert "an observer of status failed" in caplog.text
