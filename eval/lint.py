"""What keeps a question set true: every quote stands in its document, every reference and stored
paraphrase satisfies the facts and no wrong answer does, and the set is balanced enough to notice
what it should.

``check`` is pure: questions and the documents' texts in, findings out. An *error* makes the set
unusable; a *warning* makes it weaker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from eval.metrics.answers import TITLE_TAG, judge_text
from eval.questions import EvalQuestion
from eval.spans import locate
from eval.wordings import is_rigid

UNANSWERABLE_SHARE = 0.15
NEAR_MISS_SHARE = 0.5
NEAR_MISS_TAG = "near_miss"
NEAR_DUPLICATE = 0.8
PAIRS_NEEDED = 30
PARAPHRASES = 2
"""So many right answers in other words try a question whose facts are worded by whole phrases."""


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
    found += _rigid(questions)
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
    """Whether the facts judge the reference, the paraphrases and the wrong answers rightly."""
    found = []
    right = [("reference", question.reference)] if question.reference else []
    right += [("paraphrase " + _short(each), each) for each in question.paraphrases]
    for name, text in right:
        judged = judge_text(question, text)
        needed = {fact.id for fact in question.facts if fact.vital or name == "reference"}
        found += [
            Finding("error", question.id, f"its {name} does not state the fact {fact!r}")
            for fact in judged.facts_lost
            if fact in needed
        ]
        found += [
            Finding("error", question.id, f"its {name} states what it must not: {why}")
            for why in judged.forbidden
        ]
    found += [
        Finding("error", question.id, f"the wrong answer {_short(each)} is judged right")
        for each in question.wrong
        if judge_text(question, each).correct
    ]
    return found


def _rigid(questions: Sequence[EvalQuestion]) -> list[Finding]:
    """Questions with a fact that is worded by whole phrases, and too few paraphrases to try it."""
    found = []
    for question in questions:
        if TITLE_TAG in question.tags or len(question.paraphrases) >= PARAPHRASES:
            continue
        for fact in question.facts:
            if fact.vital and all(is_rigid(wording) for wording in fact.any):
                message = (
                    f"the fact {fact.id!r} is worded by phrases; {PARAPHRASES} paraphrases show "
                    f"whether other right words pass, it has {len(question.paraphrases)}"
                )
                found.append(Finding("warning", question.id, message))
                break
    return found


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
