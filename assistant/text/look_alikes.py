"""Words that a stemmer makes one though they mean other things: "Gründer", "Gründe". Pure.

The forms of each are rows ``apart`` of a language's data file. German tells some by a capital
letter alone: "gründen" is no dative of "Gründe".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from assistant.text.languages import look_alikes
from assistant.text.terms import stems

_WORD = re.compile(r"[^\W\d_]{2,}")


def other_meanings(asked: str, code: str) -> Mapping[str, frozenset[str]]:
    """Stem → the forms, as written, of the words that share it with a word of the text and mean
    something else."""
    table = _meanings(code)
    found: dict[str, frozenset[str]] = {}
    for word in _WORD.findall(asked) if table else ():
        for stem, others in table.get(_as_listed(word, table), ()):
            found[stem] = others
    return found


def says_other(text: str, stem: str, others: frozenset[str], code: str) -> bool:
    """Whether a text has a stem only by words of another meaning."""
    words = [word for word in _WORD.findall(text) if stem in stems(word, code)]
    return bool(words) and all(w in others or ((w.lower() in others and w[0].isupper())
                               and w not in _known(code)) for w in words)  # fmt: skip


def _as_listed(word: str, table: Mapping[str, object]) -> str:
    return word if word in table else word.lower()


@lru_cache(maxsize=8)
def _known(code: str) -> frozenset[str]:
    return frozenset().union(*(side for row in look_alikes(code) for side in row))


@lru_cache(maxsize=8)
def _meanings(code: str) -> Mapping[str, tuple[tuple[str, frozenset[str]], ...]]:
    """Each form → the stems that it shares with forms of another side, with those forms."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for row in look_alikes(code):
        for side in row:
            others = frozenset().union(*(other for other in row if other is not side))
            for form in side:
                own = found.setdefault(form, {})
                for stem in {each for one in side for each in stems(one, code)}:
                    shared = frozenset(o for o in others if stem in stems(o, code))
                    if shared:
                        own[stem] = own.get(stem, frozenset()) | shared
    return {form: tuple(each.items()) for form, each in found.items()}
