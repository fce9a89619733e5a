"""Which rows of the best row's table a question asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.picks import Pick
from assistant.answering.table_rows import TableRow, label_fit
from assistant.retrieval.question import Question
from assistant.text.folding import fold

_JOINTS = "and|or|versus|vs|than|und|oder|et|ou|y|o"
_MOST_ROWS = 12
"""Rows that hold the same of a question; where more do, the best alone is shown."""


def rows_asked_for(question: Question, best: Pick, ranked: Sequence[Pick]) -> list[Pick]:
    """The best row and its equals: rows of the same table that hold the same of the question, and
    where it names several rows in full, the best of each: "the Kryon 40 or the Kryon 86".

    A row that lacks a word which the best one holds is about something else, and so is one whose
    label holds more words than the question names ("Ferry repair" for "repair"). A number of the
    question counts below the names of columns that the question speaks of.
    """
    if best.row is None:
        return [best]
    of_table = [
        pick for pick in ranked if pick.row is not None and pick.row.table == best.row.table
    ]
    rows = _equals(question, best, best.row, of_table)
    for other in _named_beside(question, best.row, of_table):
        rows += [each for each in _equals(question, *other, of_table) if each not in rows]
    rows = sorted(rows, key=lambda pick: pick.start)
    if len(rows) > _MOST_ROWS:
        rows = [best]
    return rows


def _equals(question: Question, best: Pick, row: TableRow, rows: Sequence[Pick]) -> list[Pick]:
    wanted = frozenset(question.weights)
    held = wanted & row.own
    if not held:
        return [best]
    fit = label_fit(question, row)
    equals = [
        pick
        for pick in rows
        if pick.row is not None
        and wanted & pick.row.own == held
        and label_fit(question, pick.row) >= fit
    ]
    below = {id(pick): _below_asked(question, pick.row) for pick in equals if pick.row is not None}
    most = max(below.values(), default=0.0)
    return [pick for pick in equals if below[id(pick)] >= most]


def _below_asked(question: Question, row: TableRow) -> float:
    """The weight of the question's words in the names of columns that hold a number of it: 24
    below "Minimum term (months)" is asked for, 24 below "Plus" is not."""
    numbers = {term for term in question.weights if term.isdigit()} & row.own
    weights = [
        sum(question.weights[term] for term in {*question.reads(name)} & question.weights.keys())
        for name, cell in zip(row.names, row.cells, strict=True)
        if numbers & {*question.reads(cell)}
    ]
    return max(weights, default=0.0)


def _named_beside(
    question: Question, row: TableRow, rows: Sequence[Pick]
) -> list[tuple[Pick, TableRow]]:
    """The best row of each other label that the question names in full, where it names this one's
    in full too and neither holds the other: "Frieze" in "Frieze London" is not named."""
    wanted = frozenset(question.weights)
    own = _label(question, row)
    if not own or not own <= wanted:
        return []
    found: dict[frozenset[str], tuple[Pick, TableRow]] = {}
    for pick in rows:
        if pick.row is None or pick.row.is_header:
            continue
        label = _label(question, pick.row)
        apart = label and label <= wanted and not label <= own and not own <= label
        if apart and _are_joined(question, row.cells[0], pick.row.cells[0]):
            found.setdefault(label, (pick, pick.row))
    return [each for label, each in found.items() if not any(label < other for other in found)]


def _are_joined(question: Question, one: str, other: str) -> bool:
    """Whether the question joins two labels: "the Kryon 40 or the Kryon 86"."""
    text, one, other = fold(question.text), fold(one), fold(other)
    return any(
        re.search(rf"\b{re.escape(a)}(?:,| (?:{_JOINTS}))(?: the| a| an)? {re.escape(b)}\b", text)
        for a, b in ((one, other), (other, one))
    )


def _label(question: Question, row: TableRow) -> frozenset[str]:
    return frozenset(question.reads(row.cells[0])) if row.cells else frozenset()
