"""Tables of Word documents → grids: merged cells, rows of names, what is only a frame for text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from assistant.reading.grids import Grid
from assistant.reading.left_out import LeftOut
from assistant.reading.safexml import attribute, descendants, first, local
from assistant.reading.word_text import SILENT
from assistant.reading.writing import one_line

_LONGEST_VALUE = 300
_OFF = ("0", "false", "off")


@dataclass(frozen=True, slots=True)
class WordTable:
    """The rows of a table with their cells; ``heads`` is how many at the top are names."""

    rows: tuple[tuple[Any, tuple[Any, ...]], ...]
    heads: int

    @property
    def cells(self) -> Iterator[Any]:
        """All cells in order."""
        return (cell for _, cells in self.rows for cell in cells)

    def is_frame(self) -> bool:
        """Whether the table only arranges text: one row or column, or tables among long texts."""
        if len(self.rows) == 1 or all(len(cells) <= 1 for _, cells in self.rows):
            return True
        holding = [cell for cell in self.cells if inner_tables(cell)]
        others = [cell for cell in self.cells if cell not in holding]
        if not holding:
            return False
        short = sum(1 for cell in others if 0 < _length(cell) <= _LONGEST_VALUE)
        return short < 2 or short < len(holding)


def take_table(table: Any, left_out: LeftOut) -> WordTable:
    """A table's rows that are shown."""
    rows = []
    for row in _rows(table):
        properties = first(row, "trPr")
        if properties is not None and first(properties, "del") is not None:
            left_out.add("deleted")
        elif _is_on(first(properties, "hidden") if properties is not None else None):
            left_out.add("rows")
        else:
            rows.append((row, tuple(_nearest(row, "tc"))))
    heads = 0
    for row, _ in rows:
        if not _is_on(first(row, "trPr", "tblHeader")):
            break
        heads += 1
    if not heads and len(rows) > 1 and _is_bold(rows[0][0]) and not _is_bold(rows[1][0]):
        heads = 1
    return WordTable(tuple(rows), heads)


def grid_of(table: WordTable, words_of: Callable[[Any], str]) -> list[list[str]]:
    """The cells' words in columns; merged cells stand in each place they cover."""
    grid = Grid()
    for row, cells in table.rows:
        grid.start_row()
        for _ in range(_number(first(row, "trPr", "gridBefore"), 0)):
            grid.add("")
        for cell in cells:
            columns = _number(first(cell, "tcPr", "gridSpan"), 1)
            merge = first(cell, "tcPr", "vMerge")
            text = one_line(" ".join(words_of(each) for each in own_paragraphs(cell)))
            if merge is not None and attribute(merge, "val") != "restart" and not text:
                grid.add_below(columns)
            else:
                grid.add(text, columns)
    return grid.finish()


def own_paragraphs(cell: Any) -> Iterator[Any]:
    """The paragraphs of a cell that lie in no table inside it."""
    for child in cell:
        kind = local(child)
        if kind == "p":
            yield child
        elif kind != "tbl" and kind not in SILENT:
            yield from own_paragraphs(child)


def inner_tables(cell: Any) -> list[Any]:
    """The tables in a cell, none inside another."""
    return list(_nearest(cell, "tbl"))


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        kind = local(child)
        if kind == "tr":
            yield child
        elif kind in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _rows(child)


def _nearest(element: Any, name: str) -> Iterator[Any]:
    """The nearest descendants of this name, none inside another."""
    for child in element:
        if local(child) == name:
            yield child
        elif local(child) not in SILENT:
            yield from _nearest(child, name)


def _is_bold(row: Any) -> bool:
    runs = [run for run in descendants(row, "r") if first(run, "t") is not None]
    return bool(runs) and all(_is_on(first(run, "rPr", "b")) for run in runs)


def _is_on(element: Any) -> bool:
    return element is not None and attribute(element, "val").lower() not in _OFF


def _length(cell: Any) -> int:
    return sum(len(each.text or "") for each in descendants(cell, "t"))


def _number(element: Any, default: int) -> int:
    value = attribute(element, "val") if element is not None else ""
    return int(value) if value.isdecimal() and len(value) < 5 else default
