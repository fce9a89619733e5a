"""A yes-or-no question with a qualifier → whether a sentence has another one of its class. Pure.

"Is she a second cousin of Ann?" is answered, and denied, by "Ann's third cousin": the same head
behind another member of the class. Classes are those of ``assistant.checking.contrasts``. English.
"""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.checking.contrasts import class_of
from assistant.text.terms import STOP_WORDS, stem

_WORD = re.compile(r"\d[\d,.]*\d|[^\W_]+")
_YES_OR_NO = re.compile(
    r"\W*(?:(?:and|but|so),? )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|"
    r"should|may|must)\b",
    re.IGNORECASE,
)
_PARTS = frozenset({"year", "number", "letter"})
"""Classes whose members stand beside anything."""


def tells_other_qualifier(question: str, text: str) -> bool:
    """Whether a question of yes or no has a head with a qualifier ("first cousin"), and the text
    the same head with another qualifier of its class and not with the one asked for."""
    if _YES_OR_NO.match(question) is None:
        return False
    wanted = _qualified(question)
    if not wanted:
        return False
    told = _qualified(text)
    return any(
        member not in others and bool(others)
        for (key, head), members in wanted.items()
        for member in members
        if (others := told.get((key, head), frozenset()))
    )


def _qualified(text: str) -> dict[tuple[str, str], frozenset[str]]:
    """Class and stem of a head → the members of the class right before it."""
    words = _WORD.findall(text)
    stems = stem([word.lower() for word in words])
    found: dict[tuple[str, str], frozenset[str]] = {}
    for (word, _), (head, stemmed) in pairwise(zip(words, stems, strict=True)):
        if head.lower() in STOP_WORDS:
            continue
        for key, member in class_of(word):
            if key not in _PARTS:
                found[key, stemmed] = found.get((key, stemmed), frozenset()) | {member}
    return found
