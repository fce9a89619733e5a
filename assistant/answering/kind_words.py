"""Finds values of the expected answer type in sentences of languages other than English.

Pure; the words are those of the language's data file. English has patterns of its own, with which
the weights were fitted.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.text.folding import fold
from assistant.text.languages import language
from assistant.text.terms import stems

_WITHOUT_CAPITALS = frozenset({"ar", "he", "hi", "ja", "ko", "th", "zh"})


def has_capitals(code: str) -> bool:
    """Whether names are written with capital letters."""
    return code not in _WITHOUT_CAPITALS


def has_time(text: str, code: str) -> bool:
    """Whether a month, a day, a season or another time is named in words, in any form of them."""
    known = language(code)
    named = (each for each in (*known.times, *known.months) if each not in known.function)
    return _has_word(text, code, tuple(named))


def has_number_word(text: str, code: str) -> bool:
    """Whether a number is written in words; an article ("un") is none."""
    known = language(code)
    return _has_word(text, code, tuple(known.numbers - known.function))


def _has_word(text: str, code: str, wanted: tuple[str, ...]) -> bool:
    if not language(code).is_spaced:
        return _any_of(wanted, False).search(fold(text)) is not None
    return not _stems_of(wanted, code).isdisjoint(stems(text, code))


@lru_cache(maxsize=64)
def _stems_of(wanted: tuple[str, ...], code: str) -> frozenset[str]:
    return frozenset(stems(" ".join(wanted), code))


def has_reason(text: str, code: str) -> bool:
    """Whether a word says that a reason is given."""
    known = language(code)
    return _any_of(known.because, known.is_spaced).search(fold(text)) is not None


@lru_cache(maxsize=64)
def _any_of(found: tuple[str, ...], is_spaced: bool) -> re.Pattern[str]:
    ordered = "|".join(map(re.escape, sorted(found, key=len, reverse=True)))
    if not ordered:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:{ordered})(?!\w)" if is_spaced else ordered)


@lru_cache(maxsize=32)
def place_pattern(code: str) -> re.Pattern[str]:
    """A name behind a word such as "in"; matches nothing in languages without such words."""
    words = "|".join(map(re.escape, sorted(language(code).places, key=len, reverse=True)))
    if not words:
        return re.compile(r"(?!)")
    return re.compile(rf"\b(?i:{words})\s+(?:[^\W\d_]{{1,4}}\s+)?[^\W\d_a-zß-ÿ][\w'’-]+")
