"""HTML tables → grids of texts; separates data tables from layout tables.

The words of a cell come from a function, because what is seen of it is known elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.reading.grids import Grid

_PARTS = ("thead", "tbody", "tfoot")
_ARRANGING = frozenset("h1 h2 h3 h4 h5 h6 form nav article section".split())
_LONGEST_VALUE = 300
_MOST_INNER = 3
"""Items or paragraphs that a cell with data may hold."""


@dataclass(slots=True)
class HtmlTable:
    """The shown rows of a table; ``heads`` is how many at the top are names."""

    rows: list[list[str]] = field(default_factory=list)
    heads: int = 0
    hidden_rows: int = 0


def is_data(table: Any) -> bool:
    """Whether a table holds data, and does not only arrange text on the page."""
    if table.get("role") in ("presentation", "none"):
        return False
    rows = [_cells(row) for row in own_rows(table)]
    cells = [cell for row in rows for cell in row]
    if max((len(row) for row in rows), default=0) < 2:
        return False
    if any(cell.tag == "th" for cell in cells):
        return True
    lengths = [len(cell.text_content()) for cell in cells]
    holding = [next(cell.iter("table"), None) is not None for cell in cells]
    if any(holding):
        short = sum(
            1 for length, held in zip(lengths, holding, strict=True)
            if not held and 0 < length <= _LONGEST_VALUE
        )  # fmt: skip
        return len(rows) > 1 and short >= 2 and short >= len(cells) / 2
    arranging = sum(1 for cell in cells if _arranges(cell))
    return arranging == 0 or arranging < len(cells) / 4


def _arranges(cell: Any) -> bool:
    counts = {"p": 0, "li": 0}
    for each in cell.iter():
        if each.tag in _ARRANGING:
            return True
        if each.tag in counts:
            counts[each.tag] += 1
    return max(counts.values()) > _MOST_INNER


def read_table(
    table: Any, words_of: Callable[[Any], str], is_hidden: Callable[[Any], bool]
) -> HtmlTable:
    """The rows of a table with the words of their cells, spans filled."""
    found = HtmlTable()
    grid = Grid()
    counts = True
    shown = []
    for row in own_rows(table):
        cells = _cells(row)
        if is_hidden(row) or is_hidden(row.getparent()):
            found.hidden_rows += any(cell.text_content().strip() for cell in cells)
            continue
        shown.append(cells)
        grid.start_row()
        for cell in cells:
            words = "" if is_hidden(cell) else words_of(cell)
            grid.add(words, _span(cell, "colspan"), _span(cell, "rowspan"))
        counts = counts and _names_columns(row, cells)
        found.heads += counts
    found.rows = grid.finish()
    if not found.heads and len(shown) > 1 and _is_bold(shown[0]) and not _is_bold(shown[1]):
        found.heads = 1
    return found


def own_rows(table: Any) -> Iterator[Any]:
    """The rows of a table itself, heads first and feet last."""
    groups = [child for child in table if child.tag in _PARTS]
    heads = [child for child in groups if child.tag == "thead"]
    feet = [child for child in groups if child.tag == "tfoot"]
    for head in heads:
        yield from (row for row in head if row.tag == "tr")
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag == "tbody":
            yield from (row for row in child if row.tag == "tr")
    for foot in feet:
        yield from (row for row in foot if row.tag == "tr")


def _cells(row: Any) -> list[Any]:
    return [child for child in row if child.tag in ("td", "th")]


def _names_columns(row: Any, cells: list[Any]) -> bool:
    if row.getparent().tag == "thead":
        return True
    filled = [cell for cell in cells if cell.text_content().strip()]
    return bool(filled) and all(cell.tag == "th" for cell in filled)


def _is_bold(cells: list[Any]) -> bool:
    filled = [cell for cell in cells if cell.text_content().strip()]
    return bool(filled) and all(
        len("".join(each.text_content() for each in cell.iter("b", "strong")))
        >= len(cell.text_content().strip())
        for cell in filled
    )


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(int(value), 65_534) if value.isdecimal() and len(value) < 9 else 1
