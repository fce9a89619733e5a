"""Tables of OpenDocument files → grids: spans, repeats, hidden rows and columns, values of cells.

The words of a cell come from a function, because what is struck or hidden is known elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.reading.grids import MOST_COPIES, Grid
from assistant.reading.safexml import attribute, descendants, local
from assistant.reading.writing import one_line

_MOST_REPEATED = 200
"""Copies of a row or cell that are written out; the empty rest of a sheet is one of a million."""
_PLAIN_NUMBER = re.compile(r"[-+−]?\d[\d.,'’\s]*")
_DAY = re.compile(r"\d\D+\d+\D+\d")
"""A shown date that names a day, and not just a month and a year."""
_UNSEEN = ("collapse", "filter")


@dataclass(slots=True)
class OdfTable:
    """A table's rows; ``heads`` is how many rows at the top are names, 0 when the file does not
    say; ``inner`` are tables inside its cells; ``remarks`` are annotations with their cells."""

    rows: list[list[str]] = field(default_factory=list)
    heads: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0
    inner: list[Any] = field(default_factory=list)
    remarks: list[tuple[Any, str]] = field(default_factory=list)


def read_table(table: Any, words_of: Callable[[Any], str]) -> OdfTable:
    """The cells of a table that are shown."""
    found = OdfTable()
    grid = Grid()
    left = MOST_COPIES
    for row, is_head in _rows(table, False):
        cells = list(_cells(row, words_of, found))
        while cells and not cells[-1].text:
            cells.pop()
        if attribute(row, "visibility") in _UNSEEN:
            found.hidden_rows += bool(cells)
            continue
        times = _count(row, "number-rows-repeated") if cells and left > 0 else 1
        for _ in range(min(times, _MOST_REPEATED)):
            grid.start_row()
            for cell in cells:
                repeated = min(cell.repeated, _MOST_REPEATED if left > 0 else 1)
                left -= repeated - 1
                for _ in range(repeated):
                    grid.add(cell.text, cell.columns, cell.rows)
            left -= 1
        found.heads += is_head
    unseen = _unseen_columns(table)
    lost: set[int] = set()
    for row in grid.finish():
        lost.update(at for at in unseen if at < len(row) and row[at])
        found.rows.append([cell for at, cell in enumerate(row) if at not in unseen])
    found.hidden_columns = len(lost)
    return found


def _rows(table: Any, is_head: bool) -> Iterator[tuple[Any, bool]]:
    for child in table:
        kind = local(child)
        if kind == "table-row":
            yield child, is_head
        elif kind in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(child, is_head or kind == "table-header-rows")


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    columns: int
    rows: int
    repeated: int


def _cells(row: Any, words_of: Callable[[Any], str], found: OdfTable) -> Iterator[_Cell]:
    """The cells of a row; those that another one covers are part of it."""
    label = ""
    for cell in row:
        if local(cell) != "table-cell":
            continue
        text = cell_words(cell, words_of)
        label = label or text
        for remark in _within(cell, "annotation"):
            found.remarks.append((remark, ", ".join(dict.fromkeys(filter(None, (label, text))))))
        found.inner.extend(_within(cell, "table"))
        yield _Cell(
            text,
            _count(cell, "number-columns-spanned"),
            _count(cell, "number-rows-spanned"),
            _count(cell, "number-columns-repeated"),
        )


def _within(element: Any, wanted: str) -> Iterator[Any]:
    """The nearest descendants of a kind, none inside a table or remark."""
    for child in element:
        if local(child) == wanted:
            yield child
        elif local(child) not in ("annotation", "table"):
            yield from _within(child, wanted)


def cell_words(cell: Any, words_of: Callable[[Any], str]) -> str:
    """What a cell shows: dates in ISO form, numbers with their decimals and no thousands signs."""
    words = one_line(" ".join(words_of(each) for each in cell_paragraphs(cell)))
    kind = attribute(cell, "value-type")
    if not words or kind == "string":
        return words
    if kind == "date":
        stored = attribute(cell, "date-value").removesuffix("T00:00:00")
        return stored.replace("T", " ") if _DAY.search(words) else words
    if kind == "float" and _PLAIN_NUMBER.fullmatch(words):
        return _number(words, attribute(cell, "value")) or words
    return words


def cell_paragraphs(element: Any) -> Iterator[Any]:
    """A cell's own paragraphs; those of remarks and of tables inside are not its words."""
    for child in element:
        kind = local(child)
        if kind in ("p", "h"):
            yield child
        elif kind not in ("annotation", "table"):
            yield from cell_paragraphs(child)


def _number(shown: str, stored: str) -> str:
    """The stored number with as many decimals as are shown."""
    try:
        value = float(stored)
    except ValueError:
        return ""
    digits = re.sub(r"\D", "", shown)
    for decimals in range(13):
        text = f"{value:.{decimals}f}"
        if re.sub(r"\D", "", text) == digits:
            return text
    return ""


def _unseen_columns(table: Any) -> set[int]:
    unseen: set[int] = set()
    at = 0
    for column in descendants(table, "table-column"):
        count = min(_count(column, "number-columns-repeated"), 20_000)
        if attribute(column, "visibility") in _UNSEEN and at + count <= 20_000:
            unseen.update(range(at, at + count))
        at += count
    return unseen


def _count(element: Any, name: str) -> int:
    value = attribute(element, name)
    return max(1, int(value)) if value.isdecimal() and len(value) < 9 else 1
