"""Whether tables of two documents give other values for the same row. Pure.

A price list and the one before it have the same labels; which of them holds, their dates say.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.picks import Pick
from assistant.answering.slot_values import SlotValue, content_words
from assistant.answering.table_rows import TableRow
from assistant.retrieval.question import Question
from assistant.text.folding import fold


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
        if _label(pick.row) != _label(row) or not _is_as_near(asked, best, pick):
            continue
        pair = _values(question, row, pick.row)
        if pair is None:
            continue
        mine = mine or _value(best, pair[0])
        found[document] = (pick, _value(pick, pair[1]))
    return [(best, mine), *found.values()] if mine is not None else []


def _values(question: Question, row: TableRow, other: TableRow) -> tuple[str, str] | None:
    """The first values that differ below the same name, of the columns that the question names
    where it names one."""
    below = {
        fold(name): cell
        for name, cell in zip(other.names[1:], other.cells[1:], strict=True)
        if name
    }
    shared = [
        (name, cell, below[fold(name)])
        for name, cell in zip(row.names[1:], row.cells[1:], strict=True)
        if fold(name) in below
    ]
    named = [each for each in shared if question.weights.keys() & {*question.reads(each[0])}]
    for _, mine, theirs in named or shared:
        if mine and theirs and fold(mine) != fold(theirs):
            return mine, theirs
    return None


def _is_as_near(asked: set[str], best: Pick, other: Pick) -> bool:
    """Whether the question takes nothing from the place of the best row that the other's lacks: the
    weight of another pump, or the price of another year, is no other claim."""
    return asked & content_words(_place(best)) <= content_words([other.text, *_place(other)])


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
