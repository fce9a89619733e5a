"""Years in brackets behind a name, "Ada Lind (1935-2019)": they date a life and no deed. Pure."""

from __future__ import annotations

import re

from assistant.answering.asked_and_told import asks_life
from assistant.retrieval.question import Question

_YEAR = r"(?:1[0-9]|20)\d\d"
_LIFE = re.compile(
    r"(?<![\w.-])(?P<name>[^\W\d_a-zß-ÿ][\w'’-]*(?: [^\W\d_a-zß-ÿ][\w'’-]*){0,4}),? ?"
    rf"[(\[](?:(?:\*|†|born|died|b\.|d\.|geb\.?|geboren|gest\.?|née?|nacido|nacida|c\.|ca\.|um|"
    rf"[A-ZÀ-Þ][\w'’-]{{1,30}}) ?){{0,3}}{_YEAR}"
    rf"(?:[^()\[\]\d]{{0,40}}?[-–—/†,;]{{1,2}} ?[^()\[\]\d]{{0,30}}{_YEAR})"
    r"[^()\[\]]{0,40}[)\]]"
)
"""From the year of a birth to that of a death, with places between them perhaps."""
_BIRTH = re.compile(
    r"\b(?:d\. ?o\. ?b\.?|DOB|(?i:date of birth))\W{0,3}\d[\w./-]*(?: [A-Z][a-z]{2,8} \d{4})?"
)
_ENGLISH = re.compile(
    r"\b(?:born|births?|died?|dies|deaths?|dead|live[sd]?|alive|lifetime|aged?|old)\b",
    re.IGNORECASE,
)
_ANY_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_SIGNS = re.compile(r"[*†✝]\s?\d")
_NAMED = 0.6
"""Where the name is so much of a question, the years may be asked for: "When was the Thirty Years'
War?"."""


def without_life_years(question: Question, text: str) -> str:
    """The text without such years, unless a life is asked about, or the name and little more."""
    if not any(map(str.isdigit, text)) or _asks_life(question):
        return text
    text = _BIRTH.sub(" ", text)
    total = sum(question.weights.values()) or 1.0
    kept, end = [], 0
    for match in _LIFE.finditer(text):
        named = {*question.reads(match["name"])}
        told = sum(weight for term, weight in question.weights.items() if term in named)
        if told < _NAMED * total:
            kept.append(text[end : match.end("name")])
            end = match.end()
    return "".join((*kept, text[end:]))


def dates_a_life(question: Question, text: str) -> bool:
    """Whether a time is asked for, and the only years of a sentence are those of a life."""
    if question.kinds[0] != "date":
        return False
    left = without_life_years(question, text)
    return left != text and _ANY_YEAR.search(left) is None


def lacks_life(question: Question, text: str, code: str) -> bool:
    """Whether the time of a birth or a death is asked for in another language than English, and a
    sentence of that language tells neither."""
    if question.kinds[0] != "date" or question.language == "en" or code != question.language:
        return False
    if not asks_life(question.text, code) or asks_life(text, code):
        return False
    return _LIFE.search(text) is None and _SIGNS.search(text) is None


def tells_life(question: Question, text: str) -> bool:
    """Whether a birth or a death is asked for, and such years stand behind a name that the question
    has."""
    if question.kinds[0] != "date" or not _asks_life(question):
        return False
    named = (set(question.reads(match["name"])) for match in _LIFE.finditer(text))
    return any(name & question.weights.keys() for name in named)


def _asks_life(question: Question) -> bool:
    if question.language == "en":
        return _ENGLISH.search(question.text) is not None
    return asks_life(question.text, question.language)
