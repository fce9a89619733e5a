"""What a short reply of a model says, held against what was said before. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from rapidfuzz import fuzz, process

_ODD = re.compile(r"\[\^?\d|【\d|https?:|www\.|[<>{}|`]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SAME_WORD = 80.0
"""Likeness of two spellings of one word, as rapidfuzz counts."""


def is_odd(line: str) -> bool:
    """Whether a line holds what no plain sentence does: a marker, an address, code."""
    return _ODD.search(line) is not None


def adds_numbers(line: str, known: str) -> bool:
    """Whether a line has a number that what is known has not."""
    return not set(_NUMBER.findall(line)) <= set(_NUMBER.findall(known))


def holds_word(words: Collection[str], wanted: str) -> bool:
    """Whether a word is among others, in a like spelling."""
    if wanted in words:
        return True
    like = process.extractOne(wanted, words, scorer=fuzz.ratio, score_cutoff=_SAME_WORD)
    return like is not None


def plain_words(text: str) -> str:
    """The words of a text, in small letters, without its signs."""
    return " ".join(re.findall(r"\w+", text.casefold()))
