"""Figures of tables → the draft of an answer: each figure, how it was computed, and its rows cited.

Every number leads to its cells: the evidence of a sentence are the cells that it was made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.answer import CitedPlace, Draft
from assistant.computing.typed import TypedTable
from assistant.computing.workings import ComputedFigure
from assistant.index.snapshot import Snapshot
from assistant.tables.model import escaped, row_line, rule_line
from assistant.types import Evidence, Sentence

_MOST_SHOWN, _MOST_MARKED = 20, 5
_LONGEST_STRETCH, _MOST_STRETCHES = 3_000, 40
_CONFIDENCE, _OF_SEVERAL = 0.9, 0.6


@dataclass(frozen=True, slots=True)
class MadeFigure:
    """A figure and the table that it is of."""

    figure: ComputedFigure
    table: TypedTable


def _different(made: Sequence[MadeFigure]) -> list[MadeFigure]:
    """Figures that differ; the same figure from another table is no news."""
    found: list[MadeFigure] = []
    for each in made:
        if all(each.figure.value != other.figure.value for other in found):
            found.append(each)
    return found


def figures_draft(made: Sequence[MadeFigure], snapshot: Snapshot) -> Draft:
    """The answer that says the figures; where more than three differ, the refusal."""
    made = _different(made)
    if len(made) > 3:
        where = "; ".join(_where(each.table) for each in made[:6])
        reason = f"{len(made)} tables fit the question and differ: {where}. Name one of them."
        return Draft(text=reason, abstained=True, reason=reason, confidence=0.0)
    places: list[CitedPlace] = []
    told: list[Sentence] = []
    parts: list[str] = []
    notes: list[str] = []
    for each in made:
        lead = f"{_where(each.table)}: " if len(made) > 1 else ""
        text, said = _written(each, lead, places, notes)
        parts.append(text)
        told += said
        notes += [_sentence_case(note) for note in each.figure.notes]
        document = snapshot.store.document(each.table.document)
        if document is not None and document.notes:
            notes.append(f"Not all of {document.name} is in the index: {document.notes[0]}")
    if len(made) > 1:
        notes.insert(0, "Several tables fit the question")
    return Draft(
        text="\n\n".join(parts),
        sentences=tuple(told),
        places=tuple(places),
        confidence=_CONFIDENCE if len(made) == 1 else _OF_SEVERAL,
        notice=". ".join(dict.fromkeys(notes)),
    )


def _where(table: TypedTable) -> str:
    caption = " ".join(table.caption.split())[:80]
    return f"“{caption}” in {table.document}" if caption else f"the table in {table.document}"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _written(
    made: MadeFigure, lead: str, places: list[CitedPlace], notes: list[str]
) -> tuple[str, list[Sentence]]:
    """The text and sentences of one figure: the figure, how it was computed, and its rows."""
    figure, table = made.figure, made.table
    cells_of: dict[int, list[int]] = {}
    for used in figure.used:
        cells_of.setdefault(used.row, []).append(used.column)
    first = len(places)
    shown = list(figure.shown[:_MOST_SHOWN])
    marker_of: dict[int, int] = {}
    rows_used = list(dict.fromkeys(each.row for each in figure.used))
    if len(rows_used) > _MOST_MARKED:
        stretches = _stretches(table, rows_used)
        places += stretches[:_MOST_STRETCHES]
        if len(stretches) > _MOST_STRETCHES:
            notes.append(f"The rows are cited up to character {places[-1].end:,} only")
        own = list(range(first + 1, len(places) + 1))
    else:
        own = []
    for row in shown:
        places.append(CitedPlace(table.document, table.source[row].start, table.source[row].end))
        marker_of[row] = len(places)
    if not own:
        rest = [row for row in rows_used if row not in marker_of]
        for row in rest:
            source = table.source[row]
            places.append(CitedPlace(table.document, source.start, source.end))
            marker_of[row] = len(places)
        own = [marker_of[row] for row in rows_used]
    evidence = []
    row_of = {marker: row for row, marker in marker_of.items()}
    for marker in own:
        place = places[marker - 1]
        own_row = row_of.get(marker, -1)
        cells = [table.cells[own_row][at] for at in cells_of.get(own_row, ())]
        at_cells = [Evidence(marker, each.start, each.end) for each in cells if each.text]
        evidence += at_cells or [Evidence(marker, place.start, place.end)]
    marks = "".join(f"[{marker}]" for marker in own)
    how = f"Calculation: {figure.calculation}"
    told = [
        Sentence(figure.sentence, tuple(own), "computed", tuple(evidence)),
        Sentence(how, tuple(own), "computed", tuple(evidence)),
    ]
    lines, rows_told = _rows_shown(made, shown, marker_of)
    more = len(figure.shown) - len(shown)
    if more > 0:
        lines.append(f"\nAnd {more:,} more rows, which are cited above.")
    body = "\n".join(lines)
    text = f"{lead}{figure.sentence} {marks}\n\n{how}" + (f"\n\n{body}" if lines else "")
    return text, told + rows_told


def _rows_shown(
    made: MadeFigure, shown: Sequence[int], marker_of: dict[int, int]
) -> tuple[list[str], list[Sentence]]:
    """Rows with their label, the cells that were used, and a marker each."""
    if not shown:
        return [], []
    table = made.table
    columns = sorted({table.label_column, *(each.column for each in made.figure.used)})
    columns = [at for at in columns if at >= 0][:8]
    lines = [
        row_line([table.columns[at].name for at in columns]),
        rule_line(len(columns)),
    ]
    told = []
    for row in shown:
        texts = [table.text(row, at) for at in columns]
        marker = marker_of[row]
        cells = [escaped(text) for text in texts]
        cells[-1] = f"{cells[-1]} [{marker}]"
        lines.append("| " + " | ".join(cells) + " |")
        source = table.source[row]
        told.append(
            Sentence(
                " | ".join(text for text in texts if text) or "–",
                (marker,),
                "verbatim",
                (Evidence(marker, source.start, source.end),),
            )
        )
    return lines, told


def _stretches(table: TypedTable, rows: Sequence[int]) -> list[CitedPlace]:
    """Rows as stretches of the text, which may hold rows between them."""
    found: list[CitedPlace] = []
    start = end = -1
    for row in sorted(rows):
        source = table.source[row]
        if start >= 0 and source.end - start <= _LONGEST_STRETCH:
            end = source.end
            continue
        if start >= 0:
            found.append(CitedPlace(table.document, start, end))
        start, end = source.start, source.end
    found.append(CitedPlace(table.document, start, end))
    return found
