"""A table → its columns typed, its rows told apart: those that count, and those that sum others.

A row of totals is known by its label or because its cells are the sums of the others; it never
counts twice. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from assistant.computing.values import TypedColumn, decimal_signs, typed_column
from assistant.tables.model import Cell, Row, Table
from assistant.text.folding import fold
from assistant.text.terms import words

MOST_CELLS = 400_000
"""Of a larger table no figure is computed: half a second of work."""
_TOTALS = frozenset(
    "total totals sum subtotal gesamt summe insgesamt gesamtsumme zwischensumme totale somma suma "
    "totaal totalt summa razem celkem itogo overall".split()
)
_MEANS = frozenset("average avg mean median durchschnitt mittelwert mittel moyenne media".split())
_MOST_LOOKED_THROUGH, _LARGEST_PART, _DIGITS_OF_PROOF = 200, 15, 5
_BESIDE = frozenset("grand sub all of the general generale and year row amount net".split())
_SHOWN_AS_WRITTEN = (".ods", ".ots")
"""Sheets whose numbers are read as they are shown; those of the others are stored with a point."""


@dataclass(frozen=True)
class TypedTable:
    """``cells[row][column]``; ``rows`` are the indices of rows that count, ``summing`` of those
    that sum or average others, ``doubtful`` of those that may. ``source`` are the rows of the
    text. ``groups`` has the row across the table above each row."""

    document: str
    caption: str
    columns: tuple[TypedColumn, ...]
    cells: tuple[tuple[Cell, ...], ...]
    source: tuple[Row, ...]
    rows: tuple[int, ...]
    summing: tuple[int, ...] = ()
    doubtful: tuple[int, ...] = ()
    start: int = 0
    end: int = 0

    def text(self, row: int, column: int) -> str:
        """The words of a cell."""
        return self.cells[row][column].text.strip()

    @cached_property
    def label_column(self) -> int:
        """The column whose words name the rows: the first of words, better one without two rows
        of the same name; else the first."""
        texts = [
            at for at, column in enumerate(self.columns)
            if column.kind == "text" and any(self.text(row, at) for row in self.rows)
        ]  # fmt: skip
        keys = (at for at in texts if len({self.text(r, at) for r in self.rows}) == len(self.rows))
        return next(keys, texts[0] if texts else 0)

    def label(self, row: int) -> str:
        """What names a row."""
        return self.text(row, self.label_column)


def typed_table(
    tables: Sequence[Table], document: str, language: str, kind: str
) -> TypedTable | None:
    """One table, or the parts of one that pages cut; None where its columns have no names, or it
    is too large."""
    first = tables[0]
    width = len(first.names)
    source = [row for table in tables for row in table.rows]
    if width < 2 or not source or len(source) * width > MOST_CELLS:
        return None
    cells = [row.cells for row in source]
    if any(len(row) > width for row in cells):
        return None  # cells without a column
    cells = [
        (*row, *[Cell("", source[at].end, source[at].end)] * (width - len(row)))
        for at, row in enumerate(cells)
    ]
    kept = [
        at for at, row in enumerate(cells) if not _is_group(row) and not _repeats(row, first.names)
    ]
    grid = [[cell.text for cell in cells[at]] for at in kept]
    signs = decimal_signs([text for row in grid for text in row])
    columns = tuple(
        typed_column(
            first.names[column] or f"column {column + 1}",
            [row[column] for row in grid],
            is_first=column == 0,
            signs=signs,
            language=language,
            is_sheet=kind == "sheets" and not document.lower().endswith(_SHOWN_AS_WRITTEN),
        )
        for column in range(width)
    )
    table = TypedTable(
        document=document,
        caption=first.caption,
        columns=columns,
        cells=tuple(cells[at] for at in kept),
        source=tuple(source[at] for at in kept),
        rows=tuple(range(len(kept))),
        start=first.start,
        end=tables[-1].end,
    )
    return _told_apart(table)


def _is_group(row: Sequence[Cell]) -> bool:
    return len(row) > 2 and bool(row[0].text) and not any(cell.text for cell in row[1:])


def _repeats(row: Sequence[Cell], names: Sequence[str]) -> bool:
    """Whether a row is the names of the columns once more, at the top of a page."""
    return [cell.text.strip() for cell in row] == [name.strip() for name in names]


def _told_apart(table: TypedTable) -> TypedTable:
    summing, doubtful = [], []
    numeric = [at for at, c in enumerate(table.columns) if c.kind == "number" and not c.is_name]
    labels = [at for at, column in enumerate(table.columns) if column.kind == "text"]
    for row in table.rows:
        said = [words(fold(text))[:6] for at in labels if (text := table.text(row, at))]
        if any(_is_total(found) for found in said):
            summing.append(row)
        elif any(found[0] in _TOTALS | _MEANS or found[-1] in _TOTALS for found in said if found):
            doubtful.append(row)
    others = [row for row in table.rows if row not in summing and row not in doubtful]
    for row in list(doubtful):
        if _sums(table, row, [each for each in table.rows if each != row], numeric) or _sums(
            table, row, others, numeric
        ):
            doubtful.remove(row)
            summing.append(row)
    for row in {others[0], others[-1]} if len(others) > 2 else set():
        rest = [each for each in others if each != row]
        if _sums(table, row, rest, numeric):
            has_label = any(table.text(row, at) for at in labels)
            (doubtful if has_label else summing).append(row)
    doubtful += _parents(table, [r for r in others if r not in summing + doubtful], numeric)
    counted = tuple(row for row in table.rows if row not in summing and row not in doubtful)
    return TypedTable(
        table.document, table.caption, table.columns, table.cells, table.source,
        counted, tuple(sorted(summing)), tuple(sorted(doubtful)), table.start, table.end,
    )  # fmt: skip


def _parents(table: TypedTable, rows: Sequence[int], numeric: Sequence[int]) -> list[int]:
    """Rows whose numbers are the sums of the rows right above or below, by more digits than chance
    gives: "Income" above "Fees" and "Bar"."""
    if len(rows) > _MOST_LOOKED_THROUGH:
        return []
    amounts = [table.columns[at].amounts for at in numeric if table.columns[at].unit != "%"]
    values = [[(a[row].value if a[row] is not None else None) for a in amounts] for row in rows]  # type: ignore[union-attr]
    found = []
    for at, own in enumerate(values):
        for step in (1, -1):
            sums = [Decimal(0)] * len(own)
            for count in range(1, _LARGEST_PART + 1):
                other = at + step * count
                if not 0 <= other < len(values):
                    break
                sums = [a + (b or 0) for a, b in zip(sums, values[other], strict=True)]
                if count > 1 and _agree(own, sums):
                    found.append(rows[at])
                    break
    return list(dict.fromkeys(found))


def _agree(own: Sequence[Decimal | None], sums: Sequence[Decimal]) -> bool:
    pairs = [(a, b) for a, b in zip(own, sums, strict=True) if a]
    if not pairs or any(a != b for a, b in pairs):
        return False
    return sum(len(str(abs(int(a)))) for a, _ in pairs) >= _DIGITS_OF_PROOF


def _is_total(found: Sequence[str]) -> bool:
    """Whether the words of a cell say that its row sums others, and nothing else."""
    bare = {word for word in found if not word.isdigit()}
    return bare <= _TOTALS | _MEANS | _BESIDE and bool(bare & (_TOTALS | _MEANS))


def _sums(table: TypedTable, row: int, others: Sequence[int], numeric: Sequence[int]) -> bool:
    """Whether each number of a row is the sum of those of the others, and one is not small."""
    checked = False
    for at in numeric:
        amounts = table.columns[at].amounts
        own = amounts[row]
        parts = [amount.value for each in others if (amount := amounts[each]) is not None]
        if own is None or len(parts) < 2:
            continue
        if sum(parts, Decimal(0)) != own.value:
            return False
        checked = True
    return checked
