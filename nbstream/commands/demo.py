"""demo: write a first notebook and open it in JupyterLab."""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

NAME = "nbstream_demo.ipynb"
CELL = """\
import nbstream as nbs


def colours(frame, strength=1.0, turn=["no", "left to right", "upside down"]):
    frame = frame[:, ::-1] if turn == "left to right" else frame[::-1] if turn == "upside down" else frame
    grey = frame.mean(axis=2, keepdims=True)
    return (grey + (frame - grey) * strength).clip(0, 255).astype("uint8")


nbs.interact(colours, frame=nbs.Webcam(device="synthetic"), strength=(0.0, 3.0))
"""
TEXT = "Run the cell below, then press **Start**. For your own camera choose it in the list beside Start."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked."""
    parser.add_argument("--folder", type=Path, default=Path(), help="where the notebook goes")
    parser.add_argument("--write-only", action="store_true", help="do not open JupyterLab")


def run(options: argparse.Namespace) -> int:
    """Write the notebook, unless it is there, and run JupyterLab until it is ended."""
    path = options.folder / NAME
    if path.exists():
        print(f"{path} is there already and stays as it is.")
    else:
        path.write_text(json.dumps(_notebook(), indent=1), "utf-8")
        print(f"{path} was written.")
    if options.write_only:
        return 0
    if importlib.util.find_spec("jupyterlab") is None:
        print('JupyterLab is not installed: pip install "nbstream[demo]".', file=sys.stderr)
        return 1
    return subprocess.run([sys.executable, "-m", "jupyterlab", str(path)]).returncode


def _notebook() -> dict[str, object]:
    python = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": python},
        "cells": [
            {"id": "text", "cell_type": "markdown", "metadata": {}, "source": TEXT},
            {
                "id": "code",
                "cell_type": "code",
                "metadata": {},
                "source": CELL,
                "execution_count": None,
                "outputs": [],
            },
        ],
    }
