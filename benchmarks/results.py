"""What one run found, and the file that keeps it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .observe import Observation


@dataclass
class Results:
    """Observations by row and system, single numbers by name, and what was measured on what."""

    observations: dict[str, dict[str, Observation]] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def note(self, row: str, system: str, found: Observation) -> None:
        """Add an observation."""
        self.observations.setdefault(row, {})[system] = found

    def get(self, row: str, system: str) -> Observation | None:
        """Return an observation; None if this run has none."""
        return self.observations.get(row, {}).get(system)

    def save(self, path: Path) -> None:
        """Write all of it."""
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> Results:
        """Read what `save` wrote."""
        content = json.loads(path.read_text())
        for systems in content["observations"].values():
            for name, found in systems.items():
                size_px = found["size_px"] and tuple(found["size_px"])
                systems[name] = Observation(**{**found, "size_px": size_px})
        return cls(**content)
