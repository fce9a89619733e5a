"""What ``benchmarks.peers`` has measured, kept in a file from run to run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Sizes = dict[int, dict[str, Any]]
NAMES = {
    "assistant": "the assistant",
    "llama_index": "LlamaIndex",
    "langchain": "LangChain",
    "haystack": "Haystack",
    "limit": "the limit: Chroma and tantivy on ready input",
}
PEERS = ("llama_index", "langchain", "haystack")
THREADS = 16
"""That ask at once."""


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


def ratios(found: dict[str, Any]) -> dict[str, float]:
    """What the goals speak of, at one size."""
    parts = found["parts"]
    ours, limit = parts["assistant"], parts["limit"]
    peers = [part for part in PEERS if part in parts]
    return {
        **{f"ingest against {NAMES[p]}": parts[p]["seconds"] / ours["seconds"] for p in peers},
        "ingest against the limit": ours["seconds"] / limit["seconds"],
        "ingest against the limit and its imports": ours["seconds"]
        / (limit["seconds"] + limit.get("imports", 0.0)),
        "memory against the leanest peer": ours["peak"] / min(parts[p]["peak"] for p in peers),
        "query, fused and deduplicated, against the limit": ours["fused_p50"] / limit["p50"],
        "query as it comes, read closely too, against the limit": ours["p50"] / limit["p50"],
    }
