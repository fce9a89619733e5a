"""The list whose first line comes closest to a question in meaning: "What do we have to buy for our
boy?" is told below "What your parents will have to supply:", which has none of its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.answering.asked_lists import (
    asks_what_to_do,
    ends_in_colon,
)
from assistant.answering.exclusions import asks_for_the_other
from assistant.answering.led_lists import asks_for_more_than_one
from assistant.answering.list_items import ReadText, item_runs
from assistant.answering.named_items import may_tell
from assistant.answering.nearest_meanings import closeness
from assistant.answering.pick_relations import NEXT_TO
from assistant.answering.picks import Extraction, Pick
from assistant.model.answer_reader import AnswerReader
from assistant.retrieval.question import Question, coverage
from assistant.text.sentences import sentences
from assistant.types import LIKELY, Passage

_LOOKED_IN = 2
"""The first passages; lists of further ones are as often wrong as right."""
_AROUND = 1500
"""Characters on each side of a passage in which a list goes on that begins or ends there."""
_FEWEST, _MOST = 2, 14
"""Items of a list that is given whole."""
_NEARLY = 0.07
"""By how much the cosine of the first line may lie below the best candidate's. Of 416 questions on
eight folders of strangers and 450 of our own, 14 lists that hold the answer come so in the place of
a wrong answer, 5 that do not, and no right answer is lost; with .1, 15, 7 and 2."""
_LEAST, _LEAST_OF_NEARER = 0.6, 0.5
"""The least cosine of a first line, and of one that comes closer than all candidates: below it they
are no measure either."""
_NEARLY_ALONE = 0.15
"""The same where both stand without title and heading, which alone can bring a line close."""
_TOLD, _LED = 0.8, 0.5
"""The share of the question that the best candidate holds with what stands around it, from which on
it needs no list; but for one whose first line and heading hold this share."""
_ALONE = 0.5
"""The share of the question with which an item of that list stays alone, and with which any other
sentence does, unless the first line alone holds as much."""
_HOLDS_LESS = 0.15
"""How much less of it that line may hold."""
_GIVEN = 2
"""Items one below the other in an answer that is a list."""
_UNSURE_AT_MOST = LIKELY - 0.01
"""The probability of an answer that has hardly a word of the question: the closest one found."""
_ONE_VALUE = frozenset({"person", "place", "date", "number", "amount", "reason", "yesno"})
_ASKS_WHAT = re.compile(r"\b(?:what|which)\b", re.IGNORECASE)
_OF_ONE = re.compile(
    r"\b(?:in|at|from|on|by|to|for|of|under|with|through) (?:which|what)\b(?! (?:order|steps)\b)",
    re.IGNORECASE,
)
"""Mostly one thing: "In which journal did it appear?"."""
_TWO = re.compile(
    r"\b(?:and|or)\b,? (?:\w+ )?(?:what|which|who|whom|whose|where|when|why|how)\b", re.I
)
"""Two questions, of which a list tells one at the most."""
_KEY = re.compile(r"(?:^|\n)[\w-]+:\s*$")
"""A key of front matter is no line above a list."""


def asks_for_a_list(question: Question) -> bool:
    """Whether a list may answer: several things, ways and duties are asked for, or what something
    is; not one person, place, time, number or reason."""
    if _TWO.search(question.text):
        return False
    if question.wants_list or question.wants_steps or asks_what_to_do(question):
        return True
    if asks_for_more_than_one(question):
        return True
    if question.kinds[0] in _ONE_VALUE or question.kinds[0] == "definition":
        return False
    return _ASKS_WHAT.search(question.text) is not None and not _OF_ONE.search(question.text)


def list_by_meaning(
    extraction: Extraction,
    passages: Sequence[Passage],
    asked: str,
    reader: AnswerReader | None,
    read: ReadText,
) -> tuple[Pick, ...]:
    """The line above a list and its items, in the place of what was chosen; empty where that stays.

    Only lists of the best candidate's document in the first passages are looked at, where no
    candidate is plainly the answer and what was chosen is no list. Raises ``ReaderError``.
    """
    question, picks = extraction.question, extraction.picks
    if not picks or not asks_for_a_list(question) or _is_list(picks):
        return ()
    close = closeness(question, extraction.ranked, asked, reader)
    if reader is None or not len(close):
        return ()
    best = extraction.ranked[0]
    lists = [
        found
        for passage in passages[:_LOOKED_IN]
        if passage.document == best.passage.document
        for found in _lists_in(passage, best, read)
    ]
    lists = [
        (above, told)
        for above, told in lists
        if may_tell(question.text, [pick.text for pick in told[1:]])
        and not asks_for_the_other(question, above)
    ]
    if not lists:
        return ()
    vectors = reader.meanings([asked, *(f"{best.passage.title}. {above}" for above, _ in lists)])
    near = vectors[1:] @ vectors[0]
    above, told = lists[int(near.argmax())]
    least = _LEAST_OF_NEARER if near.max() > close.max() else _LEAST
    if near.max() < max(least, close.max() - _NEARLY):
        return ()
    alone = reader.meanings([asked, told[0].text, best.text])
    if alone[1] @ alone[0] < alone[2] @ alone[0] - _NEARLY_ALONE:
        return ()
    is_inside = any(each.start == best.start for each in told)
    first = coverage(question.weights, _terms(question, told[0].text, best.passage.language))
    if best.features.own >= _ALONE and (is_inside or first < best.features.own - _HOLDS_LESS):
        return ()
    led = coverage(question.weights, _terms(question, above, best.passage.language))
    return tuple(told) if best.features.around < _TOLD or led >= _LED else ()


def _terms(question: Question, text: str, language: str) -> frozenset[str]:
    return frozenset(question.reads(text, language))


def less_sure(probability: float) -> float:
    """The probability of an answer that was chosen by what its first line means."""
    return min(probability, _UNSURE_AT_MOST)


def _is_list(picks: Sequence[Pick]) -> bool:
    rows = sum(pick.row is not None for pick in picks)
    items = [pick for pick in picks if pick.kind == "item"]
    joined = sum(
        one.passage.document == other.passage.document and 0 <= other.start - one.end <= NEXT_TO
        for one, other in pairwise(items)
    )
    return rows > 1 or joined >= _GIVEN - 1


def _lists_in(passage: Passage, best: Pick, read: ReadText) -> list[tuple[str, list[Pick]]]:
    """The lists of a passage below a line that ends in a colon: the heading with that line, and
    the line with the items."""
    begin = max(0, passage.start - _AROUND)
    text = read(passage.document, begin, passage.end + _AROUND)
    units = [
        replace(
            best,
            passage=passage,
            text=text[span.start : span.end],
            start=begin + span.start,
            end=begin + span.end,
            kind=span.kind,
            row=None,
            about=None,
        )
        for span in sentences(text)
    ]
    found: list[tuple[str, list[Pick]]] = []
    for run in item_runs(units, read):
        lead = units[run[0] - 1] if run[0] else None
        if lead is None or not _FEWEST <= len(run) <= _MOST or not _leads(lead):
            continue
        if units[run[-1]].end <= passage.start or units[run[0]].start >= passage.end:
            continue
        headings = [each.text for each in units[: run[0] - 1] if each.kind == "heading"]
        heading = (headings or list(passage.heading_path) or [""])[-1]
        is_alone = lead.kind == "heading" or not heading
        above = lead.text if is_alone else f"{heading}. {lead.text}"
        found.append((above, [lead, *(units[at] for at in run)]))
    return found


def _leads(line: Pick) -> bool:
    is_line = line.kind in ("prose", "label", "heading")
    return is_line and ends_in_colon(line.text) and not _KEY.search(line.text)
