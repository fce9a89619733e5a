"""Figures over parts of a table: shares, and sums and counts by the words of a column. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.computing.binding import Refused
from assistant.computing.values import TypedColumn
from assistant.computing.workings import (
    ComputedFigure,
    Used,
    Workings,
    in_full,
    rounded,
    several,
    with_unit,
)


class GroupFigures(Workings):
    """Shares and groups."""

    def _share(self, at: int) -> ComputedFigure | Refused | None:
        column = self.table.columns[at]
        by = {each.column for each in self.bound.choices if not each.is_excluded}
        if len(by) != 1 or self.bound.comparisons or self.bound.bounds:
            return None
        if column.unit == "%":
            return self._refused(f"the column “{column.name}” holds percentages already")
        refused = self._mixed_rows(at, self.table.rows)
        if refused:
            return refused
        whole = self._cells(at, self.table.rows)
        part = [each for each in whole if each[0] in self.bound.rows]
        total = sum((value for _, value in whole), Decimal(0))
        if total <= 0 or any(value < 0 for _, value in whole) or not part:
            return self._refused(f"a share of “{column.name}” needs amounts above zero")
        self._against_own_total(at, total)
        self._warn_of_repeats(whole)
        own = sum((value for _, value in part), Decimal(0))
        value, is_rounded = rounded(own / total * 100, [], 1)
        inside = {row for row, _ in part}
        rest = [Used(row, at) for row, _ in whole if row not in inside]
        return self._figure(
            f"The share of {self._of_choices()} in {self._name_of(column)} is {value} %.",
            f"{in_full(own)} of {in_full(total)}, the sum of {several(len(whole), 'row')}"
            f"{', rounded' if is_rounded else ''}.",
            [Used(row, at) for row, _ in part] + rest,
            value,
        )

    def _share_of_rows(self) -> ComputedFigure | Refused | None:
        if not self.bound.choices and not self.bound.comparisons:
            return None
        whole, part = len(self.table.rows), len(self.bound.rows)
        value, is_rounded = rounded(Decimal(part) / whole * 100, [], 1)
        at = self._counted_column()
        return self._figure(
            f"{value} % of the rows {self._limits()} ({part} of {whole}).",
            f"{part} of {several(whole, 'row')}{', rounded' if is_rounded else ''}.",
            [Used(row, at) for row in self.bound.rows],
            value,
        )

    def _group_column(self) -> int | None:
        """The column asked for, where its words stand in several rows: its rows are added up."""
        which = self.bound.which
        if which is None or (which == self.table.label_column and self._is_key(which)):
            return None
        return None if self._is_key(which) else which

    def _is_key(self, at: int) -> bool:
        texts = [self.table.text(row, at) for row in self.bound.rows]
        return len(set(texts)) == len(texts)

    def _extreme_group(self, at: int, by: int) -> ComputedFigure | Refused | None:
        column = self.table.columns[at]
        if column.unit == "%":
            return self._refused(f"percentages such as those of “{column.name}” do not add up")
        refused = self._mixed_rows(at, self.bound.rows)
        if refused:
            return refused
        sums: dict[str, Decimal] = {}
        cells = self._cells(at, self.bound.rows)
        for row, value in cells:
            name = self.table.text(row, by)
            sums[name] = sums.get(name, Decimal(0)) + value
        return self._best_group(sums, by, [Used(row, at) for row, _ in cells], column)

    def _most_rows(self) -> ComputedFigure | Refused | None:
        """ "Which country has the most offices?": rows are counted."""
        which = self.bound.which
        if which is None or not self.bound.rows or self._is_key(which):
            return None
        if not self.bound.context and self.bound.counted is None:
            return None
        sums: dict[str, Decimal] = {}
        for row in self.bound.rows:
            name = self.table.text(row, which)
            sums[name] = sums.get(name, Decimal(0)) + 1
        used = [Used(row, which) for row in self.bound.rows]
        found = self._best_group(sums, which, used, TypedColumn("number of rows", "number"))
        return (
            replace(found, sentence=found.sentence.replace("added up", "counted", 1))
            if found
            else None
        )

    def _best_group(
        self, sums: dict[str, Decimal], by: int, used: Sequence[Used], column: TypedColumn
    ) -> ComputedFigure | None:
        sums = {name: value for name, value in sums.items() if name}
        if len(sums) < 2:
            return None
        lowest = self.wish.is_lowest_first
        best = (min if lowest else max)(sums.values())
        names = [name for name, value in sums.items() if value == best]
        ordered = sorted(sums.items(), key=lambda each: each[1] if lowest else -each[1])
        value, word = in_full(best), "lowest" if lowest else "highest"
        verb = "has" if len(names) == 1 else "have"
        inside = [each for each in used if self.table.text(each.row, by) in names]
        rest = [each for each in used if each not in inside]
        told = "; ".join(f"{name} {in_full(total)}" for name, total in ordered[:12])
        return self._figure(
            f"{' and '.join(names[:10])} {verb} the {word} {self._measured(column)}, added up by "
            f"{self.table.columns[by].name}: {with_unit(value, column)}.",
            f"Sums by {self.table.columns[by].name}: {told}.",
            inside + rest,
            value,
            shown=[each.row for each in inside],
        )
