"""How many streams of 10 fps at 640x480 this machine holds, beside Gradio; written into docs/scaling.md.

usage: python -m benchmarks.load [--sizes 1,2,4,8] [--seconds 6] [--print]

Simulated pages (a websocket each, no browser) send JPEGs to real kernels, one each, through a real Jupyter server;
simulated Gradio pages send the same JPEGs to a Gradio server. The number of users rises until neither keeps up: a
machine holds a number where everybody gets nearly all pictures and 95 of 100 results are less than 200 ms old. This
process shares the machine's processors; what it takes is told. About five minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.browser.lab import LabServer

from ..environments import NAMES, versions
from ..systems import EXTENSION, EXTENSION_SAYS, gradio_server
from .gradio_user import GradioUser
from .lane_user import LaneUser
from .ramp import Crowd, Found, measure
from .report import report, write_page
from .user import EVERY_S, pictures

SIZES = [1, 2, 4, 6, 8, 12, 16, 24, 28, 32, 36, 40, 48]


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="numbers of users")
    parser.add_argument("--seconds", type=float, default=6, help="that each number is watched")
    parser.add_argument("--print", action="store_true", help="write no page")
    arguments = parser.parse_args()
    found_versions = versions(["gradio"])  # makes the environment, before the first measurement
    jpegs = pictures()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        lanes = asyncio.run(_nbstream(Path(folder), jpegs, arguments))
    gradios = asyncio.run(_gradio(jpegs, arguments))
    text = report(lanes, gradios, found_versions, len(jpegs[0]))
    print(f"\n{text}")
    if not arguments.print:
        write_page(text)


async def _nbstream(folder: Path, jpegs: list[bytes], arguments: argparse.Namespace) -> list[Found]:
    lab = LabServer(folder / "lab", EXTENSION)
    try:
        if EXTENSION_SAYS[True] not in lab.log():
            raise RuntimeError("The server extension is not on")
        crowd = Crowd(lambda: LaneUser(lab.url, jpegs).open(), lab.process.pid)
        return await measure("nbstream", crowd, arguments.sizes, arguments.seconds)
    finally:
        lab.close()


async def _gradio(jpegs: list[bytes], arguments: argparse.Namespace) -> list[Found]:
    with gradio_server(EVERY_S) as (url, pid):
        crowd = Crowd(lambda: GradioUser(url, jpegs).open(), pid)
        return await measure(NAMES["gradio"], crowd, arguments.sizes, arguments.seconds)


def _sizes(text: str) -> list[int]:
    return sorted({int(one) for one in text.split(",")})


main()
