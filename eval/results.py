"""The outcome of one question: what was said, how it scored. Plain data, one line of JSON.

A line holds no times and no fingerprints of a machine, so two runs of the same assistant on the
same documents give the same bytes. Floats are rounded to six places before they are compared.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from eval.errors import InvalidComparisonError

AnswerOutcome = Literal["answered", "refused", "error"]

PLACES = 6


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation's marker and place; its quote stands in the run's answers."""

    marker: int
    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Result:
    """One answer to one question in one repeat.

    ``correct`` is ``None`` for an error: what could not be asked is neither right nor wrong.
    ``measures`` maps a metric's name to its value; one that does not apply is ``None`` or
    absent, never 0.
    ``funnel`` tells how far needed evidence came: retrieved, used, cited, correct. ``ranks``
    holds for each piece of evidence the rank at which it was found, or ``None``.
    """

    id: str
    fingerprint: str
    repeat: int
    type: str
    tags: tuple[str, ...]
    cluster: str
    severity: str
    expect: str
    outcome: AnswerOutcome
    correct: bool | None
    question: str = ""
    text: str = ""
    reason: str = ""
    error: str = ""
    confidence: float = 0.0
    facts_hit: tuple[str, ...] = ()
    facts_lost: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    ungrounded_numbers: tuple[str, ...] = ()
    citations: tuple[Cited, ...] = ()
    passages: int = 0
    ranks: tuple[int | None, ...] = ()
    funnel: tuple[bool, ...] = ()
    measures: Mapping[str, float | None] = field(default_factory=dict)
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None


def to_line(result: Result) -> str:
    """One line of JSON, keys in a fixed order. Raises ``ValueError`` for NaN or infinity."""
    data = asdict(result)
    measures = {name: _rounded(value) for name, value in result.measures.items()}
    data["measures"] = {name: value for name, value in measures.items() if value is not None}
    data["confidence"] = _rounded(result.confidence)
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_line(line: str) -> Result:
    """The ``Result`` of a line. Raises ``InvalidComparisonError`` for anything else."""
    try:
        data: dict[str, Any] = json.loads(line)
        for key in ("tags", "facts_hit", "facts_lost", "forbidden", "ungrounded_numbers"):
            data[key] = tuple(data[key])
        data["funnel"] = tuple(bool(step) for step in data["funnel"])
        data["citations"] = tuple(Cited(**each) for each in data["citations"])
        data["ranks"] = tuple(data["ranks"])
        return Result(**data)
    except (ValueError, TypeError, KeyError) as exc:
        raise InvalidComparisonError(
            f"A line of results.jsonl cannot be read: {exc}", hint="run the evaluation anew"
        ) from exc


def _rounded(value: float | None) -> float | None:
    if value is None:
        return None
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a measure: say None where a metric does not apply")
    return round(value, PLACES)
