"""Rows of cells → the lines of a Markdown table, as ``assistant.tables`` finds it again.

Titles above a header stand above the table as its caption; two rows of names become one, as in
``2023 › Revenue``. Cells without a header come out as rows without names. Nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, takewhile
from typing import Literal

from assistant.tables.model import row_line, rule_line

HeaderRule = Literal["likely", "marked", "unknown"]
"""``likely``: a sheet, whose first full row is one by custom; ``marked``: the file says that the
first rows are names; ``unknown``: a table in running text, which needs evidence."""

_NUMBER = re.compile(r"[-+(]?[€$£¥]?\s?\d[\d.,'\s]*(?:[eE][-+]?\d+)?\s?[%€$£¥)]?$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_PEEK = 12
"""Rows looked at to tell a header."""


def table_lines(
    rows: Iterable[Sequence[str]], rule: HeaderRule = "unknown", marked: int = 1
) -> Iterator[str]:
    """One line per row that is not empty; an empty text where a new block starts.

    ``marked`` is how many rows at the top are names, when the file says so.
    """
    header: Sequence[str] = ()
    for first, rest in _blocks(rows):
        peeked = [first, *islice(rest, max(_PEEK, marked + 1) - 1)]
        at = _header_at(peeked, rule, marked)
        if at is None:
            names = header if _fits(header, peeked) else ()
            begin = 0
        else:
            top = _top_level(peeked, at, 0 if rule != "marked" else at - marked + 1)
            names = _joined(peeked[top : at + 1])
            begin = at + 1
            for row in peeked[:top]:
                yield _title_line(row)
        if names:
            yield row_line(names)
            yield rule_line(len(names))
        last: Sequence[str] = ()
        for row in chain(peeked[begin:], rest):
            yield _row(row, len(names))
            last = row
        # a blank row often parts the names of the columns from what stands under them
        header = names or (last if _may_name_columns(last) else ())
        yield ""


def _title_line(row: Sequence[str]) -> str:
    """A row above the names of the columns: a title, a period, a unit."""
    return " · ".join(dict.fromkeys(cell for cell in row if cell))


def _row(row: Sequence[str], width: int) -> str:
    """A row's line; a single cell without a header is a line of text."""
    if not width and sum(1 for cell in row if cell) == 1:
        return next(cell for cell in row if cell)
    return row_line([*row, *[""] * (width - len(row))])


def _top_level(rows: Sequence[Sequence[str]], at: int, least: int) -> int:
    """The first of the rows of names that end with row ``at``: upper levels stand above it."""
    top = at
    while top > max(0, least):
        above = [cell for cell in rows[top - 1] if cell]
        if len(above) < 2 or any(len(cell) > 120 or _is_value(cell) for cell in above):
            break
        top -= 1
    return top


def _joined(levels: Sequence[Sequence[str]]) -> list[str]:
    """One name for each column: the levels above it, outermost first, repeats left out.

    An upper cell names the columns to its right until the next one.
    """
    width = max(len(level) for level in levels)
    parts: list[list[str]] = [[] for _ in range(width)]
    for number, level in enumerate(levels):
        is_lowest = number == len(levels) - 1
        carried = ""
        for at in range(width):
            cell = level[at] if at < len(level) else ""
            carried = cell or ("" if is_lowest else carried)
            if carried and carried not in parts[at]:
                parts[at].append(carried)
    return [" › ".join(part).rstrip(" :") for part in parts]


def _blocks(
    rows: Iterable[Sequence[str]],
) -> Iterator[tuple[Sequence[str], Iterator[Sequence[str]]]]:
    """Stretches without an empty row: the first row of each, and the rest as it comes."""
    source = iter(rows)
    for row in source:
        if any(row):
            yield row, takewhile(any, source)


def _fits(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether names from above a blank row belong to these rows: numbers stand under them."""
    filled = [(at, cell) for row in rows for at, cell in enumerate(row) if cell and at > 0]
    return (
        bool(filled)
        and all(at < len(header) and header[at] for at, _ in filled)
        and sum(1 for _, cell in filled if _NUMBER.match(cell)) > 0.5 * len(filled)
    )


def _may_name_columns(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    return (
        len(filled) >= 2
        and len(set(filled)) == len(filled)
        and not any(len(cell) > 120 or _is_value(cell) for cell in filled)
    )


def _header_at(rows: Sequence[Sequence[str]], rule: HeaderRule, marked: int) -> int | None:
    """The lowest row that names the columns, or None."""
    if rule == "marked":
        return marked - 1 if len(rows) > marked else None
    width = max(sum(1 for cell in row if cell) for row in rows)
    if width < 2:
        return None
    for at, row in enumerate(rows[:-1]):
        filled = [cell for cell in row if cell]
        if len(filled) < max(2, (width + 1) // 2):
            continue  # a title above the table
        names = _joined(rows[_top_level(rows, at, 0) : at + 1])
        return at if _names_columns(row, names, rows[at + 1 :], rule) else None
    return None


def _names_columns(
    row: Sequence[str], names: Sequence[str], below: Sequence[Sequence[str]], rule: HeaderRule
) -> bool:
    """Whether a row names what stands below; ``names`` are its cells with the levels above."""
    filled = [cell for cell in row if cell]
    if any(len(cell) > 120 or _is_value(cell) for cell in filled):
        return False
    told = [name for name in names if name]
    if len(set(told)) < 0.7 * len(told):
        return False
    columns = [
        (cell, [line[at] for line in below if at < len(line) and line[at]])
        for at, cell in enumerate(row)
        if cell
    ]
    if any(cell in values for cell, values in columns):
        return False  # a column's name is no value in it
    has_numbers = any(
        values and all(_NUMBER.match(value) for value in values) for _, values in columns
    )
    if rule == "likely" or has_numbers:
        return True
    short = all(len(cell) <= 40 and not cell.endswith((".", ":")) for cell in filled)
    return len(filled) >= 3 and len(filled) == len(row) and short


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.match(cell)) and not _YEAR.match(cell)
