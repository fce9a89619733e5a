"""Sentences beside an answer that hold no value of the kind which is asked for. Pure.

"How many days were left?" is told by "seven days"; what else shares the question's words stands in
the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.picks import Pick
from assistant.retrieval.question import Question

_VALUES = frozenset({"person", "place", "date", "number", "amount"})
_HOLDS, _READ = 0.7, 0.0
"""From what on a sentence holds a value of the kind, and a reader holds it for the answer."""


def without_idle(question: Question, chosen: Sequence[Pick]) -> list[Pick]:
    """The sentences without those that hold no value of the kind asked for, where one holds such a
    value and a reader holds it for the answer; all where something else is asked for. The best one
    stays in any case."""
    if question.kinds[0] not in _VALUES or len(chosen) < 2:
        return list(chosen)
    held = [pick.features.kind for pick in chosen if _is_read(pick)]
    most = max(held, default=0.0)
    if most < _HOLDS:
        return list(chosen)
    best = max(chosen, key=lambda pick: pick.order)  # "Her sister wrote it" names a person too
    return [
        pick for pick in chosen
        if pick is best or pick.features.kind >= most or pick.read.span >= _READ
    ]  # fmt: skip


def _is_read(pick: Pick) -> bool:
    return pick.row is None and pick.read.span >= _READ and pick.read.answerable > 0.0
