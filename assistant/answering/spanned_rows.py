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
from assistant.tables.ranges import (
    NUMBER,
    NUMBER_WORDS,
    NumberSpan,
    in_digits,
    number_of,
    span_of,
    times_of,
)

_ASKED = re.compile(
    rf"(?P<minus>\bminus |(?<![\w.,-])[-−])?(?<![\w.,])(?P<sign>[€$£¥]?) ?(?P<number>{NUMBER}|"
    rf"\b(?:{NUMBER_WORDS})\b)(?P<times> ?(?:k|m|thousand|million|mio|mn|billion|bn)\b\.?)?"
    r"(?:[ -]?(?P<unit>°? ?[^\W\d_]+|[%€]))?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_WORDS_BEFORE = 3
"""Words before a number of which one may be what a column is called: "at the age of 12"."""


@dataclass(frozen=True, slots=True)
class AskedNumber:
    """A number of a question, its unit's sign or word, how it is written, and the words before."""

    value: float
    unit: str
    written: str
    before: str


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


def by_span(question: Question, found: list[SentenceTerms], language: str) -> SpannedRows:
    """What the spans in the labels of a passage's rows say about a question's numbers; the language
    is the passage's."""
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
            spans = {
                i: span
                for i, cell in cells.items()
                if (span := span_of(cell, language)) is not None
            }
            if len(spans) < _FEWEST or len(spans) < _SHARE * len(rows):
                continue
            name = next(iter(rows.values())).names[column : column + 1]
            meant = _meant(question, asked, tuple(spans.values()), name[0] if name else "")
            if meant is not None:
                inside = {i for i, span in spans.items() if _holds(question, span, meant)}
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


def _asked(question: Question) -> list[AskedNumber]:
    """The numbers of a question, each with its sign or the word behind it."""
    text = question.text
    if not any(map(str.isdigit, in_digits(text))):
        return []
    found = []
    for match in _ASKED.finditer(text):
        sign, times = match["sign"], (match["times"] or "").strip(" .")
        factor = 1e6 if times.lower() == "m" and sign else times_of(times)
        unit = sign or match["unit"] or (times if factor == 1.0 else "")
        value = factor * number_of(in_digits(match["number"]), question.language)
        before = " ".join(_WORD.findall(text[: match.start()])[-_WORDS_BEFORE:])
        value = -value if match["minus"] is not None else value
        written = f"{match['number']}{match['times'] or ''}"
        found.append(AskedNumber(value, unit.strip("° "), written, before))
    return found


def _meant(
    question: Question, asked: Sequence[AskedNumber], spans: Sequence[NumberSpan], name: str
) -> AskedNumber | None:
    """The number of the question that is of the same kind as the spans of a column: it has their
    unit, or stands behind what the column is called ("at the age of 12" for "Age")."""
    of_spans = {term for span in spans for term in _unit_terms(question, span.unit)}
    of_name = {*question.reads(name)}
    for each in asked:
        if _unit_terms(question, each.unit) & (of_spans or of_name):
            return each
    behind = [each for each in asked if of_name & {*question.reads(each.before)}]
    return behind[0] if len(behind) == 1 and not of_spans else None


def _unit_terms(question: Question, unit: str) -> set[str]:
    bare = unit.strip("° ")
    return {*question.reads(bare), bare.lower()} if bare else set()


def _holds(question: Question, span: NumberSpan, meant: AskedNumber) -> bool:
    """Whether the number lies in a span, which is of the same unit where both have one."""
    mine, its = _unit_terms(question, meant.unit), _unit_terms(question, span.unit)
    return span.holds(meant.value) and (not mine or not its or not mine.isdisjoint(its))
