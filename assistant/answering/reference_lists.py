"""Lists of references: the sentences that an article's literature falls into. Pure.

"INFORMS Journal on Computing, 15(1), 82-92." and a quoted title hold words of a question, and say
where somebody else answered it. Of 33 questions on fourteen papers nine had such a one in the
answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.answering.sentence_scores import SentenceTerms
from assistant.retrieval.question import Question

_WORK = re.compile(
    r"\d{1,4} ?(?:\(\d[\d/–-]{0,8}\))?[,:] ?(?:pp?\.? ?)?[A-Z]?\d{1,6} ?[-–—] ?[A-Z]?\d{1,6}\b|"
    r"\bpages? \d{1,6} ?[-–—] ?\d{1,6}, (?:1[89]|20)\d\d\b|"
    r"\b(?:doi|DOI|arXiv)\b ?[:. ]|\bhttps?://(?:dx\.)?doi\.org|"
    r"\bURL\b:? ?<?https?://|\bR package version \d|\bIn Proceedings of\b|\bPh\.?D\.? [Tt]hesis\b|"
    r"\b(?:Technical Report|Working Paper|Discussion Paper)\b,? ?(?:No\.? ?)?\d|"
    r"\b(?:University Press|Springer(?:-Verlag)?|Wiley(?: & Sons)?|Elsevier|Chapman & Hall|"
    r"CRC Press|Academic Press|McGraw-Hill|Addison-Wesley|O['’]Reilly),? [A-Z][\w ,.-]{0,40}"
    r"(?:[,.] ?(?:1[89]|20)\d\d[a-z]?)?\.?$"
)
"""Volume and pages, an identifier, or the house and place of a book."""
_NAMES = re.compile(
    r"^\[\d{1,3}\] (?:[A-ZÀ-Þ]\.|[A-ZÀ-Þ][\w'’-]{1,30},? [A-ZÀ-Þ]\.)|"
    r"^[\W\d]{0,6}[A-ZÀ-Þ][\w'’-]{1,30},? (?:[A-ZÀ-Þ]{1,3}\b|[A-ZÀ-Þ][\w'’-]{1,30}\b)[^!?\n]{0,250}"
    r"(?:\((?:1[89]|20)\d\d[a-z]?\)|\. (?:1[89]|20)\d\d[a-z]?)[.,:]?$"
)
"""The beginning of an entry: its number in brackets, or names with initials and the year."""
_NEAR = 4
"""Sentences between two pieces of entries that are pieces themselves."""
_LEAST = 2
"""Pieces that make a list; one alone is a sentence that names its source."""
_ASKS_FOR_WORKS = re.compile(
    r"\b(?:papers?|articles?|books?|journals?|publi\w{2,9}|authors?|wr(?:ote|itten)|cit(?:e[sd]?|ing|"
    r"ations?)|references?|literature|bibliograph\w+|titles?|sources?|studies|study|report(?:ed|s)?|"
    r"volume|pages?|doi|press|thes[ie]s|edition|url|link|website|who|whose|whom|propos\w+|"
    r"introduced|develop\w+|invent\w+)\b",
    re.IGNORECASE,
)


def listed_references(question: Question, found: Sequence[SentenceTerms]) -> frozenset[int]:
    """The places of a passage's sentences that belong to a list of references; none where the
    question may ask for a work or for who made something."""
    if _ASKS_FOR_WORKS.search(question.text):
        return frozenset()
    pieces = [
        at for at, each in enumerate(found)
        if each.row is None and (_WORK.search(each.text) or _NAMES.match(each.text))
    ]  # fmt: skip
    if len(pieces) < _LEAST:
        return frozenset()
    listed: set[int] = set()
    for at, following in pairwise(pieces):
        if following - at <= _NEAR + 1:
            listed.update(range(at, following + 1))
    return frozenset(listed)
