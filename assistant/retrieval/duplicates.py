"""Ranked passages → passages merged, limited by document, or in a reranker's order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from assistant.text.terms import shingles
from assistant.types import Passage


def fold_duplicates(passages: Sequence[Passage], threshold: float, limit: int) -> list[Passage]:
    """Keep the best of several near-duplicate passages; it records where the others are.

    Sameness is the Jaccard similarity of word 5-grams (Broder 1997) at or above ``threshold``.
    Stops when ``limit`` different passages are found.
    """
    kept: list[Passage] = []
    prints: list[frozenset[int]] = []
    told: set[int] = set()
    for passage in passages:
        mine = shingles(passage.text)
        twin = None
        if len(mine & told) >= threshold * len(mine):  # less can be no twin's of all together
            alike = (i for i, other in enumerate(prints) if _jaccard(mine, other) >= threshold)
            twin = next(alike, None)
        if twin is None:
            if len(kept) == limit:
                break
            kept.append(passage)
            prints.append(mine)
            told |= mine
        elif passage.document not in (kept[twin].document, *kept[twin].duplicates):
            original = kept[twin]
            kept[twin] = replace(original, duplicates=(*original.duplicates, passage.document))
    return kept


def cap_documents(passages: Sequence[Passage], limit: int, max_share: float) -> list[Passage]:
    """The first ``limit`` passages, with at most ``share`` of them from one document.

    If the other documents have too few passages, the rest comes from the limited document.
    """
    most = max(1, int(limit * max_share))
    counts: Counter[str] = Counter()
    chosen: list[Passage] = []
    waiting: list[Passage] = []
    for passage in passages:
        if len(chosen) == limit:
            break
        if counts[passage.document] < most:
            counts[passage.document] += 1
            chosen.append(passage)
        else:
            waiting.append(passage)
    chosen.extend(waiting[: limit - len(chosen)])
    return sorted(chosen, key=lambda p: (-p.score, p.document, p.start))


def reorder(passages: Sequence[Passage], relevance: Sequence[float]) -> list[Passage]:
    """Passages sorted by a reranker's relevance (stable), which is stored under ``reranker``.

    The retrieval scores are kept and reassigned in the new order, because the confidence was
    fitted on their scale.
    """
    order = sorted(range(len(passages)), key=lambda at: (-relevance[at], at))
    scores = sorted((passage.score for passage in passages), reverse=True)
    return [
        replace(
            passages[at],
            score=score,
            scores={**passages[at].scores, "reranker": round(relevance[at], 6)},
        )
        for at, score in zip(order, scores, strict=True)
    ]


def _jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    smaller, larger = sorted((len(a), len(b)))
    if not larger or smaller / larger < 0.5:
        return 0.0
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)
