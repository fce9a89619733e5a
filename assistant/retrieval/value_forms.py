"""Expands a question's dates and numbers to their other spellings. Only the question is
expanded; the index stores the texts' own terms. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from assistant.retrieval.question import Question
from assistant.text.value_words import ONLY_WITH_DAY

_EVERYDAY = ONLY_WITH_DAY | set("may mar sept des dec jan first second third fourth".split())


def with_values(question: Question, holds: Callable[[str], bool]) -> Question:
    """The question with the other forms of its dates and numbers; ``holds`` says whether the index
    has a term."""
    same: dict[frozenset[str], set[str]] = defaultdict(set)
    mine = question.weights.keys() | question.values
    for value in question.said.values:
        own = value.own & mine
        for needed in value.forms if own else ():
            if value.is_date or not needed <= own:
                same[needed].update(own)
    if not same:
        return question
    sought = {
        term: 1.0
        for needed in same
        for term in needed
        if _is_telling(term, needed) and term not in question.weights and holds(term)
    }
    pairs = tuple((needed, frozenset(given)) for needed, given in same.items())
    return replace(
        question, same_as=(*question.same_as, *pairs), sought={**sought, **question.sought}
    )


def _is_telling(term: str, needed: frozenset[str]) -> bool:
    """Whether a term of a form is worth a search: a whole value, or the name of a month."""
    if term.isdigit():
        return len(needed) == 1
    return term not in _EVERYDAY
