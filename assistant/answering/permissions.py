"""Questions for leave ("May I …?", "Are grills allowed …?") and sentences that rule on it. Pure.

"Do not use bleach or acetone." answers "Can I clean the chamber with acetone?" and shares one word
with it; a reader, which looks for a span, sees nothing in either. English alone.
"""

from __future__ import annotations

import re

from assistant.retrieval.question import Question

_WHO = (
    "i|we|you|one|people|my|our|an?|the|two|three|four|five|members?|users?|visitors?|guests?|"
    "students?|staff|employees?|someone|anyone|he|she|they"
)
_IS_SO = "allowed|permitted|forbidden|prohibited|ok|okay|acceptable|tolerated|all right|alright"
_ASKS = re.compile(
    rf"(?:^|[.!?,;:] )\W*(?:can|may|could|might) (?:{_WHO})\b|"
    rf"\b(?:am|are|is|be) [^?.!]{{1,80}}?(?:{_IS_SO})\b|"
    r"\bis it (?:ok(?:ay)?|all right|alright|allowed|permitted|possible|fine|legal)\b|"
    r"\b(?:does|do) [^?.!]{1,60}? (?:allow|permit|forbid|prohibit|let)\b",
    re.IGNORECASE,
)
_RULES = re.compile(
    r"\b(?:do not|don['’]t|(?:must|may|should|shall|can|need|will) ?n(?:ot|['’]t)|cannot|never|"
    r"(?:is|are|be|being|strictly|remains?) (?:not |never |only |strictly |expressly )*"
    r"(?:allowed|permitted|forbidden|prohibited|tolerated|banned|welcome|possible|supported)|"
    r"forbidden|prohibited|disallowed|(?:not|no) \w+(?: \w+)? (?:allowed|permitted)|"
    r"(?:do|does) not (?:allow|permit|support|offer|accept)|"
    r"may (?:only |also |be |have |use |bring |take |keep )|"
    r"(?:it is|['’]s) (?:fine|ok|okay|all right) to|avoid(?:ed)?|refrain|at your own risk|"
    r"only (?:if|when|with|for|on|in|at|by)|no (?:exceptions?|longer))\b|^not\b",
    re.IGNORECASE,
)
_FIRST = 2
"""Of the heaviest terms of the question, of which a rule must say one."""
_LEAST_WEIGHT = 2.0
_NAMED = 0.7
"""The share of the heaviest term's weight from which on a term is as telling."""


def asks_for_leave(question: Question) -> bool:
    """Whether an English question asks if something may be done, or be there."""
    return question.language == "en" and _ASKS.search(question.text) is not None


def rules_on(question: Question, text: str, code: str = "") -> bool:
    """Whether a sentence allows, forbids or limits something, and names what leave is asked for:
    one of the question's two heaviest terms that is no name."""
    if _RULES.search(" ".join(text.split())) is None:
        return False
    own = {t: w for t, w in question.weights.items() if t not in question.names}
    heaviest = sorted(own, key=lambda term: -own[term])[:_FIRST]
    said = {*question.reads(text, code)}
    said |= {question.related[term] for term in said & question.related.keys()}
    return any(t in said and own[t] >= _LEAST_WEIGHT and own[t] >= _NAMED * own[heaviest[0]]
               for t in heaviest)  # fmt: skip
