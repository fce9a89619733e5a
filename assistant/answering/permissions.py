"""Questions for leave ("May I …?", "Are grills allowed …?") and sentences that rule on it. Pure.

"Do not use bleach or acetone." answers "Can I clean the chamber with acetone?" and shares one word
with it; a reader, which looks for a span, sees nothing in either. English alone.
"""

from __future__ import annotations

import re

from assistant.retrieval.question import Question
from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS
from assistant.types import LIKELY, SURE, Passage

_WHO = (
    "i|we|you|one|people|members?|users?|visitors?|guests?|students?|staff|employees?|someone|"
    "anyone|anybody|children|kids|tenants?|"
    "my (?:child|son|daughter|kids?|children|guests?|friends?)"
)
_IS_SO = "allowed|permitted|forbidden|prohibited|ok|okay|acceptable|tolerated|all right|alright"
_ASKS = re.compile(
    rf"(?:^|[.!?,;:] )\W*(?:(?:can|could) (?:{_WHO}|our [\w-]{{1,20}}|my [\w-]{{1,20}})|"
    rf"may (?:{_WHO}|our|my|he|she|they|the|an?|two|three|four|five))\b"
    r"(?! (?:see|have the|get the|find|know|tell|give me|help|change|raise|increase)\b)|"
    rf"(?:^|[.!?,;:] )\W*(?:am|are|is) [^?.!]{{1,80}}?(?:{_IS_SO})\b|"
    rf"\bhow (?:many|much|long|often) [^?.!]{{0,60}}?(?:can|may|could|am|are) (?:{_WHO})\b|"
    r"(?:^|[.!?,;:] )\W*(?:does|do) [^?.!]{1,60}? (?:allow|permit|forbid|prohibit|let)\b",
    re.IGNORECASE,
)
_WHO_ALLOWS = re.compile(
    r"\b(?:does|do) (?P<who>[^?.!]{1,60}?) (?:allow|permit|forbid|prohibit|let)\b", re.IGNORECASE
)
_RULES = re.compile(
    r"\b(?:do not|don['’]t|(?:must|may|should|shall|can|need|will) ?n(?:ot|['’]t)|cannot|never|"
    r"(?:is|are|be|being|strictly|remains?) (?:not |never |only |strictly |expressly )*"
    r"(?:allowed|permitted|forbidden|prohibited|tolerated|banned|welcome|possible|supported|fine|"
    r"reimbursed|covered|accepted)|"
    r"forbidden|prohibited|disallowed|(?:not|no) \w+(?: \w+)? (?:allowed|permitted)|"
    r"(?:do|does) not (?:allow|permit|support|offer|accept)|"
    r"(?:may|can) (?:only |also )?(?:be \w+|use|bring|take|keep|wear|park|smoke|enter)|"
    r"(?:you|we|they|members|guests|visitors|students|users|tenants) (?:can|may)|"
    r"(?:require|need)s? (?:the )?(?:[\w'’]+ ){0,2}(?:consent|permission|approval)|"
    r"(?:it is|['’]s) (?:fine|ok|okay|all right) to|avoid(?:ed)?|refrain|at your own risk|"
    r"only (?:if|when|with|for|on|in|at|by)|no (?:exceptions?|longer))\b|^not\b",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\bhow (?:many|much|long|often)\b", re.IGNORECASE)
_SO_MANY = re.compile(
    r"\b(?:no (?:more|longer) than|not (?:more|longer) than|up to|at (?:the )?most|max(?:imum)?|"
    r"only|limit(?:ed)?|once|twice) [^.;]{0,30}?"
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b)|"
    r"\b(?:unlimited|any number|as (?:many|often|long|much) as)\b",
    re.IGNORECASE,
)
"""What rules how many there may be, where that is asked."""
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twice|once|both)\b", re.IGNORECASE
)
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-ZÀ-Þ][\w'’-]{2,}|^[A-ZÀ-Þ][a-z]+(?= (?:may|can|must)\b)")
_CLOCK = re.compile(r"\d ?[ap]\.?m\b|\d:\d\d|\d o['’]clock|\b(?:noon|midnight)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?:in|on|at|near|inside) (?:the|my|our|your|an?) ([a-z-]{3,30})", re.IGNORECASE
)
_SORT_OF_PEOPLE = re.compile(
    r"\b(visitor|guest|student|member|intern|employee|teacher|tenant|adult|child|children|staff|"
    r"trainee|volunteer|contractor|parent|pupil|resident|patient|non-member)s?\b",
    re.IGNORECASE,
)
_WHOLE, _HALF, _BELOW = 0.7, 0.55, 0.01
"""Shares of the question in a rule that may make it sure, and likely."""
_SHOWN = 0.25
"""Enough to be shown as what may not answer."""
_FIRST = 2
"""Of the heaviest terms of the question: the passage holds both, and a rule says one."""
_LEAST_WEIGHT, _NEARLY = 2.0, 0.75
"""The weight of a term that a rule must say, and the share of the heaviest one's."""
_MAY = frozenset({"may", "can", "could", "must", "might"})


def asks_for_leave(question: Question) -> bool:
    """Whether an English question asks if something may be done, or be there."""
    return question.language == "en" and _ASKS.search(question.text) is not None


def is_rule(text: str) -> bool:
    """Whether a sentence allows, forbids or limits something."""
    return _RULES.search(" ".join(text.split())) is not None


def rules_on(question: Question, passage: Passage, text: str) -> float:
    """How well a sentence of a passage rules on what leave is asked for: the share of the
    question's weight that it holds itself, beside names; 0.0 where it does not rule on it.

    It says one of the two heaviest terms, and the passage the other; a name of the question stands
    in it, or above it and no other name in it; a number that is asked about needs one in the rule,
    and who is asked about is not somebody else.
    """
    line = " ".join(text.split())
    if not is_rule(line) or (_HOW_MANY.search(question.text) and not _SO_MANY.search(line)):
        return 0.0
    if _NUMBER.search(question.text) and not _NUMBER.search(line):
        return 0.0
    if _is_for_others(question.text, line) or _is_elsewhere(question, line, passage.language):
        return 0.0
    if _CLOCK.search(question.text) and not _CLOCK.search(line):
        return 0.0
    allows = _WHO_ALLOWS.search(question.text)
    by = frozenset(question.reads(allows["who"])) if allows is not None else frozenset()
    own = {t: w for t, w in question.weights.items() if t not in question.names | by | _MAY}
    heaviest = sorted(own, key=lambda term: -own[term])[:_FIRST]
    inside = _said(question, line, passage.language)
    file = re.sub(r"[\W_]+", " ", passage.document)
    above = _said(question, f"{words_above(passage)} {file}", passage.language)
    around = inside | above | _said(question, passage.text, passage.language)
    if not own or not around.issuperset(heaviest):
        return 0.0
    lacking = question.names - inside
    if lacking and _names_another(question, line, passage.language):
        return 0.0
    least = max(_LEAST_WEIGHT, _NEARLY * own[heaviest[0]])
    if not lacking <= around or not any(t in inside and own[t] >= least for t in heaviest):
        return 0.0
    return sum(w for t, w in own.items() if t in inside) / sum(own.values())


def within_bounds(p: float, share: float) -> float:
    """The probability of a rule with such a share of the question: one with half of it is shown,
    and only one with most of it is sure."""
    if share >= _WHOLE:
        return max(p, _SHOWN)
    return max(_SHOWN, min(p, SURE - _BELOW)) if share >= _HALF else min(p, LIKELY - _BELOW)


def _is_for_others(question: str, line: str) -> bool:
    """Whether a rule is for one sort of people, and the question names another one."""
    ruled, asked = _SORT_OF_PEOPLE.findall(line), _SORT_OF_PEOPLE.findall(question)
    return bool(ruled and asked) and {each.lower() for each in ruled}.isdisjoint(
        each.lower() for each in asked
    )


def _is_elsewhere(question: Question, line: str, code: str) -> bool:
    """Whether a rule is for one place ("on the balcony"), and the question names another one."""
    ruled = {term for each in _PLACE.findall(line) for term in question.reads(each, code)}
    asked = {term for each in _PLACE.findall(question.text) for term in question.reads(each)}
    near = {question.related[term] for term in ruled & question.related.keys()}
    return bool(ruled and asked) and asked.isdisjoint(ruled | near)


def _said(question: Question, text: str, code: str) -> frozenset[str]:
    said = frozenset(question.reads(text, code))
    return said | {question.related[term] for term in said & question.related.keys()}


def _names_another(question: Question, line: str, code: str) -> bool:
    """Whether a sentence has a name that the question has not."""
    asked = {*question.reads(question.text), *STOP_WORDS}
    return any(
        not asked.issuperset(question.reads(found[0], code)) for found in _NAME.finditer(line)
    )
