"""Rows of cells → lines that can be read alone: ``Name: Alice | Age: 30``.

An answer cites single lines, so each row carries its column names. What is no table with a header
comes out as ``a | b``. Nothing is dropped: titles above a header and the header itself are lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, takewhile
from typing import Literal

HeaderRule = Literal["likely", "marked", "unknown"]
"""``likely``: a sheet, whose first full row is one by custom; ``marked``: the file says that the
first row is one; ``unknown``: a table in running text, which needs evidence."""

_NUMBER = re.compile(r"[-+(]?[€$£¥]?\s?\d[\d.,'\s]*(?:[eE][-+]?\d+)?\s?[%€$£¥)]?$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_PEEK = 12
"""Rows looked at to tell a header."""


def table_lines(rows: Iterable[Sequence[str]], rule: HeaderRule = "unknown") -> Iterator[str]:
    """One line per row that is not empty; an empty text where a new block starts."""
    header: Sequence[str] = ()
    for first, rest in _blocks(rows):
        peeked = [first, *islice(rest, _PEEK - 1)]
        at = _header_at(peeked, rule)
        names = peeked[at] if at is not None else header if _fits(header, peeked) else ()
        for number, row in enumerate(chain(peeked, rest)):
            is_above = at is not None and number <= at
            yield _named_row(names, row) if names and not is_above else plain_row(row)
            last = row
        # a blank row often parts the names of the columns from what stands under them
        header = names or (last if _may_name_columns(last) else ())
        yield ""


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


def plain_row(row: Sequence[str]) -> str:
    """``a | b``, without empty cells."""
    return " | ".join(cell for cell in row if cell)


def _named_row(header: Sequence[str], row: Sequence[str]) -> str:
    filled = [(at, cell) for at, cell in enumerate(row) if cell]
    if len(filled) == 1 and len(header) > 2 and filled[0][0] == 0:
        return filled[0][1]  # a line across the table that names the rows below it
    parts = []
    for at, cell in filled:
        name = header[at].rstrip(" :") if at < len(header) else ""
        parts.append(f"{name}: {cell}" if name and name != cell else cell)
    return " | ".join(parts)


def _header_at(rows: Sequence[Sequence[str]], rule: HeaderRule) -> int | None:
    """The row that names the columns, or None."""
    if rule == "marked":
        return 0 if len(rows) > 1 else None
    width = max(sum(1 for cell in row if cell) for row in rows)
    if width < 2:
        return None
    for at, row in enumerate(rows[:-1]):
        filled = [cell for cell in row if cell]
        if len(filled) < max(2, (width + 1) // 2):
            continue  # a title above the table
        below = rows[at + 1 :]
        return at if _names_columns(row, below, rule) else None
    return None


def _names_columns(row: Sequence[str], below: Sequence[Sequence[str]], rule: HeaderRule) -> bool:
    filled = [cell for cell in row if cell]
    if any(len(cell) > 120 or _is_value(cell) for cell in filled):
        return False
    if len(set(filled)) < 0.7 * len(filled):
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
