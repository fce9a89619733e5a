"""How hard a question is by its words: the share of them that stands in its evidence. Pure.

A question that repeats its evidence is found by words alone; one that shares few is hard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from assistant.text.terms import content_terms
from eval.questions import NEEDED, EvalQuestion

Hardness = Literal["easy", "middle", "hard"]
LEVELS: tuple[Hardness, ...] = ("easy", "middle", "hard")


def shared_words(question: EvalQuestion) -> float | None:
    """Share of the question's content terms that its evidence holds; ``None`` without evidence."""
    told = {
        term
        for each in question.evidence
        if each.relevance >= NEEDED
        for term in content_terms(each.quote)
    }
    asked = set(content_terms(question.question))
    return len(asked & told) / len(asked) if told and asked else None


def hardness(questions: Sequence[EvalQuestion]) -> Mapping[str, Hardness]:
    """Question id → its third of the set, by ``shared_words``; equal shares get one label."""
    shares = {q.id: share for q in questions if (share := shared_words(q)) is not None}
    ordered = sorted(shares.values(), reverse=True)
    count = len(ordered)
    labels: dict[str, Hardness] = {}
    for name, share in shares.items():
        before = ordered.index(share)
        labels[name] = LEVELS[min(2, before * 3 // count)]
    return labels
