"""Questions for a consequence: "What happens if a custom action fails?" Pure.

"The action fails if the file is missing" has all their words and tells the cause, not what follows;
"If you do not ask for space, you have 1 GB" has their form and only some of their words.
"""

from __future__ import annotations

import re

from assistant.checking.contraries import has_opposite
from assistant.checking.polarity import clause_of
from assistant.retrieval.question import Question
from assistant.text.terms import STOP_WORDS, words

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
_DENIES = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|unable|fail(?:s|ed|ing)?|"
    r"forget|forgets|forgot|forgotten|miss(?:es|ed|ing)?|lack(?:s|ed|ing)?|refus(?:e|es|ed|ing)|neglect\w*|"
    r"skip(?:s|ped)?|absent)\b|n['’]t\b",
    re.IGNORECASE,
)
_OUR_OWN = re.compile(r"\s*(?:i|my|you|your)\b", re.IGNORECASE)
_OF_THE_HOUSE = re.compile(
    r"\s*(?:we|our|the (?:hotel|company|organi[sz]ers?|landlord|school|club|provider|seller|vendor|"
    r"shop|owner|operator|management|board|host|office|airline|house))\b",
    re.IGNORECASE,
)
_ENDS = (frozenset({"on", "off"}), frozenset({"up", "down"}))
"""Opposites that are words of grammar, which the check of contraries does not read."""
_RULES = re.compile(
    r"\b(?:anyone|anybody|everyone|whoever|those|people|members|users|guests|students) who\b|"
    r"\b(?:must|shall|may not|cannot|will be|can be|may be)\b",
    re.IGNORECASE,
)
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
    told = _DENIES.sub(" ", asked["condition"])
    wanted = [term for term in question.reads(told) if term in question.weights]
    total = sum(question.weights[term] for term in dict.fromkeys(wanted))
    found = [m for m in _CLAUSE.finditer(text) if m["word"].casefold() not in _TELLS_TIME]
    if not total or not found or _DEFINES.search(text):
        return 0.0
    shares = [0.0]
    for each in found:
        if _is_other_case(asked["condition"], each["clause"], each["word"]):
            continue
        said = frozenset(question.reads(each["clause"], code))
        near = frozenset(question.related[term] for term in said & question.related.keys())
        shares.append(
            sum(
                question.weights[term] * (1.0 if term in said else _OF_THE_FAMILY)
                for term in dict.fromkeys(wanted)
                if term in said | near
            )
        )
    most = max(shares) / total
    return most if most >= _LEAST else 0.0


def _is_other_case(asked: str, told: str, word: str) -> bool:
    """Whether a condition is the opposite of the one asked about, or somebody else's: "unless you
    object" for "if I object", "if we cancel" for "if I cancel"."""
    denies = (_DENIES.search(told) is not None) != (word.casefold() == "unless")
    if denies != (_DENIES.search(asked) is not None):
        return True
    if _OUR_OWN.match(asked) and _OF_THE_HOUSE.match(told):
        return True
    mine, theirs = ({*words(each)} for each in (asked, told))
    if any(
        len(mine & ends) == len(theirs & ends) == 1 != len((mine | theirs) & ends) for ends in _ENDS
    ):
        return True
    return not denies and has_opposite(clause_of(asked), clause_of(told))


def tells_what_follows(text: str) -> bool:
    """Whether a sentence tells something under a condition, or of whoever does something."""
    conditions = (m["word"].casefold() not in _TELLS_TIME for m in _CLAUSE.finditer(text))
    return any(conditions) or _RULES.search(text) is not None


def asks_what_follows(question: str) -> bool:
    """Whether it is asked, in English, what happens if something is so."""
    return _ASKS.match(question) is not None
