"""Run-in headings: words in bold that open a paragraph and say what it is about. Pure.

"**The lid does not open.** Wait until the rotor stands still." says what to do in its second
sentence; the first is the heading of the paragraph, on its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.asked_lists import asks_what_to_do
from assistant.answering.sentence_scores import SentenceTerms
from assistant.retrieval.question import Question, coverage
from assistant.text.terms import STOP_WORDS
from assistant.types import Named, Passage

_LEAD = re.compile(r"(\*\*|__)[^*_\n][^*\n]{2,120}\1\W?")
_MOST_WORDS = 14
_LEAST, _ASKED, _FIRST, _OTHERS = 0.5, 0.8, 1.2, 0.6
"""The shares of the question that a heading must hold to be spoken of and to be what is asked, and
what the first sentence behind it and the others gain for it."""
_ASKS_FOR_HELP = frozenset({"howto", "any"})
_LABEL, _MOST_NEWS = 3, 1
"""Words of a heading that names its paragraph; what a longer one may add to the question."""
_NOT = re.compile(r"\b(?:not|no|never|cannot|without|\w+n['’]t)\b", re.IGNORECASE)
_ITEM = re.compile(r"\n[ \t>]*(?:[-*+•]|\d{1,3}[.)])[ \t]+$")


@dataclass(frozen=True, slots=True)
class RunIn:
    """What run-in headings do to the sentences of a passage, by their places.

    ``gains``: what a sentence gains behind a heading that holds what is asked, and ``about`` that
    heading; ``asked``: those behind one that holds nearly all of it; ``headings``: what answers
    nothing itself, where it is asked what to do or how.
    """

    gains: dict[int, float]
    about: dict[int, Named]
    asked: frozenset[int]
    headings: frozenset[int]


def run_in(question: Question, passage: Passage, found: Sequence[SentenceTerms]) -> RunIn:
    """The run-in headings of a passage that hold at least half of what is asked."""
    leads = _leads(passage, found)
    gains: dict[int, float] = {}
    about: dict[int, Named] = {}
    asked: list[int] = []
    says_not = _NOT.search(question.text) is not None
    asking = {lead for lead in leads.values() if _may_ask(question, found[lead])}
    for index, lead in leads.items():
        share = coverage(question.weights, found[lead].terms)
        is_turned = says_not != (_NOT.search(found[lead].text) is not None)
        if share < _LEAST or lead not in asking or is_turned:
            continue
        gains[index] = share * (_FIRST if index == lead + 1 else _OTHERS)
        about[index] = _named(passage, found[lead])
        asked += [index] if share >= _ASKED else []
    asks_for_help = question.kinds[0] in _ASKS_FOR_HELP or asks_what_to_do(question)
    headings = frozenset(asking) if asks_for_help else frozenset()
    return RunIn(gains, about if asks_for_help else {}, frozenset(asked), headings)


def _may_ask(question: Question, lead: SentenceTerms) -> bool:
    """Whether words in bold only say again what is asked, or are a label: "**Hold the button to
    reset the heater.**" is an answer."""
    if len(lead.words) <= _LABEL:
        return True
    said = {term for term in lead.terms if term not in STOP_WORDS}
    return len(said - question.weights.keys() - question.related.keys()) <= _MOST_NEWS


def _named(passage: Passage, lead: SentenceTerms) -> Named:
    """The words of a heading without its signs and end mark."""
    words = lead.text.strip().strip("*_").rstrip(".:!?*_ ")
    start = passage.start + lead.span.start + lead.text.find(words)
    return Named(words, start, start + len(words))


def _leads(passage: Passage, found: Sequence[SentenceTerms]) -> dict[int, int]:
    """Each sentence that stands in a paragraph behind a run-in heading → the place of that."""
    leads: dict[int, int] = {}
    lead: int | None = None
    for index, sentence in enumerate(found):
        before = found[index - 1].span.end if index else 0
        gap = passage.text[before : sentence.span.start]
        if index and ("\n\n" in gap or _ITEM.search(gap)):
            lead = None
        if _is_lead(sentence):
            lead = index
        elif lead is not None and sentence.span.kind in ("prose", "item"):
            leads[index] = lead
    return leads


def _is_lead(sentence: SentenceTerms) -> bool:
    """Whether a sentence is in bold type throughout, and short."""
    is_short = len(sentence.words) <= _MOST_WORDS and sentence.span.kind in ("prose", "item")
    return is_short and sentence.row is None and _LEAD.fullmatch(sentence.text.strip()) is not None
