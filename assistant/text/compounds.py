"""Compounds of German and its kin, and of Finnish → the words they are made of.

A compound is cut where its parts are common words, more common together than the whole (the
geometric mean of Koehn and Knight 2003), with the letters that join them. Its last part says what
it is, so where only that is known, it alone is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from assistant.text.folding import fold_case
from assistant.text.languages import language
from assistant.text.languages.frequencies import zipf


class _Way(NamedTuple):
    """How a language joins words: letters between, the one that a first part may lose, last parts
    that are endings, first parts that are prefixes, short words that are parts all the same."""

    joints: tuple[str, ...]
    dropped: str
    endings: frozenset[str]
    prefixes: frozenset[str]
    short: frozenset[str]


_WAYS: Mapping[str, _Way] = {
    "de": _Way(
        ("", "s", "es", "n", "en", "er", "e"),
        "e",
        frozenset("schaft heit keit lich isch haft samkeit barkeit igkeit lung rung tung nung ende enden ender endes tags erin innen iger eren".split()),
        frozenset("unter über wieder zurück zusammen gegen hinter zwischen nieder voraus herum heraus hinaus hinein herein voran vorbei entgegen miss dar emp fort".split()),
        frozenset("amt bau hof weg tag rat uhr see tee tür arm zug bad bus öl eis ort tal tor bär rad not".split()),
    ),
    "nl": _Way(
        ("", "s", "e", "en", "er"),
        "",
        frozenset("heid lijk ing schap loos baar ende enden".split()),
        frozenset("onder over terug samen tegen achter tussen weer voor door".split()),
        frozenset("dag weg bad zee bus huis tuin boek hof".split()),
    ),
    "sv": _Way(
        ("", "s", "e", "o", "u"),
        "a",
        frozenset("het ning skap ande ende aste arna erna orna".split()),
        frozenset("under över efter genom mellan fram till från".split()),
        frozenset("dag väg bok ort bad båt hus tid tåg".split()),
    ),
    "da": _Way(
        ("", "s", "e"),
        "e",
        frozenset("hed ning skab ende este erne".split()),
        frozenset("under over efter gennem mellem frem".split()),
        frozenset("dag vej bog hus tid tog båd bad".split()),
    ),
    "no": _Way(
        ("", "s", "e"),
        "e",
        frozenset("het ning skap ende este ene".split()),
        frozenset("under over etter gjennom mellom frem fram".split()),
        frozenset("dag vei veg bok hus tid tog båt bad".split()),
    ),
    "fi": _Way(
        ("", "n"),
        "",
        frozenset("inen ista issa isen ssa ssä sta stä lla llä lle ksi".split()),
        frozenset("yli ali esi epä".split()),
        frozenset("työ tie yö maa sää".split()),
    ),
}  # fmt: skip
HAS_COMPOUNDS = frozenset(_WAYS)
_SHORTEST, _LONGEST = 8, 40
_LEAST_PART = 4
_LAST_ALONE = 4.2
"""How common the last part must be when the first is not known: names and rare words are cut too."""


@lru_cache(maxsize=50_000)
def parts_of(word: str, code: str) -> tuple[str, ...]:
    """The parts of a compound in lower case, or nothing for a word that is none."""
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
        return ()
    known, way = zipf(code), _WAYS[code]
    grammar = _grammar(code)
    best, score = (), known.get(word, 0.0)
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
        elif not last_known and at >= _LEAST_PART and known[last] >= _LAST_ALONE:
            if word not in known and word[:at] not in way.prefixes:
                last_known = last
    return best or ((last_known,) if last_known else ())


def _first_part(
    text: str, known: Mapping[str, float], way: _Way, grammar: frozenset[str]
) -> tuple[str, ...]:
    """The one or two words before the last, without what joins them."""
    for joint in way.joints:
        if not text.endswith(joint):
            continue
        bare = text[: len(text) - len(joint)]
        if _is_part(bare, known, way, grammar) and bare not in way.prefixes:
            return (bare,)
    if way.dropped and len(text) >= _LEAST_PART and text not in way.prefixes:
        whole = text + way.dropped
        if _is_part(whole, known, way, grammar):
            return (whole,)
    if len(text) >= _SHORTEST:
        for at in range(_LEAST_PART, len(text) - _LEAST_PART + 1):
            second = _first_part(text[at:], known, way, grammar)
            first = _first_part(text[:at], known, way, grammar) if len(second) == 1 else ()
            if len(first) == 1:
                return (*first, *second)
    return ()


def _is_part(text: str, known: Mapping[str, float], way: _Way, grammar: frozenset[str]) -> bool:
    if text in way.short:
        return text in known
    return len(text) >= _LEAST_PART and text in known and text not in grammar


@lru_cache(maxsize=8)
def _grammar(code: str) -> frozenset[str]:
    return frozenset(fold_case(word) for word in language(code).stop)
