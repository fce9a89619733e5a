"""A language → how much of its ordinary prose holds each common term."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import exp

from assistant.text.folding import fold
from assistant.text.languages.frequencies import zipf
from assistant.text.terms import stem, stems

RAREST = 2e-4
"""The share of chunks of prose that hold a word which no table lists."""
_WORDS = 150
"""Words of a chunk."""


@lru_cache(maxsize=8)
def prose_shares(code: str) -> Mapping[str, float]:
    """Each common term → the share of chunks of prose that hold it."""
    counts: dict[str, float] = {}
    common = zipf(code)
    made: Iterable[list[str]]
    if code == "en":  # all at once, in a tenth of the time: each is one word
        made = ([term] for term in stem(map(fold, common)))
    else:
        made = (stems(word, code) for word in common)
    for found, value in zip(made, common.values(), strict=True):
        for term in found:
            counts[term] = counts.get(term, 0.0) + 10**value
    return {term: 1.0 - exp(-_WORDS * count / 1e9) for term, count in counts.items()}
