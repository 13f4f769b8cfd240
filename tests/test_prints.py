"""What a function prints: the cell has a bounded share, the widget the newest lines."""

from __future__ import annotations

import threading

from nbstream.kernel.prints import CELL_CHARS, CELL_LINES, FunctionPrints
from nbstream.testing import wait_for

from .streaming import Stream, grey

NOTE = "[nbstream] What talk() prints from here on is shown in the widget only, the newest lines.\n"


def test_the_cell_has_all_until_its_share_is_used_up():
    prints = FunctionPrints("talk", 20, 500)
    assert [prints.write(text) for text in ("a", "\n", "b\n")] == ["a", "\n", "b\n"]
    assert prints.lines() == ["a", "b"]


def test_lines_beyond_the_share_are_in_the_widget_only_and_the_cell_says_so_once():
    prints = FunctionPrints("talk", 20, 500)
    cell = "".join(prints.write(f"{k}\n") for k in range(1000))
    assert cell == "".join(f"{k}\n" for k in range(CELL_LINES)) + NOTE
    assert prints.lines() == [str(k) for k in range(980, 1000)]


def test_characters_beyond_the_share_are_in_the_widget_only_and_the_cell_says_so_once():
    prints = FunctionPrints("talk", 20, 500)
    cell = "".join(prints.write(f"\rframe {k:6d}") for k in range(10_000))
    assert cell.endswith("\n" + NOTE)
    assert len(cell) == CELL_CHARS + 1 + len(NOTE)
    assert prints.lines() == ["frame   9999"]


def test_a_single_huge_print_is_cut_for_both():
    prints = FunctionPrints("talk", 20, 500)
    cell = prints.write("x" * 10_000_000 + "end")
    assert cell == "x" * CELL_CHARS + "\n" + NOTE
    assert prints.lines() == ["x" * 497 + "end"]
    assert prints.write("\n") == ""


def test_one_print_with_too_many_lines_is_cut_behind_the_last_that_fits():
    prints = FunctionPrints("talk", 20, 500)
    assert prints.write("y\n" * 1000) == "y\n" * CELL_LINES + NOTE


def test_text_of_threads_that_print_at_once_is_counted_once():
    prints = FunctionPrints("talk", 20, 500)
    cell: list[str] = []

    def print_much() -> None:
        cell.extend(prints.write("line\n") for _ in range(1000))

    threads = [threading.Thread(target=print_much) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(text.count("line\n") for text in cell) == CELL_LINES
    assert sum(text.count(NOTE) for text in cell) == 1


def test_a_function_that_prints_much_leaves_the_cell_small_and_what_others_print_whole(
    kernel, capsys
):
    def talk(frame):
        print("much " * 4000)  # noqa: T201
        thread = threading.Thread(target=lambda: print("of a thread " * 1000))  # noqa: T201
        thread.start()
        thread.join()
        return frame

    stream = Stream(kernel, talk).go_live()
    for level in range(10, 200, 10):
        stream.one_result(level)
        print("from a cell")  # noqa: T201
    kernel.clock.advance(1)
    assert "of a thread" in stream.page.state["log"][-1]
    printed = capsys.readouterr().out
    assert printed.count("from a cell\n") == 19
    assert printed.count(NOTE) == 1
    assert len(printed) < CELL_CHARS + 1000


def test_the_share_counts_for_all_runs_of_a_stream(kernel, capsys):
    def talk(frame):
        print("line\n" * 60)  # noqa: T201
        return frame

    stream = Stream(kernel, talk).go_live()
    stream.one_result()
    stream.page.stop()
    stream.go_live()
    stream.one_result()
    assert capsys.readouterr().out.count("line\n") <= CELL_LINES


def test_what_a_task_of_the_function_prints_between_calls_is_shown(kernel):
    import asyncio

    tasks: list[object] = []
    go_on = threading.Event()

    async def later() -> None:
        await asyncio.to_thread(go_on.wait, 10)
        print("later")  # noqa: T201

    async def begins(frame):
        tasks.append(asyncio.create_task(later()))
        return frame

    stream = Stream(kernel, begins).go_live()
    stream.page.send_frame(grey(100))
    stream.page.wait_for_result(stream.view)
    go_on.set()
    wait_for(lambda: "later" in stream.binding.log.lines())
