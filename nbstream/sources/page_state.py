"""What the pages are told of a source: its own facts and its streams, drawn together into one `state`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..protocol.from_page import GONE_AFTER_S, MAX_LOG_LINES, Status
from ..protocol.to_page import ErrorContent, NumbersContent, SourceContent

if TYPE_CHECKING:
    from ..streams.binding import StreamBinding

UNSEEN_AFTER_S = 20.0
LIVELIEST: tuple[Status, ...] = ("live", "waiting", "asking", "paused", "failed", "idle")


class SourceFacts(NamedTuple):
    """What a source itself knows.

    `failure` is why the camera failed while no stream was there to say so; `has_guests`, whether it
    shows the results of another source's stream. `why_off`: a sentence, where the camera went off though
    nobody stopped it. `note`: a sentence for the person.
    """

    source: object
    device: str
    is_sound: bool
    run: int
    wanted: bool
    owner: str | None
    camera_is_on: bool
    waits_for_kernel: bool
    failure: str | None
    why_off: str | None
    has_guests: bool
    stream_every_unbound_s: float
    note: str | None = None
    shows_stats: bool = False


def status_of(facts: SourceFacts, bindings: Sequence[StreamBinding]) -> Status:
    """The liveliest status of the streams; of the camera alone, where there is no stream."""
    if bindings:
        statuses = {binding.current_status for binding in bindings}
        status = next(status for status in LIVELIEST if status in statuses)
        # Another page, or another device, is asked for its camera; the streams wait for it as they are.
        away = status in ("live", "waiting") and not facts.camera_is_on
        return "asking" if away else status
    if facts.failure is not None:
        return "failed"
    if not facts.wanted:
        return "idle"
    return "live" if facts.camera_is_on else "asking"


def state_of(facts: SourceFacts, bindings: Sequence[StreamBinding], index: int) -> SourceContent:
    """What a page must know of any source, as `docs/protocol.md` lists it."""
    status = status_of(facts, bindings)
    shown = _shown_binding(bindings)
    place = None if shown is None else shown.life.slot.place()
    log = [line for binding in bindings for line in binding.log.lines()]
    return {
        "index": index,
        "run": facts.run,
        "wanted": facts.wanted,
        "owner": facts.owner,
        "status": status,
        "note": _note(facts, bindings),
        "time_limit_s": None if shown is None else shown.plan.options["time_limit"],
        "remaining_s": None if shown is None else _remaining_s(shown),
        "clock_running": shown is not None and shown.life.limit.running,
        "queue_position": None if place is None else place.ahead,
        "queue_wait_s": None if place is None else place.wait_s,
        "stream_every_s": _stream_every_s(facts, bindings),
        "shows_result": _shows_result(facts, bindings),
        "can_resume": status == "paused",
        "captures_waiting": _captures_waiting(bindings),
        "is_frozen": shown is not None and shown.is_frozen,
        "stats": _numbers(shown) if facts.shows_stats else None,
        "error": _shown_error(facts, bindings),
        "log": log[-MAX_LOG_LINES:],
        "progress": next((one for one in _shares(bindings) if one is not None), None),
    }


def _remaining_s(binding: StreamBinding) -> float | None:
    with binding.life.lock:
        return binding.life.limit.remaining_s()


def _shown_binding(bindings: Sequence[StreamBinding]) -> StreamBinding | None:
    """The liveliest stream; of several, the one whose clock ends first."""

    def urgency(binding: StreamBinding) -> tuple[int, float]:
        remaining_s = _remaining_s(binding)
        ends_in_s = float("inf") if remaining_s is None else remaining_s
        return LIVELIEST.index(binding.current_status), ends_in_s

    return min(bindings, key=urgency, default=None)


def unseen_words(device: str) -> str:
    """Why a device is off whose widget nobody could see."""
    return f"The {device} was out of sight for {UNSEEN_AFTER_S:.0f} s and went off. With run_hidden=True it stays on."


def stood_still_words(device: str) -> str:
    """Why a device is off whose kernel was stopped, or whose Python did nothing else for so long."""
    return f"The kernel stood still for {GONE_AFTER_S:.0f} s or more, and the {device} went off. Resume goes on."


def _note(facts: SourceFacts, bindings: Sequence[StreamBinding]) -> str | None:
    if facts.wanted and facts.owner is None:
        return f"Show the widget in a cell to start the {facts.device}."
    if facts.wanted and facts.waits_for_kernel:
        return "The kernel is busy; the stream goes on when it is free again."
    if facts.why_off is not None and not facts.wanted:
        return facts.why_off
    if facts.note is not None:
        return facts.note
    if not bindings:
        return None
    from ..streams.telling import note_of  # where there is a stream, it is there

    notes = (one.notices.shown() or note_of(one.life) for one in bindings)
    return next((note for note in notes if note is not None), None)


def _shares(bindings: Sequence[StreamBinding]) -> Iterator[float | None]:
    return (one.notices.share for one in bindings)


def _stream_every_s(facts: SourceFacts, bindings: Sequence[StreamBinding]) -> float:
    live = [binding for binding in bindings if binding.current_status == "live"]
    plans = [binding.plan for binding in live or bindings]
    every_s = (one.sound_every_s if facts.is_sound else one.stream_every_s for one in plans)
    return min(every_s, default=facts.stream_every_unbound_s)


def _captures_waiting(bindings: Sequence[StreamBinding]) -> int | None:
    pressed = [one for one in bindings if one.plan.options["on"] == "capture"]
    return max((one.intake.waiting_presses for one in pressed), default=None)


def _numbers(binding: StreamBinding | None) -> NumbersContent | None:
    if binding is None:
        return None
    stats = binding.stats
    counts = stats["counts"]
    return {
        "fps": stats["fps"],
        "legs_ms": {name: leg["p50"] for name, leg in stats["legs_ms"].items()},
        "superseded": counts.get("superseded", 0),
        "bytes_up": counts.get("bytes_up", 0),
        "bytes_down": counts.get("bytes_down", 0),
    }


def _shows_result(facts: SourceFacts, bindings: Sequence[StreamBinding]) -> bool:
    outputs = (port for binding in bindings for port in binding.plan.outputs)
    return facts.has_guests or any(port.key is facts.source for port in outputs)


def _shown_error(facts: SourceFacts, bindings: Sequence[StreamBinding]) -> ErrorContent | None:
    if facts.failure is not None:
        return {"text": facts.failure, "count": 1}
    errors = [error for one in bindings if (error := one.life.errors.newest) is not None]
    return {"text": errors[-1].text, "count": errors[-1].count} if errors else None
