"""What questions of other languages than English ask for, and whether a sentence tells it. Pure.

A time, an age, a length, a weight, a price, in what two things differ. The words are rows
``asks.…`` and ``tells.…`` of a language's data file; of a language that has none nothing is said.
English has patterns of its own (``answering.units``, ``answering.sides``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.text.folding import fold, fold_case
from assistant.text.languages import answer_words, language

_TOKEN = re.compile(r"\d+|[^\W\d_]+|[%€$£¥]")
_NEAR = 4
"""Words between a number and its unit: "65 bis etwa 70 cm"."""
_LONGEST_SIGN = 3
"""Letters of a unit that stands right behind its number: French "s'est" is no second."""
_MEASURES = ("age", "duration", "length", "mass")
_UNITS = {
    "age": ("time_unit",), "duration": ("time_unit",), "length": ("length_unit", "time_unit"),
    "mass": ("mass_unit",), "price": ("price",),
}  # fmt: skip
_YEAR = re.compile(r"(?<![\d.,])(?:1\d|20)\d\d(?![.,]?\d)")
_ANY_YEAR = re.compile(r"(?<!\d)[1-9]\d{2,3}(?!\d)")
_YEARS = re.compile(rf"{_YEAR.pattern}.*?{_YEAR.pattern}", re.DOTALL)
_ALS = re.compile(r"(?:^\W*|[,;:(–-]\s?)als (?!(?:ob|dass)\b)", re.IGNORECASE)
"""German "when"; within a clause it is "as" or "than"."""
_ACCENTED = frozenset({"asks.life", "tells.age"})
"""Rows of words that others are without their accents: French "né", "ne"."""
_NO_CURRENCY = 0.5
"""What a price in digits without a currency is worth."""


@lru_cache(maxsize=256)
def measure_asked(question: str, code: str) -> str:
    """The measure that a question asks for: "age", "duration", "length" or "mass"; else ""."""
    text = _words(question)
    return next((each for each in _MEASURES if _has(code, f"asks.{each}", text)), "")


def lacks_year(question: str, code: str, text: str) -> bool:
    """Whether a year is asked for, and a text has none."""
    return _has(code, "asks.year", _words(question)) and _ANY_YEAR.search(text) is None


@lru_cache(maxsize=256)
def asks_life(question: str, code: str = "") -> bool:
    """Whether a question asks for somebody's birth, death or time of life; in any language that is
    known, where none is given."""
    if not code:
        return any(asks_life(question, each) for each in ("de", "fr", "es"))
    return _has(code, "asks.life", _words(question, with_accents=True))


@lru_cache(maxsize=256)
def asks_meaning(question: str, code: str) -> bool:
    """Whether a question asks what a word means."""
    return _has(code, "asks.meaning", _words(question))


@lru_cache(maxsize=256)
def asks_to_tell_apart(question: str, code: str) -> bool:
    """Whether a question asks in what two things differ."""
    return _has(code, "asks.difference", _words(question))


def tells_measure(measure: str, question: str, text: str, code: str) -> bool:
    """Whether a sentence in a language holds what a measure is told by; True for a language of
    which that is not known."""
    if not answer_words(code):
        return True
    words = _words(text)
    if measure == "age":
        is_told = _has(code, "tells.age", _words(text, with_accents=True))
        if is_told and any(map(str.isdigit, text)):
            return True
        if asks_life(question) and _YEARS.search(text):
            return True
        words = _span(code).sub(" ", words)  # "seit über 60 Jahren" is no age
        if _is_of_now(question) and _YEAR.search(text):
            return True
    if measure == "duration" and (_YEARS.search(text) or _has(code, "tells.lasting", words)):
        return True
    return _counted(code, measure).search(words) is not None


def price_told(text: str, code: str) -> float:
    """1 where a sentence tells a price or that there is none, 0.5 where it has a number without a
    currency, else 0; 1 for a language of which that is not known."""
    if not answer_words(code):
        return 1.0
    words = _words(text)
    if _has(code, "tells.free", words):
        return 1.0
    if _numbers(code).search(words) is None:
        return 0.0
    return 1.0 if _has(code, "tells.price", words) else _NO_CURRENCY


def tells_when(text: str, code: str) -> bool:
    """Whether a clause or a word of a sentence says when, without any date; True for a language of
    which that is not known."""
    if not answer_words(code):
        return True
    return _has(code, "tells.time", _words(text)) or (
        code == "de" and _ALS.search(text) is not None
    )


def tells_difference(text: str, code: str) -> bool:
    """Whether a sentence says in what things differ: that they do ("the result is different") does
    not; True for a language of which that is not known."""
    if not answer_words(code):
        return True
    [*clauses, last] = re.split(r"[,;:]", text)
    if _has(code, "tells.differs", f" {_words(last).split(' ')[-2]} "):
        text = " ".join(clauses)
    return _has(code, "tells.contrast", _words(text))


@lru_cache(maxsize=256)
def _is_of_now(question: str) -> bool:
    words = _words(question)
    return any(_has(code, "asks.age_now", words) for code in ("de", "fr", "es"))


def _words(text: str, with_accents: bool = False) -> str:
    """The words and numbers of a text in lower case, between blanks."""
    return f" {' '.join(_TOKEN.findall(fold_case(text) if with_accents else fold(text)))} "


def _has(code: str, key: str, words: str) -> bool:
    return _phrases(code, key).search(words) is not None


@lru_cache(maxsize=256)
def _phrases(code: str, key: str) -> re.Pattern[str]:
    phrases = answer_words(code).get(key, ())
    if key not in _ACCENTED:
        phrases = tuple(map(fold, phrases))
    return re.compile(f"(?<= )(?:{_either(phrases)})(?= )" if phrases else r"(?!)")


def _either(phrases: Sequence[str]) -> str:
    parts = sorted((re.escape(each).replace(r"\ ", " ") for each in phrases), key=len, reverse=True)
    return "|".join(parts).replace(r"\*", r"\w*")


@lru_cache(maxsize=64)
def _counted(code: str, measure: str) -> re.Pattern[str]:
    """A number, in digits or words, and behind it a unit of a measure."""
    rows = answer_words(code)
    units = [fold(unit) for key in _UNITS[measure] for unit in rows[f"tells.{key}"]]
    near = [unit for unit in units if len(unit) <= _LONGEST_SIGN]
    far = [unit for unit in units if len(unit) > _LONGEST_SIGN]
    return re.compile(
        rf"(?<= )(?:\d+|{_either(sorted(language(code).numbers))}) "
        rf"(?:(?:{_either(near)})|(?:\w+ ){{0,{_NEAR}}}(?:{_either(far)}))(?= )|\d [%](?= )"
    )


@lru_cache(maxsize=8)
def _span(code: str) -> re.Pattern[str]:
    """A preposition and a number behind it: "seit 60", "pendant plus de 60"."""
    opens = _phrases(code, "tells.span").pattern
    return re.compile(rf"{opens}(?: [^\W\d]+){{0,3}}? (?:\d+|{_either(_counting(code))})(?= )")


def _counting(code: str) -> list[str]:
    known = language(code)
    return sorted(known.numbers - known.function)


@lru_cache(maxsize=32)
def _numbers(code: str) -> re.Pattern[str]:
    """A number in digits or words; an article ("un") is none."""
    return re.compile(rf"(?<= )(?:\d+|{_either(_counting(code))}) ")
