"""How much a word of a question tells: its rarity in the folder, blended with that in its language.

In a folder of three files every subject is common, and BM25's idf says that it tells nothing. So
the folder counts as if a fixed number of chunks of ordinary prose stood beside its own: a small
folder is told by its language, a large one by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import exp, log

from assistant.text.languages.frequencies import zipf
from assistant.text.terms import stems

_PROSE_CHUNKS = 200
"""Chunks of ordinary prose beside the folder's own; measured, see docs/decisions.md."""
_WORDS = 150
"""Words of a chunk."""
_RAREST = 2e-4
"""The share of chunks of prose that hold a word which no table lists."""


def inverse_frequency(containing: int, total: int, prose_share: float) -> float:
    """BM25's idf, ln(1 + (N - n + .5) / (n + .5)), with the chunks of prose added to both."""
    n = containing + _PROSE_CHUNKS * prose_share
    every = total + _PROSE_CHUNKS
    return log(1 + max(0.0, every - n + 0.5) / (n + 0.5))


def prose_share(term: str, code: str) -> float:
    """The share of chunks of ordinary prose of a language that hold a term."""
    return _shares(code).get(term, _RAREST)


@lru_cache(maxsize=8)
def _shares(code: str) -> Mapping[str, float]:
    """Each common term → the chance that one of a chunk's words is it."""
    counts: dict[str, float] = {}
    common = zipf(code)
    for word, value in common.items():
        for term in stems(word, code):
            counts[term] = counts.get(term, 0.0) + 10**value
    return {term: 1.0 - exp(-_WORDS * count / 1e9) for term, count in counts.items()}
