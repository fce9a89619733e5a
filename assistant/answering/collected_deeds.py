"""Parallel sentences of one document that each tell one of several things that are asked for.

"Which firms has X bought?" is told by "In May X bought A.", "In June X closed its purchase of B.",
one after the other in a history of X. Pure; English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.asked_lists import asks_for_several
from assistant.answering.picks import Pick
from assistant.retrieval.question import Question
from assistant.text.word_families import family, verb_forms

_ASKS = re.compile(
    r"\b(?:which|what) [\w' -]{2,60}? (?:has|have|had|did|does|do) (?P<who>[^?]{2,80}?) "
    r"(?P<deed>[a-z]{3,20})\b"
    r"(?: (?:over|in|during|since|so far|until|up to|through|throughout|by)\b[^?]{0,60})?"
    r"\s*\?*\s*$",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,;:(] )[A-ZÀ-Þ][\w'’&-]+|(?<=\()[A-ZÀ-Þ][\w'’&-]+")
_TIMES = frozenset(
    """january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday""".split()
)
_FEWEST, _MOST = 3, 12
_ENOUGH = 0.6
"""The share of the best sentence's score that a parallel one must have."""


def collected(question: Question, ranked: Sequence[Pick]) -> list[Pick]:
    """The sentences of the best one's document that hold the deed asked for and each a new name, in
    the order of the text; none where fewer than three do, or one thing is asked for."""
    asked = _ASKS.search(question.text) if question.language == "en" else None
    if asked is None or not (question.wants_list or asks_for_several(question)):
        return []
    deeds = {term for term in question.reads(asked["deed"]) if term in question.weights}
    forms = deeds.union(*(verb_forms(deed, "en") for deed in deeds))
    words = forms.union(*(family(form, form, "en") for form in forms))
    who = {term for term in question.reads(asked["who"]) if term in question.weights}
    names = question.names - deeds
    told: list[tuple[Pick, frozenset[str]]] = []
    for pick in ranked:
        said = {*question.reads(pick.text, pick.passage.language)}
        is_told = pick.kind == "prose" and not words.isdisjoint(said)
        if is_told and (not names.isdisjoint(said) if names else who <= said):
            told.append((pick, _new_names(question, pick.text)))
    if not told or told[0][0] is not ranked[0]:  # the best sentence tells it in other words
        return []
    first = told[0][0]
    kept: list[tuple[Pick, frozenset[str]]] = []
    for pick, new in told:
        is_beside = pick.passage.document == first.passage.document
        is_new = bool(new.difference(*(each for _, each in kept))) and all(
            pick.start >= other.end or other.start >= pick.end for other, _ in kept
        )
        if is_beside and is_new and pick.score >= _ENOUGH * first.score and len(kept) < _MOST:
            kept.append((pick, new))
    picks = sorted((pick for pick, _ in kept), key=lambda pick: pick.start)
    return picks if len(picks) >= _FEWEST and first in picks else []


def _new_names(question: Question, text: str) -> frozenset[str]:
    """The names of a sentence that the question does not hold, without months and days."""
    return frozenset(
        name
        for name in _NAME.findall(text)
        if name.lower() not in _TIMES and not question.weights.keys() & {*question.reads(name)}
    )
