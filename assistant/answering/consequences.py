"""Questions for a consequence: "What happens if a custom action fails?" Pure.

"The action fails if the file is missing" has all their words and tells the cause, not what follows;
"If you do not ask for space, you have 1 GB" has their form and only some of their words.
"""

from __future__ import annotations

import re

from assistant.retrieval.question import Question
from assistant.text.terms import STOP_WORDS

_ASKS = re.compile(
    r"\s*(?:[^?:,]{1,60}[:,]\s+)?what (?:(?=if\b)|(?:will |would |does |may )?"
    r"(?:happen(?:s|ed)?|follows|do(?:es)? [^?]{1,60} do)|(?:are|is) the (?:consequences?|"
    r"penalt(?:y|ies)|punishment|result|outcome)(?= if| when| for))"
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
_DEFINES = re.compile(
    r"\b(?:occurs?|happens?|arises?|means|is|are) (?:when|if|where)\b", re.IGNORECASE
)
"""Says what something is, or when it comes to it, and not what follows: "Failure occurs when"."""
_OF_THE_FAMILY = 0.5
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


def share_of_condition(question: Question, text: str, code: str = "") -> float:
    """Which share of the weight of the condition that is asked about stands in a condition of a
    sentence, which then tells what follows; a word of the family counts half."""
    asked = _ASKS.match(question.text) if question.language == "en" else None
    if asked is None:
        return 0.0
    wanted = [term for term in question.reads(asked["condition"]) if term in question.weights]
    total = sum(question.weights[term] for term in dict.fromkeys(wanted))
    found = [m for m in _CLAUSE.finditer(text) if m["word"].casefold() not in _TELLS_TIME]
    if not total or not found or _DEFINES.search(text):
        return 0.0
    shares = []
    for each in found:
        said = frozenset(question.reads(each["clause"], code))
        near = frozenset(question.related[term] for term in said & question.related.keys())
        shares.append(
            sum(
                question.weights[term] * (1.0 if term in said else _OF_THE_FAMILY)
                for term in dict.fromkeys(wanted)
                if term in said | near
            )
        )
    return max(shares) / total


def has_condition(text: str) -> bool:
    """Whether a sentence tells something under a condition."""
    return any(m["word"].casefold() not in _TELLS_TIME for m in _CLAUSE.finditer(text))


def asks_what_follows(question: str) -> bool:
    """Whether it is asked, in English, what happens if something is so."""
    return _ASKS.match(question) is not None
