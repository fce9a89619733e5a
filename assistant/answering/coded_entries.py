"""Lists of codes: "429 - rate_limit_error: …", "E12: door open"; and questions for a code. Pure.

"What does HTTP status 529 mean?" is told by the entry of 529: that it is of HTTP, the page says
once, above; and "status" is only the word for such a code.
"""

from __future__ import annotations

import re

from assistant.retrieval.question import Question
from assistant.text.terms import STOP_WORDS, identifiers, stem

CODED = 0.9
"""What the entry of a code says of what the code means."""
_ENTRY = re.compile(
    r"^[\W_]{0,6}(?:(?:error|status|code|exit|fault|alarm|http|nr\.?|no\.?|§)\s+){0,2}"
    r"(?P<code>[A-Za-z]{0,5}[-_.]?\d[\w.-]{0,12}|[A-Za-z]{1,30}(?:_[A-Za-z0-9]{1,30})+|"
    r"--?[A-Za-z][\w-]{0,40})"
    r"(?:[`*_\"')\]]{0,4}\s{0,3}(?:[-–—:=|→]|\s(?:means|is|stands for)\s)[\s>]*\S{2}|"
    r"(?:[`*_]{1,2}[ \t]|[ \t]{2})\s{0,20}[^\W\d_])",
    re.IGNORECASE,
)
WORDS_FOR_CODES = frozenset(
    stem(
        """code codes status state error errors fault number message response exit return returned
        signal alarm warning option flag abbreviation symbol http entry mean means
        meaning""".split()
    )
)
"""Words that only say that something is a code."""
_ASKS = re.compile(
    r"\b(?:what|which)(?! (?:do|does|did|can|could|should)\b)(?! (?:is|are) an? )"
    r"(?:['’]s| is| are)?(?: the)? (?:\w+ ){0,2}"
    r"(?:codes?|status(?:es)?|error numbers?|identifiers?|part numbers?|(?:phone|telephone|fax|"
    r"account|serial|order|article|model|version|ticket|invoice) numbers?)\b",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"(?:(?<=\s)|(?<=\s[`'\"‘“]))(?![-–—/&+=|…,;.%$€£°]{1,4}[\s`'\"’”])[^\w\s`'\"‘’“”()\[\],;]{1,4}"
    r"(?=[`'\"’”]?\s+\w)"
)
_CODE = re.compile(
    r"(?<![\w.])[A-Za-z]{0,6}[-_]?\d[\w./-]{1,24}|(?<![\w.])\d(?![\w.])|"
    r"\b[A-Z][A-Z0-9]{0,30}(?:\\?_[A-Z0-9]{1,30})+\b"
)
"""A code: with a digit, or capitals joined by strokes, in Markdown with a stroke before them."""


def is_coded_entry(question: Question, text: str, known: frozenset[str]) -> bool:
    """Whether a line is the entry of the code whose meaning a question asks for.

    ``known`` are the terms of the line and of what stands above it: all else that is asked about
    must be there, or be a word for codes.
    """
    match = _entry_asked(question, text)
    if match is None:
        return False
    subject = {*question.reads(match["code"]), *identifiers(match["code"])}
    subject &= question.weights.keys()
    if not subject:
        return False
    return question.weights.keys() - subject - known <= WORDS_FOR_CODES | STOP_WORDS


def opens_entry(question: Question, text: str) -> bool:
    """Whether a line opens like the entry of a code that a question names."""
    return _entry_asked(question, text) is not None


def _entry_asked(question: Question, text: str) -> re.Match[str] | None:
    match = _ENTRY.match(text) if question.asks_definition else None
    is_named = match and match["code"].casefold().strip("-_.") in question.text.casefold()
    return match if is_named else None


def asks_for_code(question: Question) -> bool:
    """Whether a code, or a number by which something is called, is asked for. English."""
    return question.language == "en" and _ASKS.search(question.text) is not None


def has_code(question: Question, text: str) -> bool:
    """Whether a text holds a code that the question does not."""
    asked = question.text.casefold()
    return any(match.group().casefold() not in asked for match in _CODE.finditer(text))


def asked_signs(text: str) -> list[str]:
    """The signs that a question asks about: "the ? operator", "what does => mean". Dashes, strokes
    and "&" between words are none, nor is what ends the question."""
    return [match.group() for match in _SIGN.finditer(text)]
