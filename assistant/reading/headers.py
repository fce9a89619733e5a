"""Which rows of a grid name its columns, and what each column is called. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from assistant.reading.grids import Copied

HeaderRule = Literal["likely", "marked", "unknown"]
"""``likely``: a sheet, whose first full row is one by custom; ``marked``: the file says that the
first rows are names; ``unknown``: a table in running text, which needs evidence."""

Cells = Sequence[str]

_NUMBER = re.compile(r"[-+−(]?[€$£¥]?\s?\d[\d.,'’\s]*(?:[eE][-+]?\d+)?\s?[%€$£¥)]{0,3}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PERIOD = re.compile(r"(?:19|20)\d\d\b|\b[QH][1-4]\b|\bFY ?\d\d", re.IGNORECASE)
_MIXED = re.compile(r"\d|@|://")
_PEEK = 12
"""Rows looked at to tell a header."""
_MOST_LEVELS, _LONGEST_NAME = 5, 120
_GENERIC = frozenset(
    """field property attribute parameter item name key setting option value label description
    feld merkmal eigenschaft wert name bezeichnung champ valeur campo valor""".split()
)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, with or without a sign for a currency or per cent."""
    return _NUMBER.fullmatch(cell) is not None


def is_value(cell: str) -> bool:
    """Whether a cell can be no name: a number, but not a year."""
    return is_number(cell) and not _YEAR.fullmatch(cell)


def single_text(row: Cells) -> str:
    """The text of a row that says one thing: in one cell, or in one merged across others."""
    text = ""
    for cell in row:
        if cell:
            if text and (cell != text or not isinstance(cell, Copied)):
                return ""
            text = cell
    return text


def may_name(row: Cells) -> bool:
    """Whether a row could hold names: at least two texts that are no values."""
    filled = [cell for cell in row if cell]
    return len(filled) >= 2 and not any(len(c) > _LONGEST_NAME or is_value(c) for c in filled)


def find_header(rows: Sequence[Cells], rule: HeaderRule) -> tuple[int, int] | None:
    """(first, last) of the rows that name the columns, or None."""
    near = rows[: _PEEK + _MOST_LEVELS]
    width = max((sum(1 for cell in row if cell) for row in near), default=0)
    if width < 2:
        return None
    for at, row in enumerate(near[:-1]):
        if sum(1 for cell in row if cell) < max(2, (width + 1) // 2):
            continue  # a title, or an upper level
        while at + 2 < len(near) and _is_upper_level(near, at):
            at += 1
        top = _top_level(near, at)
        names, _ = join_levels(near[top : at + 1])
        return (top, at) if _names_columns(near[at], names, near[at + 1 :], rule) else None
    return None


def _is_upper_level(rows: Sequence[Cells], at: int) -> bool:
    """Whether the row below also holds names: it fills what this one leaves open or spans, and
    values stand under it."""
    row, below = rows[at], rows[at + 1]
    if not may_name(row) or not may_name(below):
        return False
    spans = any(isinstance(cell, Copied) and cell == row[i] for i, cell in enumerate(row[1:]))
    opens = any(cell and not (row[i] if i < len(row) else "") for i, cell in enumerate(below))
    if not (spans or opens):
        return False
    labelled = bool(below[0]) and not isinstance(below[0], Copied)
    has_values = any(is_value(cell) for line in rows[at + 2 : at + 5] for cell in line[1:] if cell)
    return has_values or (spans and not labelled)


def _top_level(rows: Sequence[Cells], at: int) -> int:
    """The first of the rows of names that end with row ``at``: upper levels stand above it."""
    top = at
    while top > 0 and at - top + 1 < _MOST_LEVELS:
        above = rows[top - 1]
        alone = single_text(above)
        if alone:
            if _covers_all(above, rows[at]) or above[0] or not _PERIOD.search(alone):
                break
        elif not may_name(above):
            break
        top -= 1
    return top


def _covers_all(row: Cells, names: Cells) -> bool:
    """Whether a row's text is merged across all columns, as a title is."""
    return sum(1 for cell in row if cell) >= max(2, sum(1 for cell in names if cell))


def join_levels(levels: Sequence[Cells], gaps: Sequence[int] = ()) -> tuple[list[str], list[str]]:
    """(one name for each column, outermost level first; what the upper levels say of the whole).

    ``gaps`` counts for each column the empty columns before it, which part groups of columns.
    """
    width = max(len(level) for level in levels)
    gaps = gaps[:width]
    filled = [[*level, *[""] * (width - len(level))] for level in levels]
    lowest = filled[-1]
    parts: list[list[str]] = [[] for _ in range(width)]
    titles: list[str] = []
    for level in filled[:-1]:
        spread, title = _spread(level, lowest, gaps)
        if title:
            titles.append(title)
        for part, cell in zip(parts, spread, strict=True):
            if cell and cell not in part:
                part.append(str(cell))
    for part, cell in zip(parts, lowest, strict=True):
        if cell and cell not in part:
            part.append(str(cell))
    return [" › ".join(part).rstrip(" :") for part in parts], titles


def _spread(level: list[str], lowest: Cells, gaps: Sequence[int]) -> tuple[list[str], str]:
    """(what an upper level says of each column, what it says of the whole table)."""
    width = len(level)
    spread = [""] * width
    title = ""
    if level[0] and not lowest[0]:
        spread[0] = level[0]  # a unit above the rows' labels
    elif level[0] and level[0] != lowest[0]:
        title = level[0]
    own = [at for at in range(1, width) if level[at]]
    if any(isinstance(level[at], Copied) for at in own):
        spread[1:] = level[1:]
        return spread, title
    groups = _groups(lowest, gaps)
    if len(own) == 1:
        text = level[own[0]]
        if _PERIOD.search(text):  # one period for all, wherever it stands
            spread[1:] = [text] * (width - 1)
        elif own[0] < width - 1:
            spread[own[0] :] = [text] * (width - own[0])
        else:
            title = " · ".join(filter(None, (title, text)))
        return spread, title
    by_group = {groups[at]: at for at in own}
    if len(by_group) == len(own) == len(set(groups[1:])):
        spread[1:] = [level[by_group[groups[at]]] for at in range(1, width)]
        return spread, title
    for at, after in pairwise([*own, width]):
        spread[at:after] = [level[at]] * (after - at)
    return spread, title


def _groups(lowest: Cells, gaps: Sequence[int]) -> list[int]:
    """The number of the group that each column is in: empty columns part them, or repeats."""
    if gaps and gaps[-1]:
        return list(gaps)
    names = list(lowest[1:])
    for length in range(1, len(names) // 2 + 1):
        if len(names) % length == 0 and names == names[:length] * (len(names) // length):
            return [0, *(at // length for at in range(len(names)))]
    return list(range(len(lowest)))


def _names_columns(row: Cells, names: Cells, below: Sequence[Cells], rule: HeaderRule) -> bool:
    """Whether a row names what stands below; ``names`` are its cells with the levels above."""
    filled = [cell for cell in row if cell]
    if any(len(cell) > _LONGEST_NAME for cell in filled):
        return False
    if any(is_value(cell) for cell in filled) and not _counts_up(row):
        return False
    below = [line for line in below if list(line) != list(row)]  # names stand on every page
    told = [name for name, cell in zip(names, row, strict=False) if cell]
    if len(set(told)) < 0.7 * len(told):
        return False
    columns = [
        (cell, [line[at] for line in below if at < len(line) and line[at]])
        for at, cell in enumerate(row)
        if cell
    ]
    if any(cell in values for cell, values in columns):
        return False  # a column's name is no value in it
    if _labels_values(row, below):
        return False
    if rule == "likely":
        return True
    if any(
        values
        and (
            all(is_number(value) for value in values)
            or (len(cell) <= 30 and all(len(value) > 40 for value in values))
        )
        for cell, values in columns
    ):
        return True
    short = all(len(cell) <= 40 and not cell.endswith((".", ":")) for cell in filled)
    return len(filled) >= 3 and len(filled) == len(row) and short


def _counts_up(row: Cells) -> bool:
    """Whether names are numbers that count: weeks, hours, rooms."""
    numbers = [cell for cell in row[1:] if cell]
    return (
        bool(row[0])
        and not is_number(row[0])
        and len(numbers) >= 3
        and all(cell.isdecimal() and len(cell) < 5 for cell in numbers)
        and all(int(b) == int(a) + 1 for a, b in pairwise(numbers))
    )


def _labels_values(row: Cells, below: Sequence[Cells]) -> bool:
    """Whether two columns are labels with their values, so that the first row is one of them."""
    lines = [row, *below]
    if any(sum(1 for cell in line if cell) > 2 or not line[0] for line in lines):
        return False
    if {cell.lower().rstrip(":") for cell in row if cell} <= _GENERIC:
        return False
    labels = [line[0] for line in lines]
    values = [line[1] if len(line) > 1 else "" for line in below]
    if sum(1 for label in labels if label.endswith(":")) > 0.5 * len(labels):
        return True
    if len(set(labels)) < len(labels) or any(is_number(label) for label in labels) or not values:
        return False
    numbers = sum(1 for value in values if is_number(value)) / len(values)
    marked = sum(1 for value in values if _MIXED.search(value)) / len(values)
    return len(values) >= 2 and (0 < numbers < 0.6 or (not numbers and 0 < marked < 1))
