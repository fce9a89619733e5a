"""Rows of cells → the lines of a Markdown table, as ``assistant.tables`` finds it again.

Titles above a header stand above the table as its caption; rows of names of several levels become
one, as in ``2023 › Revenue``; columns without a word are dropped; notes follow the table. Cells
without a header come out as rows without names. Nothing that somebody wrote is dropped.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from assistant.reading.grids import Copied
from assistant.reading.headers import (
    Cells,
    HeaderRule,
    find_header,
    is_number,
    join_levels,
    may_name,
    single_text,
)
from assistant.reading.writing import Writer
from assistant.tables.model import row_line, rule_line

_NOTE = re.compile(
    r"(?:\(\w{1,3}\)|\w?\d{0,2}[)*†‡§¹²³]+|\*+|\[\w{1,3}\])\s*\S|"
    r"(?:notes?|source|remarks?|quelle|anmerkung|hinweis|fuente|nota)s?\b[^|:]{0,20}:",
    re.IGNORECASE,
)
_LONGEST_TITLE, _MOST_TITLES, _MOST_NAME_ROWS = 120, 6, 5
_MOST_EMPTY = 60
"""Cells to which a short row is filled up."""


def write_table(
    writer: Writer,
    rows: Sequence[Cells],
    rule: HeaderRule = "unknown",
    marked: int = 1,
    caption: str = "",
) -> None:
    """Write a table as a block of its own, its caption directly above it."""
    writer.gap()
    if caption:
        writer.line(caption)
    for line in table_lines(rows, rule, marked):
        writer.line(line) if line else writer.gap()
    writer.gap()


def table_lines(
    rows: Iterable[Cells], rule: HeaderRule = "unknown", marked: int = 1
) -> Iterator[str]:
    """One line per row that is not empty; an empty text where a new block starts.

    ``marked`` is how many rows at the top are names, when the file says so.
    """
    lines = _lines(rows, rule, marked)
    yield from filter(None, [next(lines, "")])  # the first block needs no gap before it
    yield from lines


def _lines(rows: Iterable[Cells], rule: HeaderRule, marked: int) -> Iterator[str]:
    titles: list[str] = []
    above: _Table | None = None
    for block in _glued(list(_stretches(rows))):
        texts = [single_text(row) for row in block]
        if all(texts):
            if _are_titles([*titles, *texts]):
                titles += texts
                continue
            yield from _as_block(titles)
            titles = texts if _are_titles(texts) else []
            yield from _as_block(texts[len(titles) :])
            above = above if len(texts) == 1 and not titles else None
            continue
        for part in _side_by_side(block) if rule == "likely" else [block]:
            table = _read(part, rule, marked)
            if above is not None and not titles and _goes_on(above, part, table):
                yield from _row_lines(part, above)
                continue
            yield ""
            yield from (*titles, *table.titles)
            if table.names:
                yield row_line(table.names)
                yield rule_line(len(table.names))
            yield from _row_lines(table.rows, table)
            yield from _as_block(table.notes)
            titles, above = [], table
        rule = "unknown" if rule == "marked" else rule
    yield from _as_block(titles)


def _as_block(texts: Sequence[str]) -> Sequence[str]:
    return ("", *texts) if texts else ()


@dataclass(frozen=True, slots=True)
class _Table:
    """A table taken apart. ``columns`` are the places of those that hold a word; ``lowest`` is the
    row of names as it stands in the file."""

    titles: Sequence[str]
    names: Sequence[str]
    lowest: Cells
    rows: Sequence[Cells]
    notes: Sequence[str]
    columns: Sequence[int]


def _read(block: Sequence[Cells], rule: HeaderRule, marked: int) -> _Table:
    lead = next(at for at, row in enumerate(block) if not single_text(row))
    while lead > 0 and _spans_some(block[lead - 1], block[lead]):
        lead -= 1
    end = len(block)
    while end > lead + 2 and _is_note(block[end - 1]):
        end -= 1
    if rule == "marked" and lead < marked < len(block):
        found: tuple[int, int] | None = (lead, marked - 1)
    else:
        inner = find_header(block[lead:end], "unknown" if rule == "marked" else rule)
        found = (inner[0] + lead, inner[1] + lead) if inner else None
    begin = found[1] + 1 if found else 0
    columns = _filled_columns(block[found[0] if found else 0 : end])
    titles: list[str] = []
    names: list[str] = []
    lowest: Cells = ()
    if found:
        titles = [text for row in block[: found[0]] if (text := _title_line(row))]
        empty = [after - at - 1 for at, after in zip([-1, *columns], columns, strict=False)]
        levels = [_chosen(row, columns) for row in block[found[0] : begin]]
        names, said = join_levels(levels, list(accumulate(empty)))
        titles += said
        lowest = levels[-1]
    notes = [single_text(row) for row in block[end:]]
    return _Table(titles, names, lowest, block[begin:end], notes, columns)


def _row_lines(rows: Iterable[Cells], table: _Table) -> Iterator[str]:
    """The lines of a table's rows; rows that repeat its names say nothing new."""
    lowest = list(table.lowest)
    for row in rows:
        text = single_text(row)
        if text and not table.names:
            yield text
            continue
        cells = _chosen(row, table.columns)
        if text:
            across = sum(1 for cell in cells if cell) > 1
            cells = ["" if isinstance(cell, Copied) else cell for cell in cells]
            if across:  # merged across the table: the rows below are of this group
                cells = [f"**{cell}**" if cell else "" for cell in cells]
        elif cells == lowest:
            continue
        yield row_line(cells)


def _spans_some(row: Cells, names: Cells) -> bool:
    """Whether a text is merged across some of the columns, which it groups, and not across all."""
    filled = [at for at, cell in enumerate(row) if cell]
    named = sum(1 for cell in names if cell)
    return 1 < len(filled) < named and isinstance(row[filled[-1]], Copied) and filled[0] > 0


def _chosen(row: Cells, columns: Sequence[int]) -> list[str]:
    cells = [row[at] for at in columns[: bisect_left(columns, len(row))]]
    return cells + [""] * (min(len(columns), _MOST_EMPTY) - len(cells))


def _title_line(row: Cells) -> str:
    """A row above the names of the columns: a title, a period, a unit."""
    return " · ".join(dict.fromkeys(cell for cell in row if cell))


def _are_titles(texts: Sequence[str]) -> bool:
    """Whether lines that stand alone may be the title of a table below."""
    return len(texts) <= _MOST_TITLES and not any(
        len(text) > _LONGEST_TITLE or _NOTE.match(text) for text in texts
    )


def _is_note(row: Cells) -> bool:
    text = single_text(row)
    spans = sum(1 for cell in row if cell) > 1
    return bool(text) and bool(spans or len(text) > _LONGEST_TITLE or _NOTE.match(text))


def _filled_columns(rows: Sequence[Cells]) -> list[int]:
    filled: set[int] = set()
    for row in rows:
        if len(filled) < len(row):
            filled.update(at for at, cell in enumerate(row) if cell)
    return sorted(filled)


# ---------------------------------------------------------------- blocks


def _stretches(rows: Iterable[Cells]) -> Iterator[list[Cells]]:
    """Runs of rows without an empty one; a row that only repeats merged cells is none."""
    run: list[Cells] = []
    for row in rows:
        if any(row):
            if any(cell and not isinstance(cell, Copied) for cell in row):
                run.append(row)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _glued(blocks: list[list[Cells]]) -> Iterator[list[Cells]]:
    """Blocks; names of columns that an empty row parts from what they name are put back."""
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if at + 1 < len(blocks) and _names_below(block, blocks[at + 1]):
            block = [*block, *blocks[at + 1]]
            at += 1
        yield block
        at += 1


def _names_below(block: Sequence[Cells], below: Sequence[Cells]) -> bool:
    """Whether a block is nothing but names of the columns of the next."""
    names = [row for row in block if not single_text(row)]
    last = block[-1]
    if not names or len(names) > _MOST_NAME_ROWS or names[-1] is not last:
        return False
    if not may_name(last) or not all(may_name(row) for row in names):
        return False
    named = {at for row in names for at, cell in enumerate(row) if cell}
    near = below[:60]
    filled = [(at, cell) for row in near for at, cell in enumerate(row) if cell and at > 0]
    if not filled or any(at not in named for at, _ in filled):
        return False
    if sum(1 for _, cell in filled if is_number(cell)) > 0.5 * len(filled):
        return not may_name(near[0]) or len(near) == 1
    columns = {at for row in near for at, cell in enumerate(row) if cell}
    return len(block) == 1 and columns == named and find_header(near, "unknown") is None


def _goes_on(above: _Table, block: Sequence[Cells], table: _Table) -> bool:
    """Whether rows below an empty one belong to the table above it: they have no names of their
    own, and stand in its columns."""
    if not above.names:
        return False
    filled = _filled_columns(block)
    if not set(filled) <= set(above.columns):
        return False
    return not table.names or (len(filled) > 1 and find_header(block, "unknown") is None)


def _side_by_side(block: list[Cells]) -> list[list[Cells]]:
    """Tables that stand beside each other, parted by an empty column; mostly there is one."""
    lead = next(at for at, row in enumerate(block) if not single_text(row))
    rows = block[lead:]
    filled = _filled_columns(rows)
    parts: list[list[int]] = [[]]
    for at in filled:
        if parts[-1] and at > parts[-1][-1] + 1:
            parts.append([])
        parts[-1].append(at)
    if len(parts) < 2 or any(len(part) < 2 for part in parts):
        return [block]
    tables = [[row for line in rows if any(row := line[part[0] : part[-1] + 1])] for part in parts]
    for table in tables:
        found = find_header([row for row in table if not single_text(row)], "likely")
        if found is None or any(is_number(row[0]) for row in table[-3:] if row and row[0]):
            return [block]
        if sum(1 for row in table if row and row[0]) < 0.7 * len(table):
            return [block]
    tables[0][:0] = block[:lead]
    return tables
