"""A document's stored text → its tables, with the exact span of every row and cell.

Every reader writes tables as Markdown: a line for each row, ``|`` between cells, ``\\|`` for a bar
inside one, and a line of dashes under the names of the columns. So one parser serves all formats,
and a citation of a row is a stretch of the text like any other. A Markdown file's own tables are
read the same way; lines of ``key: value | key: value`` name their cells themselves.

Linear in the text. Knows no question and no index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*")
_BAR = re.compile(r"(?<!\\)\|")
_KEY = re.compile(r"[^\W\d_][^:|\n]{0,60}?(?=:[ \t])")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")
_CAPTION_LINES, _LONGEST_CAPTION = 6, 400
_CAPTION_MARK = re.compile(
    r"[*_]{0,3}(?:table|tabelle|tableau|tabla|tab\.)\s*[\w.]{0,8}[ .:–-]", re.I
)
_LONGEST_ROW = 20_000
"""Characters; a longer line with bars is text."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's words and where they stand; empty cells have ``start == end``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. ``group`` is the row across the table above it that names its part."""

    start: int
    end: int
    cells: tuple[Cell, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their names.

    ``start`` to ``end`` holds caption, header and rows. ``names`` are the columns' names, empty
    texts where a table has none; ``header`` is their line, None where each row names its own cells
    or nothing does. ``caption`` is what stands directly above.
    """

    start: int
    end: int
    caption: str
    header: Row | None
    names: tuple[str, ...]
    rows: tuple[Row, ...]

    def row_at(self, position: int) -> Row | None:
        """The row whose line holds a character, if one does."""
        return next((row for row in self.rows if row.start <= position < row.end), None)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    body: str


def may_hold_tables(text: str) -> bool:
    """A quick no for most texts."""
    return "|" in text


def find_tables(text: str, header: str = "") -> list[Table]:
    """All tables of a text, in order.

    ``header`` is the line with the names of the columns that stands above the text, for a stretch
    from the middle of a table: it names the first rows when these have no header of their own.
    """
    if not may_hold_tables(text):
        return []
    found = []
    for above, lines in _blocks(text):
        first = not text[: lines[0].start].strip()
        found.append(_table(above, lines, header if first else ""))
    return found


def is_row(body: str) -> bool:
    """Whether a line is a row of a table: bars at its ends, or `` | `` between its cells."""
    if "|" not in body or len(body) > _LONGEST_ROW:
        return False
    stripped = body.strip()
    return (
        (stripped.startswith("|") and stripped.count("|") >= 2)
        or " | " in stripped
        or (stripped.endswith("|") and stripped.count("|") >= 2)
    )


def is_rule(body: str) -> bool:
    """Whether a line parts the names of the columns from the rows."""
    return "-" in body and "|" in body and _RULE.fullmatch(body) is not None


def cells_of(body: str, start: int = 0) -> tuple[Cell, ...]:
    """The cells of a row's line that begins at ``start``; outer bars are no borders."""
    bars = [match.start() for match in _BAR.finditer(body)]
    left = len(body) - len(body.lstrip())
    right = len(body.rstrip())
    edges = [left - 1, *bars, right]
    if bars and bars[0] == left:
        edges = edges[1:]
    if bars and bars[-1] == right - 1:
        edges = edges[:-1]
    cells = []
    for a, b in pairwise(edges):
        piece = body[a + 1 : b]
        inner = piece.strip()
        at = start + a + 1 + (len(piece) - len(piece.lstrip()) if inner else 0)
        cells.append(Cell(inner.replace("\\|", "|"), at, at + len(inner)))
    return tuple(cells)


def escaped(cell: str) -> str:
    """A cell's words as they stand between bars."""
    return " ".join(cell.split()).replace("|", "\\|")


def row_line(cells: Sequence[str]) -> str:
    """A row as readers write it."""
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def rule_line(columns: int) -> str:
    """The line under the names of the columns."""
    return "|" + "---|" * max(1, columns)


def _blocks(text: str) -> Iterator[tuple[list[_Line], list[_Line]]]:
    """(lines directly above, lines) of each run of rows."""
    above: list[_Line] = []
    rows: list[_Line] = []
    offset, is_code = 0, False
    for line in text.splitlines(keepends=True):
        body = line.strip()
        start = offset + len(line) - len(line.lstrip())
        at = _Line(start, start + len(body), body)
        offset += len(line)
        if _FENCE.match(body):
            is_code = not is_code
        if not is_code and (is_row(body) or (rows and is_rule(body))):
            rows.append(at)
            continue
        if rows:
            yield above, rows
            above, rows = [], []
        if body.strip() and not is_code and not body.startswith("#"):
            above = [*above[-_CAPTION_LINES + 1 :], at]
        else:
            above = []
    if rows:
        yield above, rows


def _table(above: list[_Line], lines: list[_Line], header_line: str) -> Table:
    rule = next((at for at, line in enumerate(lines[:4]) if is_rule(line.body)), None)
    header: Row | None = None
    body = lines
    names: tuple[str, ...] = ()
    if rule is not None and rule > 0:
        top = lines[rule - 1]
        header = Row(top.start, top.end, cells_of(top.body, top.start))
        names = tuple(cell.text for cell in header.cells)
        body = lines[rule + 1 :]
        above = [*above, *lines[: rule - 1]]
    elif rule == 0:
        body = lines[1:]
    elif header_line:
        names = tuple(cell.text for cell in cells_of(header_line))
    body = [line for line in body if not is_rule(line.body)]
    caption = _caption(above)
    start = caption[0].start if caption else lines[0].start
    return Table(
        start=start,
        end=lines[-1].end,
        caption=" · ".join(line.body.strip() for line in caption),
        header=header,
        names=names if any(names) else (),
        rows=tuple(_rows(body, names)),
    )


def _caption(above: list[_Line]) -> list[_Line]:
    """The lines directly above a table, unless they are prose that only happens to end there."""
    if not above or sum(len(line.body) for line in above) > _LONGEST_CAPTION:
        return [above[-1]] if above and _CAPTION_MARK.match(above[-1].body.strip()) else []
    return above


def _rows(lines: list[_Line], names: tuple[str, ...]) -> Iterator[Row]:
    group = ""
    parsed = [cells_of(line.body, line.start) for line in lines]
    for at, (line, cells) in enumerate(zip(lines, parsed, strict=True)):
        filled = [cell for cell in cells if cell.text]
        if not filled:
            continue
        crosses = len(filled) == 1 and cells[0].text and max(len(names), len(cells)) > 2
        if crosses and at + 1 < len(lines):
            group = cells[0].text
            yield Row(line.start, line.end, cells)
            continue
        yield Row(line.start, line.end, cells, group)


def named_cells(table: Table, row: Row) -> list[tuple[str, Cell]]:
    """(column's name, cell) of the cells that are filled; a name is empty where there is none.

    Rows of ``key: value`` cells name their columns themselves.
    """
    found = []
    for at, cell in enumerate(row.cells):
        if not cell.text:
            continue
        name = table.names[at] if at < len(table.names) else ""
        if not table.names:
            key = _KEY.match(cell.text)
            if key:
                value = cell.text[key.end() + 1 :].lstrip()
                shift = len(cell.text) - len(value)
                found.append((key.group(), Cell(value, cell.start + shift, cell.end)))
                continue
        found.append((name, cell))
    return found
