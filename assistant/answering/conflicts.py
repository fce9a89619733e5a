"""Sentences of different documents that state another number or date for the same thing.

Pure, and careful rather than complete: two sentences conflict only when both cover the question,
share most of their other words, and each names exactly one value of the kind that is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.candidates import Pick
from assistant.retrieval.question import AnswerKind, Question
from assistant.text.terms import STOP_WORDS, words
from assistant.types import Claim, Conflict

_NUMBER = re.compile(r"(?<![\w.-])\d+(?:,\d{3})*(?:\.\d+)?(?:\s?(?:%|percent\b))?")
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d{2}\b")
_COVERS = 0.75


def find_conflict(question: Question, ranked: Sequence[Pick]) -> list[Pick]:
    """The best sentence and those of other documents that contradict it; empty without any."""
    if not ranked or not {"date", "number"} & set(question.kinds):
        return []
    best = ranked[0]
    value = stated_value(question, best.text)
    if not value or best.features.own < _COVERS:
        return []
    found = [best]
    for pick in ranked[1:]:
        if pick.passage.document in {p.passage.document for p in found}:
            continue
        if pick.features.own < _COVERS or pick.features.kind < 1.0:
            continue
        other = stated_value(question, pick.text)
        if other and other != value and _is_about_the_same(question, best, pick):
            found.append(pick)
    return found if len(found) > 1 else []


def describe(question: Question, picks: Sequence[Pick], markers: Sequence[int]) -> Conflict:
    """The conflict as data: one claim a document, in the order of the markers given."""
    return Conflict(
        about=question.text,
        claims=tuple(
            Claim(marker, pick.passage.document, stated_value(question, pick.text))
            for pick, marker in zip(picks, markers, strict=True)
        ),
    )


def stated_value(question: Question, text: str) -> str:
    """The value of the kind asked for that a sentence states, or an empty text."""
    kind: AnswerKind = next(k for k in question.kinds if k in ("date", "number"))
    if kind == "date":
        found = [year for year in _YEAR.findall(text) if year not in question.values]
        return found[0] if found else ""
    wants_share = "percent" in question.text.lower()
    for match in _NUMBER.finditer(text):
        value = match.group().strip()
        bare = re.sub(r"[^\d.]", "", value)
        is_share = value.endswith(("%", "percent"))
        looks_like_year = re.fullmatch(r"(?:1[89]|20)\d{2}", value) is not None
        if bare in question.values or looks_like_year or is_share != wants_share:
            continue
        return value
    return ""


def _is_about_the_same(question: Question, a: Pick, b: Pick) -> bool:
    """Whether what stands next to the value is the same: the question's words in both."""
    terms_a, terms_b = _content(a.text), _content(b.text)
    shared = terms_a & terms_b
    smaller = min(len(terms_a), len(terms_b))
    return bool(smaller) and len(shared) >= min(2, smaller) and len(shared) / smaller >= 0.3


def _content(text: str) -> set[str]:
    return {w for w in words(text) if w not in STOP_WORDS and not w[:1].isdigit()}
