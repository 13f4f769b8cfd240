"""Two hosts besides JupyterLab, each with one short story; all others run with `make hosts`."""

from __future__ import annotations

import pytest

from .cells import results_of
from .conftest import OpenHost

# Starting a host takes its time on a busy machine.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(450)]

# Each change has the browser ask the server for the icon anew; some hosts change it with each message to the kernel.
WATCH_ICON = """() => {
    window.iconChanges = 0;
    const seen = new MutationObserver((changes) => { window.iconChanges += changes.length; });
    for (const icon of document.querySelectorAll("link[rel~='icon']")) seen.observe(icon, { attributes: true });
}"""


@pytest.mark.parametrize("host", ["Notebook", "marimo"])
def test_pictures_go_round_and_the_hosts_own_choice_is_an_input(open_host: OpenHost, host):
    screen = open_host(host)
    screen.go_live()
    screen.page.evaluate(WATCH_ICON)
    screen.choose_flip()
    # In marimo the choice runs the stream's cell again: the stream is replaced, and stays live.
    told = screen.diary.wait_for(lambda told: told["choice"] == "flip")
    before = results_of(told)
    screen.diary.wait_for(lambda told: told["status"] == "live" and results_of(told) > before)
    # Marimo's icon tells of the cell that has run; of pictures neither tells.
    if host == "Notebook":
        assert screen.page.evaluate("window.iconChanges") == 0
    screen.stop.click()
    screen.diary.wait_for(lambda told: told["status"] == "idle")
