"""The last lines of a text, as a terminal would show them."""

from __future__ import annotations

import time

import pytest

from nbstream.kernel.line_log import MAX_UNREAD_CHARS, LineLog


def shown(*pieces: str, lines: int = 5, chars: int = 100) -> list[str]:
    log = LineLog(lines, chars)
    for piece in pieces:
        log.write(piece)
    return log.lines()


def test_lines_are_put_together_from_pieces():
    assert shown("a", "b\nc", "\n", "d") == ["ab", "c", "d"]


def test_only_the_last_lines_are_kept():
    assert shown("1\n2\n3\n", lines=2) == ["2", "3"]
    assert shown("1\n2\n3\n", "4", lines=2) == ["3", "4"]


def test_of_a_line_that_is_too_long_the_newest_end_is_kept():
    assert shown(*["abcd"] * 1000, chars=3) == ["bcd"]
    assert shown("x" * 1_000_000 + "end", chars=5) == ["xxend"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\r1/3\r2/3\r3/3", ["3/3"]),
        ("a longer line\rshort", ["shortger line"]),
        ("a longer line\r\x1b[Kshort", ["short"]),
        ("a longer line\x1b[2K\rshort", ["short"]),
        ("done\n100 %\r     \r", ["done"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("plain\b\bXY", ["plaXY"]),
        ("\b\b\bx", ["x"]),
        ("\x1b[31mred\x1b[0m \x1b[1;38;5;12mblue\x1b[m", ["red blue"]),
        ("\x1b]0;title\x07text\x1b]8;;https://x\x1b\\link\x1b(B", ["textlink"]),
        ("bell\x07 null\x00 tab\t", ["bell null tab\t"]),
        # Two bars, one below the other, as tqdm draws them.
        ("\router 1\n\rinner 1\x1b[A\n\rinner 2\x1b[A\router 2", ["outer 2", "inner 2"]),
        ("a\nb\x1b[99999999A\rc", ["c", "b"]),
        ("\x1b", []),
        ("", []),
    ],
)
def test_it_shows_what_a_terminal_would(text, expected):
    assert shown(text) == expected
    assert shown(*text) == expected  # however it was cut into pieces
    looked_at = LineLog(5, 100)
    for one in text:
        looked_at.write(one)
        looked_at.lines()
    assert looked_at.lines() == expected


def test_a_bar_that_moves_for_hours_leaves_the_lines_above_it():
    log = LineLog(5, 100)
    log.write("model loaded\n")
    for k in range(10_000):
        log.write(f"\rframe {k}")
    assert log.lines() == ["model loaded", "frame 9999"]


def test_what_waits_to_be_shown_is_bounded():
    log = LineLog(5, 100)
    for _ in range(1000):
        log.write("x" * 1000)
    assert sum(map(len, log._unread)) <= MAX_UNREAD_CHARS
    log.write("\x1b]" + "x" * 10_000)  # a sequence that never ends
    log.lines()
    assert sum(map(len, log._unread)) < 1000


def test_a_print_of_ten_million_characters_takes_no_time():
    text = "x" * 10_000_000
    log = LineLog(5, 100)
    began_s = time.perf_counter()
    for _ in range(100):
        log.write(text)
        log.lines()
    assert time.perf_counter() - began_s < 1.0  # a second each where it is looked through
