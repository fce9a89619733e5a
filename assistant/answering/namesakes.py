"""Sentences about another bearer of a role or a name: the program chair for the general chair,
"Model 3 Blue" for "Model 3 Red". Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from assistant.answering.picks import Pick
from assistant.retrieval.question import Question
from assistant.text.folding import fold
from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS, stem, words_and_stems

_LETTERS_A_SLIP = 4
"""Letters of a name to each that may be spelt otherwise."""
_NAME = re.compile(
    r"(?<![\w.-])[A-ZÀ-Þ][\w'’-]*(?:\.[\w-]+)*"
    r"(?:\s(?:(?:of|de|van|von|der|du|da)\s)?(?:[A-ZÀ-Þ][\w'’-]*|\d[\w.-]*\w|\d)){1,5}"
)
"""A name of several words and numbers."""
_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s\b")
_ROMAN = {
    number: str(value)
    for value, number in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), start=1)
}
_ROLES = frozenset(
    """chair chairman chairwoman director manager president secretary minister editor officer
    professor engineer scientist mayor coach captain commander advisor adviser assistant
    teacher judge governor ambassador treasurer leader head partner producer conductor curator
    architect surgeon nurse analyst inspector consultant keeper prize award medal""".split()
)
"""Roles, and prizes, that a word before them tells apart. As words: "engine" has an engineer's
stem."""
_BRINGS_INTO_OFFICE = frozenset(stem(
    """made make became become appointed appoint elected elect named name chosen choose called call
    served serve""".split()
))  # fmt: skip
"""Stems of words before a role that make it no other role: "the appointed governor"."""

_ASKS_KIN = re.compile(
    r"\b(?:father|mother|parents?|sons?|daughters?|children|brothers?|sisters?|siblings?|wife|husband|"
    r"spouse|uncle|aunt|cousins?|nephew|niece|grand(?:father|mother|parents|son|daughter|children)|"
    r"heirs?|family|clan)\b",
    re.IGNORECASE,
)
"""Asks for somebody who may share the name."""


def has_other_role(question: Question, best: Pick) -> bool:
    """Whether the question asks for a role that a word before it tells apart ("general chair"),
    and the sentence holds the role only with another such word."""
    own = best.passage
    known = STOP_WORDS | _BRINGS_INTO_OFFICE
    wanted = {
        (before, role)
        for before, role in _with_roles(question.text, question.language)
        if before not in known and before in question.weights
    }
    if not wanted:
        return False
    said = _with_roles(best.text, own.language)
    around = frozenset(words_and_stems(f"{words_above(own)} {best.text}", own.language)[1])
    for before, role in wanted:
        others = {first for first, second in said if second == role} - _BRINGS_INTO_OFFICE
        if before not in around and others and STOP_WORDS.isdisjoint(others):
            return True
    return False


def is_of_namesake(question: Question, best: Pick) -> bool:
    """Whether the question names one of a family ("Claude 3 Haiku"), and the sentence, whose
    headings do not name it either, names another one of it by the same first word."""
    if best.row is not None or _ASKS_KIN.search(question.text):
        return False
    own = best.passage
    there = frozenset(_words(f"{best.text} {words_above(own)}"))
    others = _names(best.text)
    for name in _names(question.text):
        if name[0] in STOP_WORDS:  # the first word of the question
            name = name[1:]
        missing = [word for word in name[1:] if word not in there]
        if len(name) < 2 or not missing or name[0] not in there:
            continue
        for other in others:
            at = other.index(name[0]) if name[0] in other else -1
            tail = other[at + 1 :] if at >= 0 else []
            if any(word not in name for word in tail) and not _is_spelt_alike(missing, tail):
                return True
    return False


def _names(text: str) -> list[list[str]]:
    """The words of each name; "Ada's Ferry Nine" are two."""
    parts = (part for match in _NAME.finditer(text) for part in _POSSESSIVE.split(match.group()))
    return [found for found in map(_words, parts) if found]


def _is_spelt_alike(missing: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a word that is missing stands there in another spelling ("Schoelkopf") or form."""
    if not set(stem(missing)).isdisjoint(stem(others)):
        return True
    return any(
        OSA.distance(word, other) <= len(word) // _LETTERS_A_SLIP
        for word in missing
        for other in others
    )


def _words(text: str) -> list[str]:
    """Folded words, Roman numbers as digits."""
    found = (fold(word) for word in _WORD.findall(text))
    return [_ROMAN.get(word, word) for word in found]


def _with_roles(text: str, code: str) -> list[tuple[str, str]]:
    """Each role in a text behind the stem of the word before it."""
    found, stemmed = words_and_stems(text, code)
    return [
        (before, word.removesuffix("s"))
        for before, word in zip(stemmed, found[1:], strict=False)
        if word.removesuffix("s") in _ROLES
    ]
