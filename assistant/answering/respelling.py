"""Corrects a question's misspelt names to the passages' spelling, for the neural reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from assistant.text.folding import fold_case
from assistant.types import Passage

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 6
_SLIPS_OF_LONG, _LONG = 2, 8
"""Letters that may differ: one, in longer words two."""


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae"})


def _plain(word: str) -> str:
    """A word without accents, as an English keyboard types it."""
    return fold_case(unicodedata.normalize("NFC", word).lower().translate(_UMLAUTS))


def respelt(text: str, passages: Sequence[Passage]) -> str:
    """The text with each word that no passage has replaced by the one of theirs that it misspells.

    Only longer words, with the same first letter: short ones have many neighbours by chance.
    """
    known: dict[str, str] = {}
    for passage in passages:
        for word in _WORD.findall(f"{passage.title} {passage.text}"):
            known.setdefault(_plain(word), word)

    def spelt(match: re.Match[str]) -> str:
        word = match.group()
        own = _plain(word)
        if own in known:
            return known[own] if known[own].lower() != word.lower() else word
        if len(own) < _SHORTEST:
            return word
        most = _SLIPS_OF_LONG if len(own) >= _LONG else 1
        near = (
            (OSA.distance(own, other, score_cutoff=most), other)
            for other in known
            if abs(len(other) - len(own)) <= most and other[:1] == own[:1]
        )
        best = min(near, default=(most + 1, ""))
        return known[best[1]] if best[0] <= most else word

    return _WORD.sub(spelt, text)
