"""Figures between two values, and over the columns of one row. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assistant.computing.binding import Refused, listed, period_columns
from assistant.computing.values import TypedColumn, head_unit, without_unit
from assistant.computing.workings import (
    ComputedFigure,
    Used,
    Workings,
    in_full,
    rounded,
    with_unit,
    written_out,
)
from assistant.text.folding import fold


class PairFigures(Workings):
    """Two values, or a run of periods."""

    def _difference(self, at: int) -> ComputedFigure | Refused | None:
        """Between two labels of one column, each of one row, or the sum of its rows."""
        column = self.table.columns[at]
        sides = [each for each in self.bound.choices if not each.is_excluded]
        columns = [each.column for each in sides]
        pairs = [c for c in dict.fromkeys(columns) if columns.count(c) == 2]
        if len(pairs) != 1:
            return None
        others = [each.rows for each in sides if each.column != pairs[0]]
        values = []
        used: list[Used] = []
        for side in (each for each in sides if each.column == pairs[0]):
            rows = [
                row for row in self.table.rows
                if row in side.rows and all(row in other for other in others)
            ]  # fmt: skip
            if len(rows) != 1:
                return self._refused(f"“{side.words}” names {len(rows)} rows, not one")
            amount = column.amounts[rows[0]]
            if amount is None:
                return self._refused(f"“{self._called(rows[0])}” has no {column.name}")
            values.append((self._name(rows[0], pairs[0]), amount.value))
            used.append(Used(rows[0], at))
        refused = self._mixed_rows(at, [each.row for each in used])
        return refused or self._two(values, column, used, self._unit_column(column))

    def _across(self, measures: Sequence[int]) -> ComputedFigure | Refused | None:
        """Over the columns of one row: two columns, or all of a run of periods."""
        row = self.bound.rows[0]
        columns = [self.table.columns[at] for at in measures]
        units = {column.amounts[row].unit for column in columns if column.amounts[row]}  # type: ignore[union-attr]
        if len(units) > 1:
            return self._refused(f"the columns {listed(c.name for c in columns)} mix units")
        cells = [
            (at, amount.value) for at, column in zip(measures, columns, strict=True)
            if (amount := column.amounts[row]) is not None
        ]  # fmt: skip
        if len(cells) < len(measures):
            return self._refused(f"a value of {self._called(row)} is missing")
        first = columns[0]
        called = self._called(row)
        used = [Used(row, at) for at, _ in cells]
        unit = next(iter(units)) or head_unit(called)
        one = TypedColumn(called, "number", unit, problem="")
        operation = self.wish.operation
        if operation in ("difference", "growth"):
            if len(cells) != 2:
                return None
            ordered = cells if not self._is_reversed(measures) else cells[::-1]
            values = [(self.table.columns[at].name, value) for at, value in ordered]
            return self._two(values, first, used, one)
        if not set(measures) <= set(period_columns(self.table)):
            names = listed(column.name for column in columns)
            return self._refused(f"several columns fit the question: {names}; name one of them")
        names = f"{columns[0].name} to {columns[-1].name}"
        values_only = [value for _, value in cells]
        if operation == "total":
            if unit == "%":
                return self._refused(f"percentages such as those of “{called}” do not add up")
            value = in_full(sum(values_only, Decimal(0)))
            sentence = f"The total of {called} ({names}) is {with_unit(value, one)}."
            how = f"Sum of {len(cells)} cells{written_out(cells)}."
        elif operation == "average":
            value, is_rounded = rounded(
                sum(values_only, Decimal(0)) / len(values_only), values_only
            )
            sentence = f"The average of {called} ({names}) is {with_unit(value, one)}."
            how = (
                f"{in_full(sum(values_only, Decimal(0)))} divided by {len(cells)} cells"
                f"{', rounded' if is_rounded else ''}."
            )
        elif operation in ("highest", "lowest"):
            lowest = self.wish.is_lowest_first
            best = (min if lowest else max)(values_only)
            where = [self.table.columns[at].name for at, value in cells if value == best]
            value = in_full(best)
            word = "lowest" if lowest else "highest"
            sentence = f"{called} is {word} in {' and '.join(where)}: {with_unit(value, one)}."
            how = f"The {word} of {len(cells)} cells."
        else:
            return None
        return self._figure(sentence, how, used, value)

    def _is_reversed(self, measures: Sequence[int]) -> bool:
        """Whether two columns that are no periods are asked for in the other order."""
        places = []
        for at in measures:
            own = fold(without_unit(self.table.columns[at].name)).split()
            places.append(
                next((i for i, t in enumerate(self.wish.tokens) if own and t.folded == own[0]), 0)
            )
        is_time = set(measures) <= set(period_columns(self.table))
        return not is_time and places[0] > places[1]

    def _two(
        self,
        values: Sequence[tuple[str, Decimal]],
        column: TypedColumn,
        used: list[Used],
        unit: TypedColumn,
    ) -> ComputedFigure | Refused:
        """The difference or growth of two named values."""
        (first, a), (second, b) = values
        if self.wish.operation == "growth":
            if a <= 0:
                return self._refused(f"growth from {in_full(a)} has no meaning")
            value, is_rounded = rounded((b - a) / a * 100, [], 1)
            word = "grew" if b >= a else "fell"
            return self._figure(
                f"From {first} to {second}, {unit.name} {word} by {value.lstrip('-')} %.",
                f"({in_full(b)} − {in_full(a)}) ÷ {in_full(a)}{', rounded' if is_rounded else ''}.",
                used,
                value,
            )
        value = in_full(abs(a - b))
        points = " percentage points" if unit.unit == "%" else ""
        told = f"{value}{points}" if points else with_unit(value, unit)
        if a == b:
            sentence = f"There is no difference: {first} and {second} have the same {unit.name}."
        else:
            more, less = (first, second) if a > b else (second, first)
            sentence = (
                f"The difference in {unit.name} between {first} and {second} is {told}; "
                f"{more} is higher than {less}."
            )
        return self._figure(sentence, f"{in_full(max(a, b))} − {in_full(min(a, b))}.", used, value)
