"""How well a sentence says what a thing is, or what it does. Pure; English patterns."""

from __future__ import annotations

import re

from assistant.retrieval.defined_things import texts_that_define, thing_defined
from assistant.retrieval.question import Question
from assistant.text.abbreviations import pairs_of
from assistant.text.terms import STOP_WORDS

_DEFINES = re.compile(
    r"^[\W_]{0,20}(?:(?:a|an|the|in|by|with)\s{1,3})?(.{2,60}?)(?:\s?\(([^)]{1,40})\))?(?:,?\s{1,3}"
    r"(?:is|are|was|were|(?:shall |will |may )?means?|refers? to|stands? for|denotes?|describes?|"
    r"studies|consists? of)\b"
    r"|\s{0,3}[–—=]\s|:\s)",
    re.IGNORECASE,
)
"""What is defined, and its other name in brackets: "Ductal carcinoma in situ (DCIS) – …"."""
_IS_CALLED = re.compile(
    r"\b(?:is|are|was|were) (?:\w+ly |also |often |sometimes )?(?:called|known as|termed|named|"
    r"referred to as)\s+(?:an? |the )?[\"“'‘*_`]{0,3}([^.,;:()\"”'’*_`]{2,60})",
    re.IGNORECASE,
)
"""What gives a name: "These parts are called peripherals"."""
_BEARER = re.compile(
    r"(?:\b(?:the|an?|his|her|its|their|our)|\w['’]s) (?:[a-z][\w-]{0,20} ){0,5}[a-z][\w-]{1,20}, "
    r"([A-ZÀ-Þ][\w'’-]{0,30}(?: [A-ZÀ-Þ][\w'’-]{0,30}){0,3})(?=[,.;)]|$)"
)
"""Whose name stands behind what they are: "the band's mascot, Moll Ratter, …"."""
_PASSIVE = re.compile(
    r"[,;]?\s{1,3}(?:is|are|was|were)\s+(?:(?:also|often|usually|always|not|never|only|now|then|still|"
    r"currently|already|automatically|generally|typically|ideal|useful|good|important|necessary|"
    r"available|easy|similar|like|to|in|on|at|for|from|of|part)\b|\w{2,20}(?:ed|en|wn|lt|nt|pt|"
    r"ung|ade|ut|und|ought)\b(?! (?:by which|when|that)))",
    re.IGNORECASE,
)
_NOTHING_OF_WHAT = 0.4
"""What "The trait is included in the prelude" says of what it is: it defines nothing."""
_OPTION = re.compile(r"^[`*\s]{0,4}--?\w")
_ACTING = 0.9
"""What a sentence that begins with who does something says of what it does."""
_ENTRY = re.compile(r"^[\W_]{0,20}([\w.-]{2,40}(?: [\w.-]{1,30}){0,3})\s{0,3}(?:[–—:]|\s-)\s")
_DOES = re.compile(r"^\s*(?:so )?what (?:do|does) (.{2,60}?) (?:actually )?do\b", re.IGNORECASE)
_ACTS = re.compile(
    r"^[\W_]{0,20}(?:(?:a|an|the)\s{1,3})?(.{2,60}?)(?:\s(?:command|function|method|option|flag|"
    r"operator|keyword|trait|macro|class|tool|button|setting|module|script|field|key|service|"
    r"department|team|committee|office|law|act|rule|drug|protein|gene|enzyme|organ))?\s{1,3}"
    r"(?:lets?|allows?|enables?|makes?|(?:quickly |automatically |also |only )?(?!is|was|has|does|"
    r"its|this|as)[a-z]{2,16}[^s\W]s)\s",
)
"""Who does what: "The wick lifts the oil"."""
_BESIDE = re.compile(
    r"[\"”’)]?, ?"
    r"(?=(?:in which|which (?:is|are|was|were|means)|or |that is|i\.e\.|meaning|where )\b)"
    r"|[\"”’], ?(?=(?:an?|the|some(?:one|body|thing)|any(?:one|body|thing)|one|those|people) )"
)
"""What opens a definition beside the name: "self-training, in which a model …", "a “churn mate”,
someone who …"."""
_DEFINED_BESIDE, _NEAR = 0.9, 80
_LONG_FORM = 0.8
"""What the long form of an abbreviation says of what it is."""


def definition_score(question: Question, text: str) -> float:
    """Whether the sentence says of the question's subject what it is."""
    acts = _DOES.match(question.text) if question.language == "en" else None
    if not question.asks_definition and acts is None:
        return 0.0
    wanted = set(question.weights)
    thing = thing_defined(question.text) if question.language == "en" else ""
    if texts_that_define(thing, {text: text}):
        return 1.0
    match = _DEFINES.match(text)
    told = 0.0
    for name in match.groups("") if match and wanted else ():
        subject = {t for t in question.reads(name) if t not in STOP_WORDS}
        told = max(told, len(subject & wanted) / max(len(subject), len(wanted)))
    is_other = _OPTION.match(text) is not None and match and match[1] not in question.text
    if match and (is_other or _PASSIVE.match(text, match.end(1))):
        told *= _NOTHING_OF_WHAT
    called = _IS_CALLED.search(text)
    if called and {t for t in question.reads(called[1]) if t not in STOP_WORDS} == wanted:
        told = max(told, _DEFINED_BESIDE)
    for bearer in _BEARER.findall(text):
        if {t for t in question.reads(bearer) if t not in STOP_WORDS} == wanted:
            told = max(told, _DEFINED_BESIDE)
    if acts and wanted <= {*question.reads(text)}:
        [head, *_] = [t for t in question.reads(acts[1]) if t in wanted] or [""]
        named = _ACTS.match(text) or _ENTRY.match(text)
        told = max(told, _ACTING * (named is not None and head in question.reads(named[1])))
    if len(wanted) == 1 and any(question.reads(each.short) == [*wanted] for each in pairs_of(text)):
        told = max(told, _LONG_FORM)
    return max(told, _DEFINED_BESIDE * float(_defines_beside(question, text, wanted)))


def _defines_beside(question: Question, text: str, wanted: set[str]) -> bool:
    """Whether the words before ", in which …" or ", or …" are what is asked for, all of it."""
    for match in _BESIDE.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()].split()
        last = question.reads(" ".join(before[-len(wanted) :])) if wanted else []
        if wanted and wanted <= set(last):
            return True
    return False
