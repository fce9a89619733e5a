"""How much a word of a question tells: its rarity in the folder, or, while that is small, in its
language.

In a folder of three files every subject is common, and BM25's idf says that it tells nothing. So a
small folder counts as if ordinary prose of the question's language made it up to a fixed number of
chunks. A larger folder is told by itself alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import exp, log

from assistant.text.languages.frequencies import zipf
from assistant.text.terms import stems

_ENOUGH_CHUNKS = 60
"""Chunks up to which prose is added; measured, see docs/decisions.md."""
_WORDS = 150
"""Words of a chunk."""
_RAREST = 2e-4
"""The share of chunks of prose that hold a word which no table lists."""


def inverse_frequency(containing: int, total: int, prose_share: float) -> float:
    """BM25's idf, ln(1 + (N - n + .5) / (n + .5)), with the missing chunks of prose added to both.

    ``prose_share`` is the share of chunks of ordinary prose that hold the word.
    """
    prose = max(0, _ENOUGH_CHUNKS - total)
    n = containing + prose * prose_share
    every = total + prose
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
