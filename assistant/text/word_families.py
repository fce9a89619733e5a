"""A word → the stems of its family that no stemmer joins with its own ("depth", "deep"). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from assistant.text.folding import fold
from assistant.text.languages import language
from assistant.text.terms import stems

_PARTICIPLES = frozenset({"de", "nl"})
"""Languages whose participles begin with "ge", which no stemmer takes off."""
_PREFIXES = ("re", "over", "under", "out", "mis", "fore", "un", "with")
"""Before an irregular English verb, whose forms stay irregular: "rethink", "rethought"."""
_ACRONYM = re.compile(r"[bcdfghjklmnpqrstvwxz]{2,5}")
"""Letters without a vowel, whose plural no stemmer knows: "DVDs"."""
_VERB = re.compile(r"(?:ge)?([^\W\d_]{4,}?)(en|t|d)")


def family(word: str, term: str, code: str) -> tuple[str, ...]:
    """The stems of the family of a word, which is folded, and of its stem."""
    groups = _groups(code)
    found = groups.get(word, groups.get(term, ()))
    return (*found, *_verb_forms(word, code)) if code in _PARTICIPLES else found


def wider(word: str, term: str, code: str) -> tuple[str, ...]:
    """The stems of wider things than a word names, which is folded: "pet" for a dog.

    Not the other way round: what holds for dogs is not told of every pet.
    """
    return _wider_things(code).get(word, _wider_things(code).get(term, ()))


def _verb_forms(word: str, code: str) -> tuple[str, ...]:
    """The stems of a regular verb and of its participle: reinigt, reinigen, gereinigt."""
    match = _VERB.fullmatch(word)
    if match is None:
        return ()
    root, last = match[1], "d" if match[2] == "d" else "t"
    return tuple(dict.fromkeys(stems(f"{root}en {root}t ge{root}{last}", code)))


def verb_forms(term: str, code: str) -> tuple[str, ...]:
    """The stems of all forms of an irregular verb or noun; none for any other stem."""
    known = _irregular(code)
    if code == "en" and _ACRONYM.fullmatch(term):
        return (term.removesuffix("s"), f"{term.removesuffix('s')}s")
    if term in known or code != "en":
        return known.get(term, ())
    for prefix in _PREFIXES:
        rest = term.removeprefix(prefix)
        if rest != term and rest in known:
            return tuple(prefix + form for form in known[rest])
    return ()


@lru_cache(maxsize=32)
def _irregular(code: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    known = language(code)
    for word in (*known.verbs, *known.plurals):
        forms = tuple(dict.fromkeys(stems(" ".join(word), code)))
        found.update((form, forms) for form in forms)
    return found


@lru_cache(maxsize=32)
def _groups(code: str) -> Mapping[str, tuple[str, ...]]:
    """Each word and stem of a family → the stems of all of it."""
    found: dict[str, tuple[str, ...]] = {}
    for group in language(code).groups:
        stemmed = tuple(dict.fromkeys(stems(" ".join(group), code)))
        for word in dict.fromkeys((*map(fold, group), *stemmed)):
            found[word] = (*found.get(word, ()), *stemmed)
    return found


@lru_cache(maxsize=32)
def _wider_things(code: str) -> Mapping[str, tuple[str, ...]]:
    """Each narrower word and its stem → the stems of the wider ones."""
    found: dict[str, tuple[str, ...]] = {}
    for wide, narrower in language(code).wider:
        stemmed = tuple(stems(wide, code))
        for word in narrower:
            for key in dict.fromkeys((fold(word), *stems(word, code))):
                found[key] = tuple(dict.fromkeys((*found.get(key, ()), *stemmed)))
    return found
