"""Which item of a numbered list a question asks for: "step 4", "the third point", "Schritt 2".

A list item contains neither its number nor the word "step", so a word search misses it. Pure.
"""

from __future__ import annotations

import re

from assistant.text.terms import stem, words

_NOUNS = (
    "step|point|item|rule|stage|paragraph|clause|section|task|exercise|question|"
    "schritt|punkt|regel|absatz|aufgabe|étape|etape|punto|paso|passo|stap|steg|trinn"
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
)
_GERMAN = "erst zweit dritt viert fünft sechst siebt acht neunt zehnt".split()
_CARDINALS = "one two three four five six seven eight nine ten eleven twelve".split()
_AFTER = re.compile(
    rf"\b(?:{_NOUNS})\s{{1,3}}(?:(?:no\.?|number|nr\.?|#)\s{{0,2}})?(\d{{1,3}}|{'|'.join(_CARDINALS)})\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"\b(\d{{1,3}}(?:st|nd|rd|th|\.)|{'|'.join(_ORDINALS)}|(?:{'|'.join(_GERMAN)})e[nrsm]?)"
    rf"\s{{1,3}}(?:{_NOUNS})\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\(?\w{1,3}[.)])[ \t]")
_MARK = re.compile(r"[ \t>]*\(?(\d{1,3})[.)][ \t]+$")


def number_asked_for(question: str) -> tuple[int, frozenset[str]] | None:
    """(number, the terms that name it) of the item that a question asks for."""
    match = _AFTER.search(question) or _BEFORE.search(question)
    if match is None:
        return None
    number = _value(match[1].lower())
    return None if number is None else (number, frozenset(stem(words(match.group()))))


def is_item(number: int, text: str, start: int) -> bool:
    """Whether the item whose words begin at ``start`` has this number."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    match = _MARK.fullmatch(line)
    return match is not None and int(match[1]) == number


def heading_above(text: str, start: int) -> str:
    """The last heading, or line that leads in a list, above a character; empty where none is."""
    for line in reversed(text[:start].splitlines()):
        if line.startswith("#") or (line.rstrip().endswith(":") and not _ITEM.match(line)):
            return line.strip("# ")
    return ""


def _value(word: str) -> int | None:
    digits = re.match(r"\d+", word)
    if digits:
        return int(digits.group())
    for names in (_CARDINALS, _ORDINALS):
        if word in names:
            return names.index(word) + 1
    return next((at for at, each in enumerate(_GERMAN, start=1) if word.startswith(each)), None)
