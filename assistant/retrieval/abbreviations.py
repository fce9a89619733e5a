"""Expands abbreviations: "MTBF" also finds "mean time between failures", and the reverse.

The table is built once per index generation from the documents' stored fields. If no document
explains a short form, word sequences with its initials match it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from assistant.retrieval.question import Question
from assistant.text.abbreviations import initials
from assistant.text.analysed import AnalysedText
from assistant.types import DocumentField, DocumentInfo

if TYPE_CHECKING:
    from assistant.index.snapshot import Snapshot

FIELD = "abbreviation"
"""The name of a document's field that explains one: its value is ``MTBF = mean time …``."""
_TELLING = 4
"""Letters of a short form whose initials are hardly met by chance: they count for it even where
some text writes the short form."""
_MOST_LONG = 3
"""Maximum number of long forms of one short form. With more, the short form is ambiguous and is
not expanded."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Where a document explains an abbreviation."""

    short: str
    long: str
    document: str
    start: int
    end: int


class Abbreviations:
    """The abbreviations of an index, by short form, and the long forms by their first word."""

    def __init__(self, infos: Iterable[DocumentInfo]) -> None:
        self._short: defaultdict[str, list[Explained]] = defaultdict(list)
        self._long: defaultdict[str, list[Explained]] = defaultdict(list)
        for info in infos:
            for field in info.fields:
                if field.name == FIELD:
                    found = _explained(info.name, field)
                    self._short[found.short].append(found)
                    self._long[_first_word(found.long)].append(found)

    def of_short(self, short: str) -> list[Explained]:
        """The places that explain a short form, one for each long form."""
        return list({_level(each.long): each for each in reversed(self._short.get(short, []))}
                    .values())[::-1]  # fmt: skip

    def of_long(self, text: str) -> list[Explained]:
        """The places that explain a long form that stands in a text."""
        level = f" {_level(text)} "
        near = (each for word in set(level.split()) for each in self._long.get(word, ()))
        found = (each for each in near if f" {_level(each.long)} " in level)
        return list({(each.short, _level(each.long)): each for each in found}.values())


_TABLES: WeakKeyDictionary[Snapshot, Abbreviations] = WeakKeyDictionary()


def abbreviations(snapshot: Snapshot) -> Abbreviations:
    """The abbreviations of a generation; made once."""
    found = _TABLES.get(snapshot)
    if found is None:
        found = _TABLES[snapshot] = Abbreviations(
            each.info() for each in snapshot.store.documents_with("abbreviation")
        )
    return found


def with_long_forms(
    question: Question, known: Abbreviations, holds: Callable[[str], bool]
) -> Question:
    """The question with the long forms of its abbreviations, and the reverse; ``holds`` tests
    whether the index has a term."""
    same: list[tuple[frozenset[str], frozenset[str]]] = []
    spelt: list[tuple[re.Pattern[str], str]] = []
    for short in question.said.short_forms:
        term = _term(short, question.language)
        if term not in question.weights:
            continue
        explained = known.of_short(short)
        for each in explained if len(explained) <= _MOST_LONG else ():
            same.append((_content(each.long, question.language), frozenset([term])))
        is_plain = short.isupper() and short.isalpha() and 3 <= len(short) <= 6
        if not explained and is_plain and (len(short) >= _TELLING or not holds(term)):
            spelt.append((initials(short), term))
    for each in known.of_long(question.text):
        term, long = _term(each.short, question.language), _content(each.long, question.language)
        if term and long and long <= set(question.weights):
            same.append((frozenset([term]), long))
    same = [(needed, given) for needed, given in same if needed and given]
    if not same and not spelt:
        return question
    sought: dict[str, float] = {}
    for needed, _ in same:  # a long form counts like one word
        for term in sorted(needed - question.weights.keys()):
            sought[term] = max(sought.get(term, 0.0), 1.0 / len(needed))
    return replace(
        question,
        same_as=(*question.same_as, *same),
        initials=(*question.initials, *spelt),
        sought={**sought, **question.sought},
    )


def _explained(document: str, field: DocumentField) -> Explained:
    short, _, long = field.value.partition(" = ")
    return Explained(short, long, document, field.start, field.end)


def _term(short: str, code: str) -> str:
    found = AnalysedText(short, code).stems
    return found[0] if len(found) == 1 else ""


def _content(long: str, code: str) -> frozenset[str]:
    return frozenset(term for _, term in AnalysedText(long, code).content)


def _first_word(text: str) -> str:
    return _level(text).split(" ", 1)[0]


def _level(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
