"""Whether the numbers of a sentence count what a question counts: "How many flats …?" is not told
by "six weeks" and "two places". Pure; English.
"""

from __future__ import annotations

import re
from itertools import takewhile

from assistant.answering.kind_scores import NUMBER_WORD
from assistant.answering.units import is_unit
from assistant.retrieval.question import Question
from assistant.text.terms import STOP_WORDS

_ASKED = re.compile(
    r"\bhow many (?P<things>(?:[\w'’-]+ ){0,3}?[\w'’-]+?)(?= (?:of|in|on|at|from|for|to|with|by|"
    r"per|did|do|does|are|is|was|were|will|would|can|could|should|must|may|has|have|had|that|who|"
    r"which|there|it|they|he|she|we|i|you|the|a|an|this|these|each|every|different)\b|[?,.;]|$)",
    re.IGNORECASE,
)
_OF_ANY_NOUN = frozenset(
    """people persons men women things items ones times types kinds sorts forms ways members units
    others more""".split()
)
"""Words for things that a text mostly calls by another noun."""
_NUMBER = re.compile(
    rf"(?<![\w.,€$£#/-])(?P<number>\d+(?:[.,]\d+)*(?![\w%]|:\d)|{NUMBER_WORD.pattern})"
    r"(?: (?:million|billion|thousand|hundred|dozen))*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_BEHIND = re.compile(r"(?: (?:(?:[A-Z]\.){2,}|[\w'’.-]*\w)){1,4}")
_OTHER_UNIT = re.compile(
    r"(?:euro|dollar|pound|pence|cent|franc|crown|quid|km|kilo\w+|mile|calorie|kcal|kwh|degree|"
    r"percent|point|watt|volt|amp|decibel|knot|[kmgt]b|acre|hectare|square|cubic)s?"
)
_WORD = re.compile(r"[\w'’-]+(?:\.\w+)*")


def counts_asked_things(question: Question, text: str) -> bool | None:
    """Whether a number of a sentence stands before what is counted; False where all of them stand
    before other nouns, None where that can't be told."""
    asked = _ASKED.search(question.text) if question.language == "en" else None
    if asked is None:
        return None
    things = asked["things"].lower().split()[:3]
    wanted = {*question.reads(" ".join(things), "en")} - STOP_WORDS
    is_other = False
    for number in _NUMBER.finditer(text):
        behind = _BEHIND.match(text, number.end())
        run = _WORD.findall(behind.group()) if behind is not None else []
        words = list(takewhile(lambda word: word == "of" or word.lower() not in STOP_WORDS, run))
        if wanted & {*question.reads(" ".join(words), "en")}:
            return True
        if _YEAR.fullmatch(number["number"]):
            continue
        if not words or words[0] == "of":
            return None
        is_other = True
    is_any = bool(_OF_ANY_NOUN.intersection(things)) or any(map(_is_unit, things))
    return False if is_other and not is_any else None


def asks_for_units(question: Question) -> bool:
    """Whether a measure is asked for by its unit: "How many weeks …?"."""
    asked = _ASKED.search(question.text)
    return asked is not None and any(map(_is_unit, asked["things"].lower().split()))


def _is_unit(word: str) -> bool:
    return is_unit(word) or _OTHER_UNIT.fullmatch(word) is not None
