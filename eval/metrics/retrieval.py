"""How well passages cover the evidence, judged by spans and not by chunk ids.

A piece of evidence is *found* at the first rank at which the passages so far hold every
character of one of its occurrences (white space apart): a sentence torn over two chunks counts
once both are there. Evidence of relevance 2 is needed for a right answer, relevance 1 is a
second place that says the same. An empty retrieval scores 0; no evidence at all gives ``None``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from assistant.studying.stated import normalise
from assistant.types import Passage
from eval.questions import NEEDED
from eval.spans import Place, Span, covers, length, merged, overlap

Ranks = tuple[int | None, ...]
"""For each piece of evidence the rank (from 1) at which it was found, or ``None``."""


def found_ranks(
    places: Sequence[Place], passages: Sequence[Passage], texts: Mapping[str, str]
) -> Ranks:
    """The rank at which each piece of evidence was found; ``texts`` maps document → text."""
    return tuple(_rank(place, passages, texts.get(place.document, "")) for place in places)


def _rank(place: Place, passages: Sequence[Passage], text: str) -> int | None:
    held: list[Span] = []
    for rank, passage in enumerate(passages, 1):
        if place.document in passage.duplicates:
            if normalise(place.quote) in normalise(passage.text):
                return rank
        elif passage.document == place.document:
            held.append((passage.start, passage.end))
            if any(covers(held, span, text) for span in place.spans):
                return rank
    return None


def recall_at(ranks: Ranks, relevances: Sequence[int], k: int) -> float | None:
    """Share of the needed evidence found among the first ``k`` passages."""
    _check(k)
    needed = [rank for rank, grade in zip(ranks, relevances, strict=True) if grade >= NEEDED]
    if not needed:
        return None
    return sum(1 for rank in needed if rank is not None and rank <= k) / len(needed)


def hit_at(ranks: Ranks, k: int) -> float | None:
    """1 when any evidence is among the first ``k`` passages, else 0."""
    _check(k)
    if not ranks:
        return None
    return float(any(rank is not None and rank <= k for rank in ranks))


def reciprocal_rank_at(ranks: Ranks, k: int) -> float | None:
    """1 / rank of the first passage that completes any evidence, 0 beyond ``k``."""
    _check(k)
    if not ranks:
        return None
    first = min((rank for rank in ranks if rank is not None and rank <= k), default=None)
    return 0.0 if first is None else 1.0 / first


def gains(ranks: Ranks, relevances: Sequence[int], passages: int) -> list[float]:
    """The ranking as a list of gains. A passage that brings several new pieces takes as many
    places, best first, and one that brings none takes one place with gain 0, so that no order
    can beat the ideal."""
    listed: list[float] = []
    for rank in range(1, passages + 1):
        new = [grade for at, grade in zip(ranks, relevances, strict=True) if at == rank]
        listed.extend(float(grade) for grade in sorted(new, reverse=True))
        if not new:
            listed.append(0.0)
    return listed


def ndcg_at(listed: Sequence[float], gold: Sequence[float], k: int) -> float | None:
    """nDCG with linear gain and log2(1 + place) (Järvelin & Kekäläinen 2002, as trec_eval).

    The ideal is taken over *all of the gold*, not over what was retrieved, and cut at ``k``: a
    perfect ranking is 1 also when the gold has fewer than ``k`` entries.
    """
    _check(k)
    ideal = _dcg(sorted(gold, reverse=True)[:k])
    return _dcg(listed[:k]) / ideal if ideal > 0 else None


def _dcg(listed: Sequence[float]) -> float:
    return sum(gain / math.log2(1 + place) for place, gain in enumerate(listed, 1))


def density_at(places: Sequence[Place], passages: Sequence[Passage], k: int) -> float | None:
    """Share of the first ``k`` passages' characters that are evidence."""
    _check(k)
    if not places:
        return None
    gold: dict[str, list[Span]] = {}
    for place in places:
        gold.setdefault(place.document, []).extend(place.spans)
    shown: dict[str, list[Span]] = {}
    for passage in passages[:k]:
        shown.setdefault(passage.document, []).append((passage.start, passage.end))
    total = sum(length(spans) for spans in shown.values())
    if not total:
        return 0.0
    hit = sum(overlap(merged(spans), gold.get(name, [])) for name, spans in shown.items())
    return hit / total


def _check(k: int) -> None:
    if k < 1:
        raise ValueError(f"k = {k}: a cut-off counts from 1")
