"""Questions for a consequence: "What happens if a custom action fails?" Pure.

"The action fails if the file is missing" has all their words and tells the cause, not what follows.
"""

from __future__ import annotations

import re

from assistant.retrieval.question import Question
from assistant.text.terms import STOP_WORDS

_ASKS = re.compile(
    r"\s*what (?:will |would |does |may )?(?:happen(?:s|ed)?|follows|do(?:es)? [^?]{1,60} do)"
    r"[^?]{0,80}?\b(?:if|when|once|unless|in case) (?P<condition>[^?]{3,160})",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\b(?P<word>if|when|whenever|once|unless|in case|should|after|where)\b"
    r"(?P<clause>[^,;:.]{3,300})",
    re.IGNORECASE,
)
_TELLS_TIME = frozenset({"after", "where"})
"""Words that mostly tell a time or place: "after it was due" is no condition of "will not be
accepted"."""
_LEAST = 0.5
"""The share of the condition's words that a clause must have to be that condition."""


def tells_cause(question: Question, text: str) -> bool:
    """Whether what follows from a condition is asked for, and all conditions of a sentence are
    others. A sentence without a condition is believed."""
    asked = _ASKS.match(question.text) if question.language == "en" else None
    if asked is None:
        return False
    wanted = {term for term in question.reads(asked["condition"]) if term not in STOP_WORDS}
    found = list(_CLAUSE.finditer(text))
    if not wanted or all(match["word"].casefold() in _TELLS_TIME for match in found):
        return False
    clauses = [{*question.reads(match["clause"])} for match in found]
    return all(len(wanted & clause) < _LEAST * len(wanted) for clause in clauses)


def asks_what_follows(question: str) -> bool:
    """Whether it is asked, in English, what happens if something is so."""
    return _ASKS.match(question) is not None
