"""How well a sentence holds the kind of thing that is asked for: a time, a number, a name. Pure."""

from __future__ import annotations

import re

from assistant.answering.asked_and_told import measure_asked, price_told
from assistant.answering.coded_entries import asks_for_code, has_code
from assistant.answering.consequences import asks_what_follows, tells_what_follows
from assistant.answering.kind_words import (
    has_capitals,
    has_number_word,
    has_reason,
    has_time,
    place_pattern,
)
from assistant.answering.life_years import without_life_years
from assistant.answering.units import lacks_unit, tells_in_words
from assistant.retrieval.answer_kinds import AnswerKind
from assistant.retrieval.question import Question
from assistant.text.terms import STOP_WORDS

_DATE = re.compile(
    r"\b(?:1[0-9]|20)\d{2}\b|\b\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|"
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|centuries|decade|spring|"
    r"summer|autumn|winter|yesterday|today)\b|\b\d{3,4}s\b",
    re.IGNORECASE,
)
NUMBER_WORD = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|"
    r"seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|"
    r"thousands?|millions?|billions?|half|third|quarter|dozens?|twice|doubled?|tripled?)\b",
    re.IGNORECASE,
)
"""What says a number in English words."""
_BARE_YEAR = re.compile(r"(?:1\d|20)\d\d")
_VALUE = re.compile(r"\d+(?:[.,]\d+)*")
_NO_NAME = re.compile(
    r"\b(?:what|which)\s+(?:(?:kind|type|sort)s?\s+of\b|(?:colou?r|shape|size|form|effect|purpose|"
    r"material|condition|quality|direction|angle|position|sense|respect|way|extent|degree)s?\b)",
    re.IGNORECASE,
)
"""Asks for something that has no name: a capital letter says nothing for a sentence."""
_COUNTED_OFF = re.compile(r"(?<![\w.,$€£-])\(?\d{1,2}\)(?=\s)")
"""A number that counts off: "net of: 1) fuel, 2) power"."""
_PERSON = re.compile(
    r"\b[A-ZÀ-Þ][\w'’-]{1,60}+(?:\s+(?:[A-Z]\.|de|van|von|der|la|bin|al|of))*\s+[A-ZÀ-Þ][\w'’-]+"
)
_ASKS_WHOM_TO_TELL = re.compile(
    r"\bwhom? (?:should|can|must|shall|may|could|do) (?:i|we|you|one|members?|users?)\b", re.I
)
_TELL_WHOM = re.compile(
    r"\b(?:contact|tell|ask|inform|notify|call|phone|ring|e-?mail|write to|speak (?:to|with)|"
    r"talk (?:to|with)|(?:report|bring|direct|address|submit|refer|send|give|hand|take) "
    r"(?:\w+ ){0,6}to|see|consult|approach|turn to|go to) "
    r"(?:your|the|our|a|an|any|one of) [a-z]",
    re.IGNORECASE,
)
"""A person by a role: "please contact your team leader"."""
_CAPITAL = re.compile(r"(?<=[\w,;:)]\s)[A-ZÀ-Þ][\w'’-]+")
_PLACE = re.compile(r"\b(?:in|at|near|from|to|of|into|around)\s+(?:the\s+)?[A-ZÀ-Þ][\w'’-]+")
_REASON = re.compile(
    r"\b(?:because|since|so that|due to|thanks to|as a result|therefore|reason|in order to|"
    r"so as to|caused?|owing to|leads? to|to avoid|to prevent)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\d|\b(?:free|gratis|nothing|costless|kostenlos|umsonst|gratuit|gratuito|hundred|thousand|"
    r"million|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty)\b",
    re.IGNORECASE,
)
"""What tells a price: "a total cost of ownership" does not."""
_ASKS_CLOCK = re.compile(
    r"\bwhat time\b(?! (?:of (?:the )?year|zone|frame|limit|span|period|off|commitment))|"
    r"\bwhich hours?\b|\bat what hour\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\d ?[ap]\.?m\b|\d[:.]\d\d\b|\d ?o['’]clock|\d ?uhr\b|\b(?:1\d|2[0-3]) ?h(?:rs)?\b|"
    r"\b(?:noon|midday|midnight|sunrise|sunset|dusk|dawn)\b|\b(?:at|from|until|till|by|"
    r"before|after) (?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
    re.IGNORECASE,
)
"""A time of the day."""
_FORBIDS = re.compile(r"\b(?:not|never|no longer|nowhere)\b|n['’]t\b", re.IGNORECASE)
_ASKS_WHERE_TO = re.compile(
    r"\bwhere (?:do|can|could|should|must|may|shall|would|will) (?:i|we|you|one|my|our|members?|"
    r"guests?|visitors?|people)\b|\bwhere (?:is|are) (?:the|my|our|your)\b",
    re.IGNORECASE,
)
_THING_AS_PLACE = re.compile(
    r"\b(?:in|inside|into|at|on|onto|under|behind|beside|near|next to|outside|opposite|above|below|"
    r"from|to) (?:the|an?|your|our|their|its|any|one of the) (?!(?:end|beginning|start|time|moment|"
    r"morning|evening|afternoon|night|event|case|future|past|meantime|same|day|week|month|year|"
    r"price|cost|request|extent|other)\b)[a-z]",
    re.IGNORECASE,
)
"""A place without a name: "in the black bin"."""
_A_THING = 0.8
"""What such a place is worth where it is asked where to put, find or get something."""
_OTHER_UNIT = 0.2
"""What a number is worth where "How long did it take?" wants a time, and none stands there."""


def kind_score(question: Question, text: str, code: str = "") -> float:
    """1 when the sentence holds the first kind of thing that is asked for, 0 when not, else .5.

    ``code`` is the sentence's language, if it is known.
    """
    other = "" if code == "en" else code
    if asks_for_code(question):
        return float(has_code(question, text))
    if question.language == "en" and not other:
        if asks_what_follows(question.text):
            return 1.0 if tells_what_follows(text) else 0.5
        if asks_clock(question):
            return 1.0 if tells_clock(text) else _OTHER_UNIT
    for kind in _kinds_to_fill(question):
        if kind == "date":
            text = without_life_years(question, text)
            found = {match.group().lower() for match in _DATE.finditer(text)} - question.values
            return float(bool(found) or (bool(other) and has_time(text, other)))
        if kind == "number":
            return _number_told(question, text, code)
        if kind == "amount":
            if question.language != "en" and (code or question.language) != "en":
                return price_told(text, code or question.language)
            return float(_AMOUNT.search(text) is not None)
        if kind in ("person", "place", "which") and other and not has_capitals(other):
            continue
        if kind == "person":
            if _ASKS_WHOM_TO_TELL.search(question.text) and _TELL_WHOM.search(text):
                return 1.0
            if _new_name(_PERSON, text, question):
                return 1.0
            return 0.5 if _new_name(_CAPITAL, text, question) else 0.0
        if kind == "place":
            if _new_name(place_pattern(other) if other else _PLACE, text, question):
                return 1.0
            if _ASKS_WHERE_TO.search(question.text) and _tells_where_to(text):
                return _A_THING
            return 0.5 if _new_name(_CAPITAL, text, question) else 0.0
        if kind == "reason":
            gives_one = has_reason(text, other) if other else _REASON.search(text)
            return 1.0 if gives_one else 0.3
        if kind == "which" and not _NO_NAME.search(question.text):
            return 1.0 if _new_name(_CAPITAL, text, question) else 0.4
    return 0.5


def asks_clock(question: Question) -> bool:
    """Whether a time of the day is asked for, in English."""
    return question.language == "en" and _ASKS_CLOCK.search(question.text) is not None


def tells_clock(text: str) -> bool:
    """Whether a sentence holds a time of the day."""
    return _CLOCK.search(text) is not None


def _tells_where_to(text: str) -> bool:
    """Whether a sentence names a thing as a place, and forbids nothing there."""
    return _THING_AS_PLACE.search(text) is not None and _FORBIDS.search(text) is None


def _number_told(question: Question, text: str, code: str) -> float:
    """How well a sentence tells a number: by one with its unit where a measure is asked for, else
    in digits, in words, or by a year."""
    other = "" if code == "en" else code
    if not other and tells_in_words(question.text, text):
        return 1.0
    if question.language == "en" and lacks_unit(question, text, code):
        return _OTHER_UNIT
    counted = _COUNTED_OFF.sub(" ", text)
    values = {v.replace(",", "") for v in _VALUE.findall(counted)} - question.values
    in_words = has_number_word(text, other) if other else NUMBER_WORD.search(text) is not None
    if question.language != "en" and measure_asked(question.text, question.language):
        is_told = not lacks_unit(question, text, code)
        return 1.0 if is_told else _OTHER_UNIT * bool(values or in_words)
    if values and not all(map(_BARE_YEAR.fullmatch, values)):
        return 1.0
    return 0.7 if in_words or values else 0.0


def _kinds_to_fill(question: Question) -> tuple[AnswerKind, ...]:
    """The kinds asked for; of a price in another language than English that alone."""
    kinds = question.kinds
    return ("amount",) if question.language != "en" and "amount" in kinds else kinds


_DAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|april|june|july|august|"
    r"september|october|november|december)\b",
    re.IGNORECASE,
)
"""Has a capital in English and names nobody and no place."""


def _new_name(pattern: re.Pattern[str], text: str, question: Question) -> bool:
    """Whether a match brings a name that the question does not hold already."""
    for match in pattern.finditer(text):
        if _DAY.search(match.group()):
            continue
        fresh = [t for t in question.reads(match.group()) if t not in STOP_WORDS]
        if any(term not in question.weights for term in fresh[-2:]):
            return True
    return False
