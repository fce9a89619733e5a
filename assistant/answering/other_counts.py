"""Sentences about another number of the things that a question counts. Pure.

"For 3 players: deal 5 cards" does not tell how many cards are dealt to five players. English.
"""

from __future__ import annotations

import re

from assistant.text.terms import stem

_NUMBERS = {
    word: value
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
}
_NUMBER = rf"\d{{1,4}}|{'|'.join(_NUMBERS)}"
_COUNTED = re.compile(
    rf"(?<![\w.,:/$€£-])(?P<number>{_NUMBER})[ -](?P<thing>[a-z]{{3,30}})\b", re.IGNORECASE
)
_SPANS = re.compile(
    r"\b(?:up to|at (?:the )?(?:least|most)|more than|less than|fewer than|over|under|between|"
    r"or (?:more|less|fewer|older|younger)|min(?:imum)?|max(?:imum)?|per|within|from|"
    r"any|additional|extra|further|only|until|after|before)\b|\d ?[-–] ?\d|\d\+",
    re.IGNORECASE,
)
"""What makes a number of things a limit or a rate, which may hold for another number too."""
_NO_THINGS = frozenset("of and or the to in for from with times more less percent per".split())


def tells_other_count(asked: str, text: str) -> bool:
    """Whether a question counts things ("with five players") that a sentence has in another number
    alone, and as no limit, span or rate."""
    wanted = _counts(asked)
    if not wanted or _SPANS.search(text):
        return False
    told = _counts(text)
    return any(
        thing in told and number not in told[thing] for thing, (number, *_) in wanted.items()
    )


def _counts(text: str) -> dict[str, list[int]]:
    """Stem of a thing → the numbers in which a text has it."""
    found: dict[str, list[int]] = {}
    for each in _COUNTED.finditer(text):
        thing, number = each["thing"].lower(), each["number"].lower()
        if thing not in _NO_THINGS:
            value = _NUMBERS.get(number) or int(number)
            found.setdefault(stem([thing])[0], []).append(value)
    return found
