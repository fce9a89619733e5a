"""Whether documents contradict each other: sentences that state another value for the same thing.

Pure. The value that the best sentence states for what is asked is compared with that of the best
sentence of every other document that was found, and the best row of a table with its like. Two
conflict when both cover the question, name the same things around the value, and the values are of
one kind and cannot both hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.picks import Pick
from assistant.answering.row_conflicts import place_fits, rows_apart
from assistant.answering.slot_values import (
    Form,
    SlotValue,
    content_words,
    differ,
    form_of,
    has_form,
    only_difference,
    stands_in,
    value_beside,
    value_in,
    years,
)
from assistant.retrieval.question import Question
from assistant.types import Claim, Conflict

_COVERS = 0.6
"""The share of the question's weight that a sentence with its headings must hold."""
_COVERS_APART = 0.75
"""The same where the sentences are not alike in words."""
_ALIKE = {"date": 0.35, "number": 0.35, "name": 0.4, "any": 0.5}
"""The share of the shorter sentence's other words that both must hold: names are told apart by less
than numbers are."""
_TWINS, _COVERS_TWINS = 0.6, 0.4
"""Sentences that share this share of their other words speak of the same; less of the question will
do then."""
_MOST = 6
"""Claims of one conflict."""


def contradicting(question: Question, ranked: Sequence[Pick]) -> list[tuple[Pick, SlotValue]]:
    """The best sentence and those of other documents that contradict it, each with its value."""
    form = form_of(question)
    if not ranked or question.wants_list or question.kinds[0] in ("yesno", "reason", "howto"):
        return []
    best = ranked[0]
    if best.row is not None:
        return rows_apart(question, best, ranked[1:])
    own = question.weights.keys() - question.borrowed
    if (
        own
        and question.borrowed
        and not own & set(question.reads(best.text, best.passage.language))
    ):
        return []  # it speaks of what was asked before
    found: list[tuple[Pick, SlotValue]] = []
    for pick in ranked[1:]:
        if pick.passage.document == best.passage.document or pick.row is not None:
            continue
        pair = _values(question, best, pick, form)
        if pair is None or not _is_about_the_same(question, best, pick, *pair, form):
            continue
        mine, theirs = pair
        if stands_in(mine, pick.text) or stands_in(theirs, best.text):
            continue
        if not differ(mine, theirs, best.text, pick.text, form):
            continue
        known = [value for _, value in found]
        if not found:
            found.append((best, mine))
        if pick.passage.document in {other.passage.document for other, _ in found}:
            continue
        if all(differ(value, theirs, value.text, theirs.text, "any") for value in known):
            found.append((pick, theirs))
        if len(found) == _MOST:
            break
    return found if len(found) > 1 else []


def describe(
    question: Question, claims: Sequence[tuple[Pick, SlotValue]], days: Sequence[str]
) -> Conflict:
    """The conflict as data: one claim a document, marked in order, with the days of the documents
    as far as they are known."""
    return Conflict(
        about=question.text,
        claims=tuple(
            Claim(marker, pick.passage.document, value.text, day)
            for marker, ((pick, value), day) in enumerate(zip(claims, days, strict=True), start=1)
        ),
    )


def _values(
    question: Question, best: Pick, pick: Pick, form: Form
) -> tuple[SlotValue, SlotValue] | None:
    """The values of two sentences for what is asked, as far as both state one."""
    twins = only_difference(best.text, pick.text, form)
    if twins is not None:
        return twins
    covered = min(best.features.own + best.features.context, pick.features.own)
    if covered < _COVERS_TWINS:
        return None
    mine, theirs = value_in(question, best, form), value_in(question, pick, form)
    beside = None
    if mine is not None:
        beside = value_beside(mine, best.text, pick.text)
        theirs = beside or theirs
    elif theirs is not None:
        mine = beside = value_beside(theirs, pick.text, best.text)
    if mine is None or theirs is None:
        return None
    # What the one holds of the question the other must hold too, unless they go on alike.
    lacks = content_words([question.text]) & content_words([best.text]) - content_words([pick.text])
    are_twins = not lacks and _alike(best, pick, mine, theirs) >= _TWINS
    if covered < _COVERS and not are_twins:
        return None
    apart = min(best.features.own, pick.features.own) < _COVERS_APART
    if beside is None and not are_twins and (lacks or apart):
        return None
    if not (has_form(mine.text, form) and has_form(theirs.text, form)):
        return None
    return mine, theirs


def _is_about_the_same(
    question: Question, a: Pick, b: Pick, mine: SlotValue, theirs: SlotValue, form: Form
) -> bool:
    """Whether what stands around the values is the same, and no other year is named beside."""
    asked = content_words([question.text])
    if _alike(a, b, mine, theirs) < _ALIKE[form]:
        return False
    if not (place_fits(asked, a, b) and place_fits(asked, b, a)):
        return False
    years_a = years(a.text[: mine.start] + a.text[mine.end :])
    years_b = years(b.text[: theirs.start] + b.text[theirs.end :])
    wanted = years(question.text)
    if wanted and any(named and not named & wanted for named in (years_a, years_b)):
        return False  # what was said of 2019 is no claim about 2020
    return not (years_a - years_b - asked and years_b - years_a - asked)


def _alike(a: Pick, b: Pick, mine: SlotValue, theirs: SlotValue) -> float:
    """The share of the shorter sentence's words around its value that the other has; 0 for one
    word in common."""
    around_a = content_words([a.text[: mine.start], a.text[mine.end :]])
    around_b = content_words([b.text[: theirs.start], b.text[theirs.end :]])
    smaller, shared = min(len(around_a), len(around_b)), len(around_a & around_b)
    return shared / smaller if smaller and shared >= min(2, smaller) else 0.0
