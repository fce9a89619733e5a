"""Whether the items of a list may tell who, whose, when or where something was. Pure; English.

Under a heading with the words of the question stand often sentences that hold no name and no time:
the four rules of a club do not tell who drew them up, however much "the rules" are asked about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ASKS_WHO = re.compile(
    r"\W*(?:(?:and|but|so|by|to|for|from|with) )?(?:who|whom|whose)\b(?! (?:can|may|should|must|"
    r"needs?|has to|(?:is|are) (?:allowed|eligible|able|entitled))\b)",
    re.IGNORECASE,
)
"""Not "Who may join?", which kinds of people tell as well as names."""
_ASKS_WHEN = re.compile(
    r"\W*(?:(?:and|but|so|since|until|till|from) )?when (?:was|were|did|will|had)\b",
    re.IGNORECASE,
)
_ASKS_WHERE = re.compile(
    r"\W*(?:(?:and|but|so|from|to) )?where (?:was|were|did|will|had)\b", re.IGNORECASE
)
_NAME = re.compile(r"(?<=[\w,;:)] )[A-ZÀ-Þ][\w'’-]+")
_TIME = re.compile(
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|"
    r"december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|spring|summer|autumn|winter|"
    r"morning|evening|noon|night|midnight|after|before|during|since|until|once|as soon as|when|"
    r"week|year)\b",
    re.IGNORECASE,
)
_ROLES = re.compile(
    r"\b(?:director|manager|president|chair\w*|secretary|treasurer|members?|team|committee|board|"
    r"department|office|teacher|doctor|nurse|captain|officer|owner|author|editor|father|mother|"
    r"brother|sister|son|daughter|wife|husband|king|queen)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 6
"""Words of an item that is itself a name: "Ida Holm (treasurer)"."""
_LEAST = 0.34
"""The share of the items that must hold such a value."""


def may_tell(question: str, items: Sequence[str]) -> bool:
    """Whether enough items hold the person, time or place that a question asks for; True where it
    asks for something else."""
    if not items:
        return True
    if _ASKS_WHO.match(question):
        held = [_is_short(each) or bool(_NAME.search(each) or _ROLES.search(each))
                for each in items]  # fmt: skip
    elif _ASKS_WHEN.match(question):
        held = [_TIME.search(each) is not None for each in items]
    elif _ASKS_WHERE.match(question):
        held = [_is_short(each) or _NAME.search(each) is not None for each in items]
    else:
        return True
    return sum(held) >= _LEAST * len(held)


def _is_short(item: str) -> bool:
    return len(item.split()) <= _FEW_WORDS and item.rstrip()[-1:] not in ".!?"
