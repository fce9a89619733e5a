"""Whether tables of two documents give other values for the same row. Pure.

A price list and the one before it have the same labels; which of them holds, their dates say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.picks import Pick
from assistant.answering.slot_values import SlotValue, content_words
from assistant.answering.table_rows import TableRow
from assistant.retrieval.question import Question
from assistant.text.folding import fold

_NUMBERS = re.compile(r"\d[\d.,'’ ]*\d|\d")
_VERSION = re.compile(
    r"\b(?:(?:19|20)\d\d(?:[/–-]\d{2,4})?|v(?:ersion)?\.? ?\d[\d.]*|old|new|current|former|"
    r"superseded|valid|from|until|as of|draft|final)\b",
    re.IGNORECASE,
)


def rows_apart(
    question: Question, best: Pick, ranked: Sequence[Pick]
) -> list[tuple[Pick, SlotValue]]:
    """The best row and the best of each other document with the same label and another value in a
    column of the same name, each with that value; nothing where no row differs so."""
    row = best.row
    if row is None or not _label(row) or question.weights.keys().isdisjoint(_terms(question, row)):
        return []
    asked = content_words([question.text])
    found: dict[str, tuple[Pick, SlotValue]] = {}
    mine: SlotValue | None = None
    for pick in ranked:
        document = pick.passage.document
        if pick.row is None or document in (best.passage.document, *found):
            continue
        if _label(pick.row) != _label(row) or not _are_of_one_kind(best, pick):
            continue
        if not place_fits(asked, best, pick):
            continue
        pair = _values(question, row, pick.row)
        if pair is None:
            continue
        mine = mine or _value(best, pair[0])
        found[document] = (pick, _value(pick, pair[1]))
    return [(best, mine), *found.values()] if mine is not None else []


def _values(question: Question, row: TableRow, other: TableRow) -> tuple[str, str] | None:
    """The values that differ below the name that the question has; where it has none, the first
    that differ of tables of which one has all columns of the other."""
    mine, theirs = _cells(row), _cells(other)
    named = [
        name for name in mine if question.weights.keys() & {*question.reads(row.names[mine[name]])}
    ]
    shared = [name for name in named or mine if name in theirs]
    if not shared or (not named and len(shared) < min(len(mine), len(theirs))):
        return None
    for name in shared:
        a, b = row.cells[mine[name]], other.cells[theirs[name]]
        if _NUMBERS.search(a) and _NUMBERS.search(b) and _figures(a) != _figures(b):
            return a, b
    return None


def _cells(row: TableRow) -> dict[str, int]:
    """The columns with a name of their own and a value, behind the first: name → place."""
    names = [fold(name) for name in row.names]
    return {
        name: at
        for at, name in enumerate(names)
        if at and name and names.count(name) == 1 and row.cells[at]
    }


def _figures(cell: str) -> tuple[str, ...]:
    """The numbers of a cell, however they are written: "€1,200" is "1200 €"."""
    return tuple(re.sub(r"\D", "", each) for each in _NUMBERS.findall(cell))


def _are_of_one_kind(best: Pick, other: Pick) -> bool:
    """Whether two documents are versions of one: their titles differ in a year or number alone."""
    mine, theirs = (content_words([_bare(pick.passage.title)]) for pick in (best, other))
    return bool(mine) and mine == theirs


def _bare(title: str) -> str:
    """A title without years, versions and the like; a part of a year stays, as another thing."""
    return _VERSION.sub(" ", title)


def place_fits(asked: set[str], a: Pick, b: Pick) -> bool:
    """Whether what the question takes from the name, title or heading of one sentence's place the
    other has too: the deposit at Lom is no other claim about the deposit at Vik."""
    taken = asked & content_words(_place(a))
    return taken <= content_words([b.text, *_place(b)])


def _place(pick: Pick) -> list[str]:
    passage = pick.passage
    return [passage.document, passage.title, *passage.heading_path]


def _label(row: TableRow) -> str:
    return fold(row.cells[0]) if row.cells else ""


def _terms(question: Question, row: TableRow) -> frozenset[str]:
    return frozenset(question.reads(row.cells[0]))


def _value(pick: Pick, text: str) -> SlotValue:
    start = max(0, pick.text.find(text))
    return SlotValue(text, start, start + len(text))
