"""How sentences of an answer lie and speak beside each other. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.antecedents import leans
from assistant.answering.picks import Pick
from assistant.retrieval.question import Question
from assistant.text.sentences import sentences
from assistant.text.terms import shingles

_STANDS_FOR_IT = re.compile(
    r"\W{0,4}(?:it|this|that|they|these|those|both) (?:is|are|was|were|may|can|must|will|has|have|"
    r"should|do|does|applies|apply|costs?|counts?)\b",
    re.IGNORECASE,
)
NEXT_TO = 4
"""Characters between sentences that follow one another."""


def terms_held(question: Question, picks: Sequence[Pick]) -> set[str]:
    """The terms of a question that sentences hold."""
    present = {term for pick in picks for term in question.reads(pick.text, pick.passage.language)}
    return {term for term in question.weights if term in present}


def overlaps(a: Pick, b: Pick) -> bool:
    """Whether two sentences share a stretch of one document."""
    return a.passage.document == b.passage.document and a.start < b.end and b.start < a.end


def same_text(a: Pick, b: Pick) -> bool:
    """Whether two sentences of different places say the same in the same words."""
    mine, other = shingles(a.text, 3), shingles(b.text, 3)
    return len(mine & other) >= 0.7 * min(len(mine), len(other))


def has_pronoun(pick: Pick) -> bool:
    """Whether the sentence opens with a word that stands for something named before it."""
    return pick.kind == "prose" and leans(pick.text)


def leans_on_another(question: Question, pick: Pick, chosen: Sequence[Pick]) -> bool:
    """Whether a sentence opens with "it", stands behind none of the chosen ones, and the sentence
    before it is about nothing that is asked: "It is allowed on the balcony" behind smoking."""
    if pick.row is not None or _STANDS_FOR_IT.match(pick.text) is None:
        return False
    at = pick.start - pick.passage.start
    before = sentences(pick.passage.text[:at])[-1:]
    if not before:
        return False
    start = pick.passage.start + before[0].start
    if any(each.start <= start < each.end for each in chosen):
        return False
    said = {*question.reads(pick.passage.text[before[0].start : at], pick.passage.language)}
    return question.weights.keys().isdisjoint(said)
