"""Rows whose label is a span of numbers, and the number of the question that lies in one. Pure.

"How long is full pay after seven years?" is told by the row "over 5 years", which shares no number
with it; the row "up to 2 years" shares as many words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answering.sentence_scores import SentenceTerms
from assistant.answering.table_rows import TableRow
from assistant.retrieval.question import Question
from assistant.tables.ranges import NUMBER_WORDS, NumberSpan, in_digits, number_of, span_of

_ASKED = re.compile(
    r"(?<![\w.,-])(?P<sign>[€$£¥]?) ?"
    r"(?P<number>\d{1,3}(?:[,.']\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?|"
    rf"\b(?:{NUMBER_WORDS})\b)(?:[ -]?(?P<unit>[^\W\d_]+|[%€]))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AskedNumber:
    """A number of a question, its unit's sign or word, and how it is written."""

    value: float
    unit: str
    written: str


_LABELS = 2
"""The first columns of a table, which may hold the spans."""
_FEWEST, _SHARE = 2, 0.6
"""Rows of a table with a span in one column, and their share of its rows, that make it such."""
_HOLDS, _HOLDS_NOT = 2.0, 2.5
"""What a row gains whose span holds the number that is asked about, and what another one loses."""


@dataclass(frozen=True, slots=True)
class SpannedRows:
    """The sentences of a passage, of which rows whose span holds the number have its term too; and
    what these gain and others of their table lose, by their place."""

    found: list[SentenceTerms]
    gains: Mapping[int, float]
    losses: Mapping[int, float]


def by_span(question: Question, found: list[SentenceTerms]) -> SpannedRows:
    """What the spans in the labels of a passage's rows say about a question's numbers."""
    asked = _asked(question)
    tables: defaultdict[tuple[object, ...], dict[int, TableRow]] = defaultdict(dict)
    for index, sentence in enumerate(found) if asked else ():
        if sentence.row is not None and not sentence.row.is_header:
            tables[sentence.row.table][index] = sentence.row
    held: dict[int, AskedNumber] = {}
    others: set[int] = set()
    for rows in tables.values():
        for column in range(_LABELS):
            cells = {i: row.cells[column] for i, row in rows.items() if column < len(row.cells)}
            spans = {i: span for i, cell in cells.items() if (span := span_of(cell)) is not None}
            if len(spans) < _FEWEST or len(spans) < _SHARE * len(rows):
                continue
            name = next(iter(rows.values())).names[column : column + 1]
            meant = _meant(question, asked, tuple(spans.values()), name[0] if name else "")
            if meant is not None:
                inside = {i for i, span in spans.items() if span.holds(meant.value)}
                held |= dict.fromkeys(inside, meant)
                others |= spans.keys() - inside
            break
    if not held:
        return SpannedRows(found, {}, dict.fromkeys(others, _HOLDS_NOT))
    shown = [
        _with_number(question, each, held[i].written) if i in held else each
        for i, each in enumerate(found)
    ]
    return SpannedRows(shown, dict.fromkeys(held, _HOLDS), dict.fromkeys(others, _HOLDS_NOT))


def _with_number(question: Question, sentence: SentenceTerms, written: str) -> SentenceTerms:
    """A row that holds a number as one that says it."""
    said = {term for term in question.reads(written) if term in question.weights}
    row = sentence.row
    own = replace(row, own=row.own | said) if row is not None else None
    return replace(sentence, terms=sentence.terms | said, row=own)


def is_told_by_span(question: Question, row: TableRow) -> bool:
    """Whether the label of a row is a span that holds the number which is asked about."""
    asked = _asked(question)
    for name, cell in zip(row.names[:_LABELS], row.cells[:_LABELS], strict=False):
        span = span_of(cell) if asked else None
        meant = _meant(question, asked, (span,), name) if span is not None else None
        if span is not None and meant is not None and span.holds(meant.value):
            return True
    return False


def _asked(question: Question) -> list[AskedNumber]:
    """The numbers of a question, each with its sign or the word behind it."""
    text = question.text
    if not any(map(str.isdigit, in_digits(text))):
        return []
    return [
        AskedNumber(
            number_of(in_digits(match["number"])), match["sign"] or match["unit"] or "",
            match["number"],
        )
        for match in _ASKED.finditer(text)
    ]  # fmt: skip


def _meant(
    question: Question, asked: Sequence[AskedNumber], spans: Sequence[NumberSpan], name: str
) -> AskedNumber | None:
    """The number of the question that is of the same kind as the spans of a column: it has their
    unit, or the column is called what the question counts ("aged 7" for "Age")."""
    of_spans = {term for span in spans for term in (*question.reads(span.unit), span.unit) if term}
    of_name = {*question.reads(name)}
    for each in asked:
        own = {*question.reads(each.unit), each.unit} if each.unit else set()
        if own & (of_spans or of_name):
            return each
    if of_spans or not of_name & question.weights.keys() or len(asked) != 1:
        return None
    return asked[0]
