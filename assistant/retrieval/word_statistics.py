"""Inverse document frequency: the rarity of a word in the folder and, if that is small, in its
language.

In a folder of three files every subject is common, so plain idf gives it no weight. A small
folder is therefore filled up to a fixed number of chunks with ordinary prose of the question's
language. A larger folder uses its own counts only.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from assistant.index.snapshot import Snapshot
from assistant.text.prose import RAREST

_ENOUGH_CHUNKS = 60
"""Chunks up to which prose is added; measured, see docs/decisions.md."""


def inverse_frequency(containing: int, total: int, prose_share: float) -> float:
    """BM25's idf, ln(1 + (N - n + .5) / (n + .5)), with the missing chunks of prose added to both.

    ``prose_share`` is the share of chunks of ordinary prose that hold the word.
    """
    prose = max(0, _ENOUGH_CHUNKS - total)
    n = containing + prose * prose_share
    every = total + prose
    return log(1 + max(0.0, every - n + 0.5) / (n + 0.5))


def inverse_document_frequency(snapshot: Snapshot, term: str, prose: Mapping[str, float]) -> float:
    """A term's idf over the chunks of an index, and of ``prose`` in the question's language.

    A term that no chunk holds is as rare as its language tells, at most: a folder that never says
    "film" knows nothing of how much the word tells apart, and would count it above every name.

    An index of an earlier version counts removed chunks too, until its next ingest: then no more
    than there are.
    """
    total = len(snapshot.words)
    containing = min(total, snapshot.words.document_frequency(term))
    found = inverse_frequency(containing, total, prose.get(term, RAREST))
    if containing:
        return found
    return min(found, -log(prose.get(term, RAREST)))
