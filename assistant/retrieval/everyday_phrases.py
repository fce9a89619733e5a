"""Everyday phrases of a question, and the words by which documents say them: "hand in", "submit".

People ask with verbs of two words, documents tell with one. A phrase is found with its object
between ("hand my claim in") and in other forms ("handed in"); a text with one of the words says the
phrase. Only the question is expanded. Pure; the phrases are data
(``assistant/text/languages/data``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from assistant.retrieval.question import Question
from assistant.text.languages import language
from assistant.text.terms import STOP_WORDS, stems, words_and_stems
from assistant.text.word_families import verb_forms

_MOST_BETWEEN = 3
"""Words of an object between a verb and its particle."""
_PARTICLES = frozenset("out off up down back away over in on".split())
_ENDING = frozenset({"in", "on"})
"""Particles that mostly open a place: apart from their verb they must end a clause."""
_NO_OBJECT = frozenset(
    "in on at to for of from with by out off up down back away over into and or but".split()
)
_DETERMINERS = frozenset("the a an my your our his her its their this that these those".split())
_CLAUSE = re.compile(r"[^.,;:?!]+")
_COUNTS = 0.5
"""What a word that says a phrase counts in the search, beside one of the question's own."""


def with_phrases(question: Question, holds: Callable[[str], bool]) -> Question:
    """The question with the words that say its phrases; ``holds`` tests whether the index has a
    term."""
    known = _phrases(question.language)
    if not known:
        return question
    same: list[tuple[frozenset[str], frozenset[str]]] = []
    sought: dict[str, float] = {}
    for phrase in _said(question.text, question.language, known):
        given = frozenset(phrase) & question.weights.keys()
        for other in known[phrase] if given else ():
            if other not in question.weights:
                same.append((frozenset([other]), given))
                if holds(other):
                    sought[other] = _COUNTS
    if not same:
        return question
    return replace(
        question, same_as=(*question.same_as, *same), sought={**sought, **question.sought}
    )


def is_told_by_phrase(question: Question, text: str, code: str) -> bool:
    """Whether a text says one of the question's phrases by another word alone, which may mean
    something else: "The copies are complete" for "fill in"."""
    known = _phrases(question.language)
    if not known or not question.same_as or code not in (question.language, ""):
        return False
    said = frozenset(stems(text, question.language))
    return any(
        not said.isdisjoint(known[phrase]) and not question.weights.keys() & {*phrase} <= said
        for phrase in _said(question.text, question.language, known)
    )


def _said(
    text: str, code: str, known: Mapping[tuple[str, ...], tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """The phrases that a question says, in the order of the data."""
    clauses = [words_and_stems(clause, code) for clause in _CLAUSE.findall(text)]
    return [phrase for phrase in known if any(_holds(phrase, *clause, code) for clause in clauses)]


def _holds(phrase: tuple[str, ...], words: list[str], found: list[str], code: str) -> bool:
    first = {phrase[0], *verb_forms(phrase[0], code)}
    return any(_goes_on(phrase, words, found, at) for at, stem in enumerate(found) if stem in first)


def _goes_on(phrase: tuple[str, ...], words: list[str], found: list[str], at: int) -> bool:
    rest, size = list(phrase[1:]), len(phrase)
    if found[at + 1 : at + size] == rest:
        return True
    if size > 2 or rest[0] not in _PARTICLES:
        return False
    for end in range(at + 2, min(at + 2 + _MOST_BETWEEN, len(words))):
        if words[end - 1] in _NO_OBJECT:
            return False
        if words[end] == rest[0]:
            after = words[end + 1 : end + 2]
            ends = not after or (after[0] in STOP_WORDS and after[0] not in _DETERMINERS)
            return rest[0] not in _ENDING or ends
    return False


@lru_cache(maxsize=32)
def _phrases(code: str) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """The stems of each phrase of a language → those of the words that say it."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for phrase, others in language(code).said_by:
        key = tuple(stems(phrase, code))
        given = tuple(dict.fromkeys(stems(" ".join(others), code)))
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *given)))
    return found
