"""What ``benchmarks.peers`` has measured, kept in a file from run to run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Sizes = dict[int, dict[str, Any]]


@dataclass(slots=True)
class Results:
    """The parts side by side and our growth, by size; and the seconds of starts by name."""

    path: Path | None
    compared: Sizes = field(default_factory=dict)
    grown: Sizes = field(default_factory=dict)
    started: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path | None) -> Results:
        """What an earlier run has kept there."""
        if path is None or not path.exists():
            return cls(path)
        compared, grown, *more = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            path,
            {int(size): found for size, found in compared.items()},
            {int(size): found for size, found in grown.items()},
            more[0] if more else {},
        )

    def keep(self) -> None:
        """Keep all for a later run."""
        if self.path is not None:
            parts = [self.compared, self.grown, self.started]
            self.path.write_text(json.dumps(parts), encoding="utf-8")
