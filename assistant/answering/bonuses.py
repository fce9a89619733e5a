"""What lists, numbers, labels and rows add to the score of a sentence. Pure.

A list answers only as a whole, so its lines share what they cover; the line above it may be the
answer to a question that asks for no list in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from assistant.answering.asked_lists import (
    asks_for_contents,
    asks_for_several,
    asks_what_to_do,
    ends_in_colon,
    tells_reasons_below,
)
from assistant.answering.numbered_items import heading_above, is_item
from assistant.answering.sentence_scores import SentenceFeatures, SentenceTerms
from assistant.answering.table_rows import label_fit
from assistant.retrieval.question import Question, coverage
from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS
from assistant.types import Passage

_NUMBERED_ITEM = 3.0
"""What an item gains that has the number asked for; of several lists the headings decide."""
_LIST_WEIGHT, _LIST_ALONE = 2.0, 0.3
_ANNOUNCED, _SAYS_ENOUGH = 0.6, 0.4
"""What "Risk factors include:" gains with so much of the question."""

_LEADS, _LEADS_ALL, _ALL_ANNOUNCED = 0.6, 0.9, 2.0
"""The share of the question in a line above a list that may answer a question for several things,
and what a line gains that holds all of it: a reader finds no answer in "The files created are:"."""
_REASONS_BELOW = 1.2
"""What "for two reasons:" gains where a reason is asked for."""

_OTHER_LABEL = 1.5
"""What a row loses whose label is no word of the question where another row's is all of it."""

FILLED_ROW = 0.8
"""What a row gains that has the numbers of the question and a cell of the kind asked for: "Where
was the meeting with 935 talks?" A sentence that counts the talks names no place."""
_STEPS = 0.8
"""What steps with numbers gain where a way of doing something is asked for."""
_NUMBER_BEFORE = re.compile(r"(?:^|\n)[ \t]*\d{1,3}[.)][ \t]*$")
_LED_BY = 3
"""Sentences before a list's first line that may name what it is about."""
_WHOLE_ROW, _WHOLE = 0.5, 0.95
OWN_SUBJECT, _FEW_OWN = 0.5, 2


def list_bonus(
    question: Question, passage: Passage, found: Sequence[SentenceTerms]
) -> dict[int, float]:
    """What belonging to a list adds to a sentence: the items cover a question only together."""
    context = frozenset(question.reads(words_above(passage), passage.language))
    bonus: dict[int, float] = {}
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and found[end].span.kind == "item":
            end += 1
        if end - at >= 2:
            first = at - 1 if at and found[at - 1].span.kind == "prose" else at
            told = found[max(0, first - _LED_BY) : first]
            block = context.union(*(s.terms for s in (*told, *found[first:end]) if s.row is None))
            covered = coverage(question.weights, block)
            is_steps = question.kinds[0] == "howto" and _is_numbered(passage, found[at:end])
            for index in range(first, end):
                own = coverage(question.weights, found[index].terms)
                alone = _STEPS if is_steps else _LIST_ALONE
                bonus[index] = _LIST_WEIGHT * (covered - own) + alone * covered
            if first < at and _announces(question, found[first]) >= _SAYS_ENOUGH:
                bonus[first] += _ANNOUNCED
        at = max(end, at + 1)
    return bonus


def announced(question: Question, found: Sequence[SentenceTerms]) -> dict[int, float]:
    """What a line gains that announces a list which may be the answer, where no list is asked for
    in words."""
    several = asks_for_several(question) or asks_what_to_do(question)
    several = several or asks_for_contents(question)
    if not several and question.kinds[0] != "reason":
        return {}
    bonus: dict[int, float] = {}
    for at, (line, below) in enumerate(zip_longest(found, found[1:])):
        is_above = below is None or below.span.kind == "item"  # None: the list is in the next chunk
        if line.span.kind == "item" or not is_above:
            continue
        if tells_reasons_below(question, line.text):
            bonus[at] = _REASONS_BELOW
        elif several and (told := _announces(question, line)) >= _LEADS:
            bonus[at] = _ANNOUNCED if told < _LEADS_ALL else _ALL_ANNOUNCED
    return bonus


def _announces(question: Question, lead: SentenceTerms) -> float:
    """How much of the question a line before a list holds that says what the list is of."""
    return coverage(question.weights, lead.terms) if ends_in_colon(lead.text) else 0.0


def opening_with(question: Question, found: Sequence[SentenceTerms]) -> list[int]:
    """The sentences that open with what a follow-up itself names: "And the teacher?" asks for what
    is said of the teacher, and the words borrowed from the question before only say where."""
    own = question.weights.keys() - question.borrowed
    if not question.borrowed or not 0 < len(own) <= _FEW_OWN:
        return []
    return [
        at for at, each in enumerate(found)
        if next((term for term in each.sequence if term not in STOP_WORDS), "") in own
    ]  # fmt: skip


def _is_numbered(passage: Passage, items: Sequence[SentenceTerms]) -> bool:
    """Whether numbers stand before the items of a list."""
    before = (passage.text[max(0, item.span.start - 10) : item.span.start] for item in items)
    return sum(_NUMBER_BEFORE.search(each) is not None for each in before) >= 2


def numbered(
    question: Question, passage: Passage, found: Sequence[SentenceTerms], number: int
) -> dict[int, float]:
    """What the item with the number asked for gains; of several lists the one whose heading holds
    more of the question gains more."""
    bonus = {}
    for index, each in enumerate(found):
        if is_item(number, passage.text, each.span.start):
            heading = heading_above(passage.text, each.span.start)
            words_above = heading or " ".join(passage.heading_path[-1:])
            above = frozenset(question.reads(words_above, passage.language))
            bonus[index] = _NUMBERED_ITEM * (1.0 + coverage(question.weights, above))
    return bonus


def labelled(
    question: Question,
    found: Sequence[SentenceTerms],
    features: Sequence[SentenceFeatures],
    bonus: Mapping[int, float],
) -> dict[int, float]:
    """What rows lose whose labels the question names less well than another row's beside them, and
    what one gains that holds the whole question under a label that the question names."""
    fits = {
        at: label_fit(question, sentence.row)
        for at, sentence in enumerate(found)
        if sentence.row is not None
    }
    most = max(fits.values(), default=0.0)
    return {
        at: bonus.get(at, 0.0)
        - _OTHER_LABEL * (most - fit)
        + _WHOLE_ROW * (fit >= 1.0 and features[at].around >= _WHOLE)
        for at, fit in fits.items()
    }


def is_filled(question: Question, sentence: SentenceTerms, features: SentenceFeatures) -> bool:
    """Whether a row holds the question's numbers and the place, person or time asked for."""
    if sentence.row is None or question.kinds[0] not in ("place", "person", "date"):
        return False
    return bool(question.values) and question.values <= sentence.row.own and features.kind >= 1.0
