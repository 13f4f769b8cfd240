"""Draws the picture of docs/performance.md: latency, ours by leg, and frames per second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .observe import Observation
from .report import LEGS
from .results import Results

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "performance.png"
NAMES = {
    "floor": "floor\n(bare websocket)",
    "nbstream": "nbstream",
    "nbstream-stock": "nbstream\n(stock server)",
    "gradio": "Gradio",
    "fastrtc": "FastRTC",
}
PLAIN, OURS, REST = "#9aa5b1", "#e07b00", "#d5dae0"


def draw(results: Results, picture: Path = PICTURE) -> None:
    """Draw what was found at 640x480, 30 frames/s; nothing if that was not measured."""
    found = results.observations.get("identity30", {})
    if not found:
        return
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (latency, rate) = plt.subplots(
        1, 2, figsize=(9, 3.4), width_ratios=[2, 1], sharey=True, layout="constrained"
    )
    names = [NAMES.get(system, system) for system in found]
    for y, one in enumerate(found.values()):
        _draw_latency(latency, y, one)
    latency.set_yticks(range(len(names)), names)
    latency.invert_yaxis()
    latency.set_xlim(0, 1.2 * latency.get_xlim()[1])
    latency.set_title("latency in ms: median, line to p95", fontsize=10)
    latency.legend(fontsize=7, loc="best", frameon=False)
    colors = [OURS if system.startswith("nbstream") else PLAIN for system in found]
    rate.barh(range(len(names)), [one.fps for one in found.values()], color=colors)
    for y, one in enumerate(found.values()):
        rate.text(one.fps, y, f" {one.fps:.1f}", va="center", fontsize=8)
    rate.set_title("frames per second (asked: 30)", fontsize=10)
    rate.set_xlim(0, 36)
    for axes in (latency, rate):
        axes.spines[["top", "right"]].set_visible(False)
    picture.parent.mkdir(exist_ok=True)
    # Without the metadata the same numbers give the same file.
    figure.savefig(picture, dpi=110, metadata={"Software": None})
    plt.close(figure)


def split(found: Observation) -> dict[str, float]:
    """Divide the median latency into legs; "camera, screen" is what the stream itself does not see.

    Medians of legs need not add up: where they are more than the whole, they are shortened alike.
    """
    p50_ms = found.p50_ms or 0.0
    parts = {leg: found.legs_ms[leg]["p50"] for leg in LEGS[:-1] if leg in found.legs_ms}
    whole_ms = sum(parts.values())
    shrink = min(1.0, p50_ms / whole_ms) if whole_ms else 1.0
    parts = {leg: took_ms * shrink for leg, took_ms in parts.items()}
    return {**parts, "camera, screen": max(0.0, p50_ms - sum(parts.values()))}


def _draw_latency(axes: Any, y: int, found: Observation) -> None:
    p50_ms, p95_ms = found.p50_ms or 0.0, found.p95_ms or 0.0
    if found.legs_ms:
        import matplotlib

        colors = matplotlib.colormaps["tab10"]
        labelled = axes.get_legend_handles_labels()[1]
        left_ms = 0.0
        for leg, took_ms in split(found).items():
            color = colors(LEGS.index(leg)) if leg in LEGS else REST
            label = None if leg in labelled else leg
            axes.barh(y, took_ms, left=left_ms, color=color, label=label)
            left_ms += took_ms
    else:
        axes.barh(y, p50_ms, color=PLAIN)
    axes.plot([p50_ms, p95_ms], [y, y], color="#333333", linewidth=1)
    axes.text(max(p50_ms, p95_ms), y, f" {p50_ms:.0f} (p95: {p95_ms:.0f})", va="center", fontsize=8)
