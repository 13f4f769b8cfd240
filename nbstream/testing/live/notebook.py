"""One notebook, open in a real JupyterLab in a real browser: run cells, read outputs, ask the kernel.

Cells are run and outputs read through Lab's own objects (`window.jupyterapp`); what belongs to nbstream is clicked and
read on the screen, by `notebook.page`, the Playwright page.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from .lab import Server

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Error, Page
    from typing_extensions import Self

PANEL = "window.jupyterapp.shell.currentWidget"
CELL = f"{PANEL}.content.widgets[index]"
ASKED_AT_MOST = 6
ANSWER_MS = 15_000
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class LiveNotebook:
    """A notebook in a page.

    Attributes
    ----------
    page
        The Playwright page: what a person sees is found, read and clicked by it.
    console
        What the page wrote to its console, ``"level: text"``.
    """

    def __init__(self, page: Page, lab: Server, name: str) -> None:
        self.page = page
        self.lab = lab
        self.name = name
        self.console: list[str] = []
        page.on("console", self._note_console)
        page.on("pageerror", self._note_error)

    # --- the notebook ------------------------------------------------------------------------

    def open(self) -> Self:
        """Load JupyterLab with this notebook and wait until its kernel is idle."""
        self.page.goto(f"{self.lab.url}/lab/tree/{self.name}?reset", wait_until="domcontentloaded")
        self._wait_until_ready()
        return self

    def open_panel(self) -> Self:
        """Open the notebook in a page of JupyterLab that is open already."""
        self.page.evaluate(
            "name => window.jupyterapp.commands.execute('docmanager:open', {path: name}).then(() => {})",
            self.name,
        )
        self._wait_until_ready()
        return self

    def reload(self, save: bool = True) -> None:
        """Reload the page, as a person does. Outputs come back only if they were saved; the kernel goes on."""
        if save:
            self.save()
        self.page.reload(wait_until="domcontentloaded")
        self._wait_until_ready()

    def save(self) -> dict[str, Any]:
        """Save the notebook; return the content of the file."""
        self.page.evaluate(f"() => {PANEL}.context.save()")
        content: dict[str, Any] = json.loads((self.lab.notebooks / self.name).read_text())
        return content

    def leave(self) -> None:
        """Take no more notes of the page, which shows something else from now on."""
        self.page.remove_listener("console", self._note_console)
        self.page.remove_listener("pageerror", self._note_error)

    # --- cells -------------------------------------------------------------------------------

    def run_all(self) -> None:
        """Run all cells and wait for their end; an error in one fails the test."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        assert not self.errors(), "\n".join(self.errors())

    def run_cell(self, index: int, wait: bool = True) -> None:
        """Run one cell (0: the first); with ``wait=False`` it is left running, see `wait_for_cells`."""
        self.page.evaluate(
            f"""async ([index, wait]) => {{
                const book = {PANEL}.content;
                book.activeCellIndex = index;
                book.deselectAll();
                const run = window.jupyterapp.commands.execute('notebook:run-cell');
                (window.__runs ??= []).push(run);
                if (wait) await run;
            }}""",
            [index, wait],
        )

    def wait_for_cells(self) -> None:
        """Wait until every cell that `run_cell` started has ended."""
        self.page.evaluate("() => Promise.all(window.__runs ?? [])")

    def set_source(self, index: int, code: str) -> None:
        """Replace the text of a cell, as a person who edits it."""
        script = f"([index, code]) => {CELL}.model.sharedModel.setSource(code)"
        self.page.evaluate(script, [index, code])

    def append_cell(self, code: str) -> int:
        """Add a code cell at the end; return its index."""
        index: int = self.page.evaluate(
            f"""code => {{
                const cells = {PANEL}.content.model.sharedModel;
                cells.insertCell(cells.cells.length, {{cell_type: 'code', source: code}});
                return cells.cells.length - 1;
            }}""",
            code,
        )
        return index

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """Return the outputs of a cell as they would be saved."""
        found: list[dict[str, Any]] = self.page.evaluate(
            f"index => {CELL}.model.outputs?.toJSON() ?? []", index
        )
        return found

    def text(self, index: int) -> str:
        """Return what a cell printed, the text of its results, and its traceback."""
        return "".join(_as_text(output) for output in self.outputs(index))

    def wait_for_text(self, index: int, wanted: str, timeout_s: float = 60) -> None:
        """Wait until the text of a cell's output contains `wanted`."""
        self.page.wait_for_function(
            f"([index, wanted]) => JSON.stringify({CELL}.model.outputs.toJSON()).includes(wanted)",
            arg=[index, json.dumps(wanted)[1:-1]],
            timeout=timeout_s * 1000,
        )

    def errors(self) -> list[str]:
        """Return the tracebacks that cells ended with."""
        count = self.page.evaluate(f"() => {PANEL}.content.widgets.length")
        every = (output for index in range(count) for output in self.outputs(index))
        return [_as_text(output) for output in every if output["output_type"] == "error"]

    # --- the kernel --------------------------------------------------------------------------

    def evaluate(self, expression: str) -> Any:
        """Return the value of a Python expression in the kernel, through JSON. Waits while a cell runs.

        Asks again where no answer comes: a connection that breaks takes with it what was on its way.
        """
        wanted = f"__import__('json').dumps({expression})"
        answers = (self._request("", wanted, ANSWER_MS) for _ in range(ASKED_AT_MOST))
        found = next((one for one in answers if one is not None), None)
        assert found is not None, f"{expression}: the kernel gave no answer"
        reply = found["value"]
        assert reply["status"] == "ok", f"{expression}: {reply['ename']}: {reply['evalue']}"
        return json.loads(ast.literal_eval(reply["data"]["text/plain"]))

    def execute(self, code: str) -> None:
        """Run Python code in the kernel, in no cell."""
        self._request(code, "None")

    def wait_for_value(self, expression: str, wanted: Any, timeout_s: float = 60) -> None:
        """Wait until a Python expression in the kernel has that value."""
        deadline_ms = self.page.evaluate("() => performance.now()") + timeout_s * 1000
        while (value := self.evaluate(expression)) != wanted:
            left_ms = deadline_ms - self.page.evaluate("() => performance.now()")
            assert left_ms > 0, f"{expression} is {value!r}, not {wanted!r}, after {timeout_s} s"

    def interrupt(self) -> None:
        """Interrupt the kernel, as the square button does."""
        self.page.evaluate(f"() => {PANEL}.sessionContext.session.kernel.interrupt()")

    def restart_kernel(self) -> None:
        """Restart the kernel and wait until it is idle again."""
        self.page.evaluate(f"() => {PANEL}.sessionContext.session.kernel.restart()")
        self._wait_until_idle()

    # --- inside ------------------------------------------------------------------------------

    def _wait_until_ready(self) -> None:
        # The path is compared because JupyterLab shows its launcher first, and another notebook may be open.
        self.page.wait_for_function(
            f"name => window.jupyterapp && {PANEL}?.context?.path === name && {PANEL}.context.isReady"
            f" && {PANEL}.sessionContext.isReady",
            arg=self.name,
            timeout=60_000,
        )
        self._wait_until_idle()

    def _wait_until_idle(self) -> None:
        self.page.wait_for_function(
            f"() => {PANEL}.sessionContext.session?.kernel?.status === 'idle'"
            f" && {PANEL}.sessionContext.session.kernel.connectionStatus === 'connected'",
            timeout=60_000,
        )

    def _request(
        self, code: str, expression: str, timeout_ms: float | None = None
    ) -> dict[str, Any] | None:
        """Execute silently; return the reply's user expressions, or `None` where none came in time."""
        reply = self.page.evaluate(
            f"""async ([code, expression, timeoutMs]) => {{
                const kernel = {PANEL}.sessionContext.session.kernel;
                const request = {{code, silent: true, store_history: false, user_expressions: {{value: expression}}}};
                const future = kernel.requestExecute(request);
                const late = new Promise(resolve => timeoutMs && setTimeout(resolve, timeoutMs, null));
                return (await Promise.race([future.done, late]))?.content ?? null;
            }}""",
            [code, expression, timeout_ms],
        )
        if reply is None:
            return None
        assert reply["status"] == "ok", _ANSI.sub("", "\n".join(reply.get("traceback", [])))
        expressions: dict[str, Any] = reply["user_expressions"]
        return expressions

    def _note_console(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")

    def _note_error(self, error: Error) -> None:
        self.console.append(f"uncaught: {error}")


def _as_text(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return _joined(output["text"])
    if output["output_type"] == "error":
        return _ANSI.sub("", "\n".join(output["traceback"]))
    return _joined(output["data"].get("text/plain", ""))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
