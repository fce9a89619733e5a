"""Cells that may span several columns and rows → a grid of texts.

What a merged cell says holds in every column and row it covers, so its words stand in each of them;
``Copied`` tells these from the cell itself. A table may claim more than it holds: the number of
copies is limited, and a span over the limit counts as one cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST_COPIES = 50_000
"""In one table; a copied word costs as much text as a written one."""
_MOST_COLUMNS = 1_000
_LONGEST_COPY = 300
"""Characters; a longer text is prose that happens to lie across columns."""


class Copied(str):
    """The words of a merged cell in a place that it covers beside its first."""

    __slots__ = ()


class Grid:
    """Collects the cells of a table in reading order."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._hanging: dict[int, tuple[str, int]] = {}
        self._copies = MOST_COPIES

    def start_row(self) -> None:
        """What follows stands in the next row."""
        self._end_row()
        self.rows.append([])

    def add(self, text: str, columns: int = 1, rows: int = 1) -> None:
        """A cell in the next free place of the row; without a row, it opens one."""
        if not self.rows:
            self.start_row()
        row = self.rows[-1]
        self._reach_down(row)
        columns, rows = min(max(columns, 1), _MOST_COLUMNS), max(rows, 1)
        if self._copies < columns:
            columns = rows = 1
        at = len(row)
        row.append(text)
        for column in range(at + 1, at + columns):
            self._hanging.pop(column, None)
            row.append(self._copy(text))
        if rows > 1:
            self._hanging.update((column, (text, rows - 1)) for column in range(at, len(row)))

    def add_below(self, columns: int = 1) -> None:
        """A cell that goes on from the row above."""
        row, above = self.rows[-1], self.rows[-2] if len(self.rows) > 1 else []
        for _ in range(min(max(columns, 1), _MOST_COLUMNS) if self._copies > 0 else 1):
            row.append(self._copy(above[len(row)] if len(row) < len(above) else ""))

    def finish(self) -> list[list[str]]:
        """The rows."""
        self._end_row()
        return self.rows

    def _reach_down(self, row: list[str]) -> None:
        """Fill the places that merged cells of rows above reach down into, up to a free one."""
        while (found := self._hanging.pop(len(row), None)) is not None:
            text, left = found
            if left > 1 and self._copies > 0:
                self._hanging[len(row)] = (text, left - 1)
            row.append(self._copy(text))

    def _end_row(self) -> None:
        if not self.rows:
            return
        row = self.rows[-1]
        for column in sorted(self._hanging):
            if column < len(row):
                continue
            self._copies -= column - len(row)
            row.extend([""] * (column - len(row)))
            self._reach_down(row)
        if self._copies <= 0:
            self._hanging.clear()

    def _copy(self, text: str) -> str:
        self._copies -= 1
        return Copied(text) if text and len(text) <= _LONGEST_COPY and self._copies >= 0 else ""


def fill_merged(
    rows: Sequence[list[str]],
    ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]],
    origin: tuple[int, int] = (0, 0),
) -> None:
    """Copy the first cell of each range (first and last row and column) over the rest of it.

    ``origin`` is the place of the first cell of ``rows``.
    """
    left = MOST_COPIES
    for (top, first), (bottom, last) in ranges:
        top, bottom = top - origin[0], min(bottom - origin[0], len(rows) - 1)
        first = first - origin[1]
        if top < 0 or first < 0 or top > bottom or first >= len(rows[top]):
            continue
        text = rows[top][first]
        last = min(last - origin[1], len(rows[top]) - 1)
        left -= (bottom - top + 1) * (last - first + 1)
        if left < 0:
            return
        if not text or len(text) > _LONGEST_COPY:
            continue
        for row in rows[top : bottom + 1]:
            for at in range(first, min(last + 1, len(row))):
                if row is not rows[top] or at > first:
                    row[at] = Copied(text)
