"""Figures over the rows of one column: total, average, highest, lowest, ranking, spread. Pure."""

from __future__ import annotations

from decimal import Decimal
from statistics import median

from assistant.computing.binding import Refused
from assistant.computing.groups import GroupFigures
from assistant.computing.workings import (
    ComputedFigure,
    Used,
    how_averaged,
    how_compared,
    in_full,
    rounded,
    several,
    with_unit,
    written_out,
)


class RowFigures(GroupFigures):
    """One column, many rows."""

    def _total(self, at: int) -> ComputedFigure | Refused | None:
        column = self.table.columns[at]
        if len(self.bound.rows) == 1 and not self.bound.comparisons and not self.bound.bounds:
            return None
        if column.unit == "%":
            return self._refused(f"percentages such as those of “{column.name}” do not add up")
        refused = self._mixed_rows(at, self.bound.rows)
        if refused:
            return refused
        cells = self._cells(at, self.bound.rows)
        if not cells:
            return self._refused(f"the column “{column.name}” has no value there")
        total = sum((value for _, value in cells), Decimal(0))
        self._against_own_total(at, total)
        self._warn_of_repeats(cells)
        value = in_full(total)
        return self._figure(
            f"The total of {self._measured(column)} is {with_unit(value, column)}.",
            f"Sum of {several(len(cells), 'row')}{written_out(cells)}.",
            [Used(row, at) for row, _ in cells],
            value,
        )

    def _average(self, at: int) -> ComputedFigure | Refused | None:
        column = self.table.columns[at]
        refused = self._mixed_rows(at, self.bound.rows)
        if refused:
            return refused
        cells = self._cells(at, self.bound.rows)
        if len(cells) < 2:
            return None
        self._warn_of_repeats(cells)
        values = [value for _, value in cells]
        if self.wish.operation == "median":
            mean, word = median(values), "median"
            how = f"Middle of {several(len(cells), 'row')} in order"
        else:
            mean, word = sum(values, Decimal(0)) / len(values), "average"
            how = how_averaged(cells)
            if column.unit == "%":
                self.notes.append("each row counts the same, whatever stands behind its percentage")
        value, is_rounded = rounded(mean, values)
        return self._figure(
            f"The {word} of {self._measured(column)} is {with_unit(value, column)}.",
            f"{how}{', rounded' if is_rounded else ''}.",
            [Used(row, at) for row, _ in cells],
            value,
        )

    def _compared(self, at: int) -> list[tuple[int, Decimal]] | Refused | None:
        """The amounts that are ranked, by row; None where there are not two."""
        refused = self._mixed_rows(at, self.bound.rows)
        if refused:
            return refused
        cells = self._cells(at, self._single_rows())
        return cells if len(cells) > 1 else None

    def _extreme(self, at: int) -> ComputedFigure | Refused | None:
        grouped = self._group_column()
        if grouped is not None:
            return self._extreme_group(at, grouped)
        column, lowest = self.table.columns[at], self.wish.is_lowest_first
        cells = self._compared(at)
        if not isinstance(cells, list):
            return cells
        best = (min if lowest else max)(value for _, value in cells)
        rows = [row for row, value in cells if value == best]
        word = "lowest" if lowest else "highest"
        labels = " and ".join(self._called(row) for row in rows[:10])
        verb = "has" if len(rows) == 1 else "have"
        value = in_full(best)
        others = [Used(row, at) for row, _ in cells if row not in rows]
        return self._figure(
            f"{labels} {verb} the {word} {self._measured(column)}: {with_unit(value, column)}.",
            f"{how_compared(word, cells)}.",
            [Used(row, at) for row in rows] + others,
            value,
            shown=rows,
        )

    def _ranking(self, at: int) -> ComputedFigure | Refused | None:
        column, lowest = self.table.columns[at], self.wish.is_lowest_first
        cells = self._compared(at)
        if not isinstance(cells, list):
            return cells
        ordered = sorted(cells, key=lambda each: each[1] if lowest else -each[1])
        limit = self.wish.limit or len(ordered)
        kept = ordered[:limit]
        kept += [each for each in ordered[limit:] if each[1] == kept[-1][1]]
        if len(kept) > limit:
            self.notes.append(f"place {limit} is shared")
        said = "; ".join(
            f"{place}. {self._called(row)} ({with_unit(in_full(value), column)})"
            for place, (row, value) in enumerate(kept[:30], start=1)
        )
        word = "lowest" if lowest else "highest"
        others = [Used(row, at) for row, _ in ordered[len(kept) :]]
        return self._figure(
            f"By {self._measured(column)}, {word} first: {said}.",
            f"{several(len(cells), 'row')} in order.",
            [Used(row, at) for row, _ in kept] + others,
            in_full(kept[0][1]),
            shown=[row for row, _ in kept],
        )

    def _spread(self, at: int) -> ComputedFigure | Refused | None:
        column = self.table.columns[at]
        refused = self._mixed_rows(at, self.bound.rows)
        cells = self._cells(at, self.bound.rows)
        if refused or len(cells) < 2:
            return refused
        low, high = (pick(cells, key=lambda each: each[1]) for pick in (min, max))
        value = in_full(high[1] - low[1])
        return self._figure(
            f"The difference between the highest and the lowest {self._measured(column)} is "
            f"{with_unit(value, column)}.",
            f"{self._called(high[0])} {in_full(high[1])} − "
            f"{self._called(low[0])} {in_full(low[1])}.",
            [Used(high[0], at), Used(low[0], at)],
            value,
        )
