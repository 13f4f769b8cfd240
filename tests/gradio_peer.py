"""The real Gradio, asked by `test_gradio_peer.py`: runs in an environment of its own, job in, answer out, as JSON.

It calls the functions of the scripts as Gradio's server does for a page: a file of each picture or piece of sound in,
files and values out.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import io
import json
import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any

import gradio
from gradio.state_holder import SessionState
from PIL import Image


def signatures(names: list[str]) -> dict[str, Any]:
    """Arguments with their defaults, by name: of classes, functions and methods (`Blocks.launch`)."""
    return {name: _arguments(name) for name in names}


def _arguments(name: str) -> dict[str, str]:
    thing = gradio
    for part in name.split("."):
        thing = getattr(thing, part)
    function = inspect.unwrap(thing.__init__ if inspect.isclass(thing) else thing)
    parameters = inspect.signature(function).parameters.values()
    return {
        one.name: "required" if one.default is one.empty else repr(one.default)
        for one in parameters
        if one.name != "self" and one.kind is not one.VAR_KEYWORD
    }


def events(names: list[str]) -> dict[str, list[str]]:
    """The events of components."""
    return {name: [str(one) for one in getattr(gradio, name).EVENTS] for name in names}


def listener() -> dict[str, str]:
    """The arguments of an event."""
    with gradio.Blocks():
        parameters = inspect.signature(gradio.Image().stream).parameters.values()
    return {one.name: repr(one.default) for one in parameters}


def run(path: str, calls: list[dict[str, Any]]) -> dict[str, Any]:
    """Run a script and its stream's function; what it says of itself, and what comes of each call."""
    demo = runpy.run_path(path)["demo"]
    dependency = next(iter(demo.fns.values()))
    state = SessionState(demo)
    answers = [_call(demo, dependency, state, call) for call in calls]
    return {"meaning": _meaning(dependency), "answers": answers}


def _meaning(dependency: Any) -> dict[str, Any]:
    limit = dependency.concurrency_limit
    return {
        "events": sorted({name for _, name in dependency.targets}),
        "stream_every": dependency.stream_every,
        "time_limit": dependency.time_limit,
        "concurrency_limit": 1 if limit == "default" else limit,
        "trigger_mode": dependency.trigger_mode,
        "inputs": [_component(one) for one in dependency.inputs],
        "outputs": [_component(one) for one in dependency.outputs],
    }


def _component(one: Any) -> list[Any]:
    value = None if isinstance(one, gradio.State) else one.value
    return [type(one).__name__, getattr(one, "label", None), value]


def _call(demo: Any, dependency: Any, state: SessionState, call: dict[str, Any]) -> dict[str, Any]:
    cache = Path(dependency.inputs[0].GRADIO_CACHE)
    cache.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=cache)) / f"captured.{call['suffix']}"
    path.write_bytes(base64.b64decode(call["captured"]))
    captured = {"path": str(path), "meta": {"_type": "gradio.FileData"}}
    inputs = [captured, *call["others"]]
    result = asyncio.run(demo.process_api(dependency, inputs, state=state))
    shown = [
        _shown(one, value) for one, value in zip(dependency.outputs, result["data"], strict=True)
    ]
    states = [state[one._id] for one in dependency.inputs if isinstance(one, gradio.State)]
    return {"shown": shown, "states": states}


def _shown(component: Any, value: Any) -> Any:
    if isinstance(value, dict) and value.get("__type__") == "update":
        value = value["value"]
    if isinstance(component, gradio.Label):
        return {one["label"]: one["confidence"] for one in value["confidences"]}
    if isinstance(component, gradio.Image):
        kept = io.BytesIO()
        Image.open(value["path"]).convert("RGB").save(kept, "png")
        return base64.b64encode(kept.getvalue()).decode()
    return value


if __name__ == "__main__":
    job = json.load(sys.stdin)
    answer = {
        "version": gradio.__version__,
        "signatures": signatures(job["signatures"]),
        "names": [one for one in gradio.__all__ if not one.startswith("_")],
        "events": events(job["events"]),
        "listener": listener(),
        "runs": {path: run(path, calls) for path, calls in job["runs"].items()},
    }
    json.dump(answer, sys.stdout)
