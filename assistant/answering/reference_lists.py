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
from assistant.types import Passage

_HEADING = re.compile(
    r"(?:^|\n)[#\s\d.]{0,8}(?:references|bibliography|literature(?: cited)?|works cited|"
    r"further reading|literatur(?:verzeichnis)?|quellen|bibliographie|références|referencias|"
    r"bibliografía|bibliografia|riferimenti)\W{0,3}(?:\n|$)",
    re.IGNORECASE,
)
_VOLUME = re.compile(
    r"\b[A-ZÀ-Þ][\w&.'’-]{2,}(?: [\w&.'’:-]+){0,9},? (?:vol\.? ?)?\d{1,4} ?(?:\(\d[\d/–-]{0,8}\))?"
    r"[,:] ?(?:pp?\.? ?)?[A-Z]?\d{2,6} ?[-–—] ?[A-Z]?\d{2,6}\b"
)
"""A journal, its volume and the pages."""
_HOUSE = re.compile(
    r"\bpages? \d{1,6} ?[-–—] ?\d{1,6}, (?:1[89]|20)\d\d\b|\bdoi ?[:. ]|\bdoi\.org/|"
    r"\bURL\b:? ?<?https?://|\bR package version \d|\bIn Proceedings of\b|\bPh\.?D\.? thesis\b|"
    r"\b(?:Technical Report|Working Paper|Discussion Paper)\b,? ?(?:No\.? ?)?\d|"
    r"\b(?:University Press|Springer(?:-Verlag)?|Wiley(?: & Sons)?|Elsevier|Chapman & Hall|"
    r"CRC Press|Academic Press|McGraw-Hill|Addison-Wesley|O['’]Reilly),? [A-Z][\w ,.-]{0,40}"
    r"(?:[,.] ?(?:1[89]|20)\d\d[a-z]?)?\.?$"
)
"""An identifier, or the house and place of a book: pieces below a heading or beside other ones."""
_NAMES = re.compile(
    r"^\[\d{1,3}\] (?:[A-ZÀ-Þ]\.|[A-ZÀ-Þ][\w'’-]{1,30},? [A-ZÀ-Þ]\.)|"
    r"^[\W\d]{0,6}[A-ZÀ-Þ][\w'’-]{1,30},? (?:[A-ZÀ-Þ]{1,3}\b\.?,?|[A-ZÀ-Þ][\w'’-]{1,30}\b,)"
    r"[^!?\n]{0,250}(?:\((?:1[89]|20)\d\d[a-z]?\)|\. (?:1[89]|20)\d\d[a-z]?)[.,:]?$"
)
"""The beginning of an entry: its number in brackets, or names with initials and the year."""
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
_NEAR = 4
"""Sentences between two pieces of entries that are pieces themselves."""
_LEAST, _FEWEST_YEARS = 4, 3
"""Pieces that make a list without a heading, and those of its sentences that hold a year."""
_ASKS_FOR_WORKS = re.compile(
    r"\b(?:papers?|articles?|books?|journals?|publi\w{2,9}|authors?|wr(?:ote|ite|itten|iting)|"
    r"cit(?:e[sd]?|ing|ations?)|references?|literature|bibliograph\w+|titles?|sources?|studies|"
    r"study|report(?:ed|s)?|volume|pages?|doi|press|thes[ie]s|edition|url|link|website|who|whose|"
    r"whom|propos\w+|introduced|develop\w+|invent\w+|read(?:ing)?|handbooks?|textbooks?|essays?|"
    r"monographs?|works?|appear\w*|printed|listed|recommend\w*|conference|said|says?)\b",
    re.IGNORECASE,
)


def listed_references(
    question: Question, passage: Passage, found: Sequence[SentenceTerms]
) -> frozenset[int]:
    """The places of a passage's sentences that belong to a list of references; none where the
    question may ask for a work or for who made something, or names what the sentence names.

    A list has a heading that says so, or at least four pieces of entries close together.
    """
    if _ASKS_FOR_WORKS.search(question.text):
        return frozenset()
    heading = _HEADING.search(passage.text)
    is_below = any(_HEADING.fullmatch(title.strip()) for title in passage.heading_path[-1:])
    since = 0 if is_below else heading.end() if heading is not None else None
    first = 0 if since is None else since
    pieces = [
        at for at, each in enumerate(found)
        if each.row is None and each.span.start >= first and _is_piece(each.text)
    ]  # fmt: skip
    listed: set[int] = set()
    for at, following in pairwise(pieces):
        if following - at <= _NEAR + 1:
            listed.update(range(at, following + 1))
    if since is None:
        years = sum(_YEAR.search(found[at].text) is not None for at in listed)
        if len(listed.intersection(pieces)) < _LEAST or years < _FEWEST_YEARS:
            return frozenset()
    return frozenset(at for at in listed if question.names.isdisjoint(found[at].terms))


def _is_piece(text: str) -> bool:
    line = " ".join(text.split())
    return any(p.search(line) for p in (_VOLUME, _HOUSE)) or _NAMES.match(line) is not None
