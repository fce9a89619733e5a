"""What keeps a question set true: every quote stands in its document, every reference satisfies
its own facts, and the set is balanced enough to notice what it should.

``check`` is pure: questions and the documents' texts in, findings out. An *error* makes the set
unusable; a *warning* makes it weaker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from eval.questions import EvalQuestion
from eval.spans import locate
from eval.text import normalise, states

UNANSWERABLE_SHARE = 0.15
NEAR_MISS_SHARE = 0.5
NEAR_MISS_TAG = "near_miss"
NEAR_DUPLICATE = 0.8
PAIRS_NEEDED = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (``error``) or weak (``warning``) about a question or the set (id "")."""

    level: Literal["error", "warning"]
    id: str
    message: str


def check(questions: Sequence[EvalQuestion], texts: Mapping[str, str]) -> list[Finding]:
    """All findings, errors first. ``texts`` maps document name → stored text."""
    found = untrue(questions, texts)
    found += _balance(questions)
    found += _near_duplicates(questions)
    return found


def untrue(questions: Sequence[EvalQuestion], texts: Mapping[str, str]) -> list[Finding]:
    """The errors alone: what a run must not start with."""
    found: list[Finding] = []
    for question in questions:
        for evidence in question.evidence:
            if evidence.document not in texts:
                message = f"no document is called {evidence.document!r}"
            elif not locate(evidence.quote, texts[evidence.document]):
                message = f"{evidence.document} does not hold the quote {_short(evidence.quote)}"
            else:
                continue
            found.append(Finding("error", question.id, message))
        found += _reference(question)
    return found


def _reference(question: EvalQuestion) -> list[Finding]:
    if not question.reference:
        return []
    said = normalise(question.reference)
    found = [
        Finding("error", question.id, f"its reference does not state the fact {fact.id!r}")
        for fact in question.facts
        if not any(states(said, wording) for wording in fact.any)
    ]
    return found + [
        Finding("error", question.id, f"its reference states what it must not: {each.why}")
        for each in question.must_not
        if any(states(said, wording) for wording in each.any)
    ]


def _balance(questions: Sequence[EvalQuestion]) -> list[Finding]:
    refusals = [question for question in questions if question.expect == "refuse"]
    found = []
    if len(questions) < PAIRS_NEEDED:
        message = (
            f"only {len(questions)} questions: below {PAIRS_NEEDED} a mean proves nothing, and "
            "only lost critical questions fail the gate"
        )
        found.append(Finding("warning", "", message))
    if len(refusals) < UNANSWERABLE_SHARE * len(questions):
        message = (
            f"{len(refusals)} of {len(questions)} questions are unanswerable; below "
            f"{UNANSWERABLE_SHARE:.0%} false answers go unnoticed"
        )
        found.append(Finding("warning", "", message))
    near = [question for question in refusals if NEAR_MISS_TAG in question.tags]
    if refusals and len(near) < NEAR_MISS_SHARE * len(refusals):
        message = (
            f"{len(near)} of {len(refusals)} unanswerable questions are near misses (tag "
            f"{NEAR_MISS_TAG}); questions about nothing in the documents are easy to refuse"
        )
        found.append(Finding("warning", "", message))
    return found


def _near_duplicates(questions: Sequence[EvalQuestion]) -> list[Finding]:
    from assistant.text.terms import content_terms

    prints = [
        (question, frozenset(content_terms(question.question)))
        for question in questions
        if question.type not in ("followup", "chitchat")
    ]
    found = []
    for (one, left), (other, right) in combinations(prints, 2):
        union = left | right
        if union and len(left & right) / len(union) >= NEAR_DUPLICATE:
            message = f"nearly the same question as {other.id!r}; counted twice"
            found.append(Finding("warning", one.id, message))
    return found


def _short(quote: str, limit: int = 60) -> str:
    return repr(quote if len(quote) <= limit else quote[: limit - 1] + "…")
