"""Compounds of German and its kin, and of Finnish → the words they are made of.

A compound is cut where its parts are common words, more common together than the whole (the
geometric mean of Koehn and Knight 2003), with the letters that join them. Its last part says what
it is, so where only that is known, it alone is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from assistant.text.folding import fold_case
from assistant.text.languages import Joining, joining, language
from assistant.text.languages.frequencies import zipf

_SHORTEST, _LONGEST = 8, 40
_LEAST_PART = 4
_LAST_ALONE = 4.2
"""How common the last part must be when the first is not known, as in names and rare words."""


@lru_cache(maxsize=50_000)
def parts_of(word: str, code: str) -> tuple[str, ...]:
    """The parts of a compound in lower case, or nothing for a word that is none."""
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
        return ()
    known, way = zipf(code), joining(code)
    grammar = _grammar(code)
    best: tuple[str, ...] = ()
    score = known.get(word, 0.0)
    last_known = ""
    for at in range(_LEAST_PART - 1, len(word) - _LEAST_PART + 2):
        last = word[at:]
        if not _is_part(last, known, way, grammar) or last in way.endings:
            continue
        firsts = _first_part(word[:at], known, way, grammar)
        if firsts:
            mean = (sum(known[part] for part in firsts) + known[last]) / (len(firsts) + 1)
            if mean > score:
                best, score = (*firsts, last), mean
        elif last_known or at < _LEAST_PART or word in known or word[:at] in way.prefixes:
            continue
        elif known[last] >= _LAST_ALONE:
            last_known = last
    return best or ((last_known,) if last_known else ())


def _first_part(
    text: str, known: Mapping[str, float], way: Joining, grammar: frozenset[str]
) -> tuple[str, ...]:
    """The one or two words before the last, without what joins them."""
    for joint in way.joins:
        if not text.endswith(joint):
            continue
        bare = text[: len(text) - len(joint)]
        if _is_part(bare, known, way, grammar) and bare not in way.prefixes:
            return (bare,)
    if way.drops and len(text) >= _LEAST_PART and text not in way.prefixes:
        whole = text + way.drops
        if _is_part(whole, known, way, grammar):
            return (whole,)
    if len(text) >= _SHORTEST:
        for at in range(_LEAST_PART, len(text) - _LEAST_PART + 1):
            second = _first_part(text[at:], known, way, grammar)
            first = _first_part(text[:at], known, way, grammar) if len(second) == 1 else ()
            if len(first) == 1:
                return (*first, *second)
    return ()


def _is_part(text: str, known: Mapping[str, float], way: Joining, grammar: frozenset[str]) -> bool:
    if text in way.short:
        return text in known
    return len(text) >= _LEAST_PART and text in known and text not in grammar


@lru_cache(maxsize=8)
def _grammar(code: str) -> frozenset[str]:
    return frozenset(fold_case(word) for word in language(code).stop)
