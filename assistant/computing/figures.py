"""What was bound in a table → the figure, in words, with every cell that it was made of.

Exact arithmetic (``Decimal``); a quotient is rounded and says so. What cannot be computed honestly
is refused with the reason: mixed units, numbers read in two ways, sums of percentages. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from statistics import median

from assistant.computing.asked import Wish
from assistant.computing.binding import Bound, Refused, listed, period_columns
from assistant.computing.values import TypedColumn, head_unit, without_unit
from assistant.text.folding import fold

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_LUMPS = frozenset(
    "other others further rest remaining remainder misc miscellaneous various sonstige sonstiges "
    "ubrige weitere andere rest autres divers otros otras resto".split()
)
_MOST_TERMS = 12
"""Numbers of a sum that are written out."""
_COMPARED_WORDS = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}


@dataclass(frozen=True, slots=True)
class Used:
    """A cell that a figure was made of."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class ComputedFigure:
    """A computed sentence, how it was computed, the cells it was made of, and what to know of it.

    ``value`` is the figure as shown, without its unit.
    """

    sentence: str
    calculation: str
    used: tuple[Used, ...]
    shown: tuple[int, ...]
    value: str
    notes: tuple[str, ...] = ()


def figure_of(wish: Wish, bound: Bound) -> ComputedFigure | Refused | None:
    """The figure of a wish; None where the table's cells answer it without a calculation."""
    with localcontext(_EXACT):
        return _Figures(wish, bound).made()


class _Figures:
    def __init__(self, wish: Wish, bound: Bound) -> None:
        self.wish, self.bound, self.table = wish, bound, bound.table
        self.notes: list[str] = []

    def made(self) -> ComputedFigure | Refused | None:
        wish = self.wish
        if self.table.doubtful and wish.operation not in ("difference", "growth"):
            label = self.table.label(self.table.doubtful[0])
            return self._refused(f"the row “{label}” may be a sum of other rows")
        is_count = wish.operation == "total" and wish.counts and not self.bound.measures
        if wish.operation == "count" or (is_count and self.bound.which is not None):
            return self._count()
        if wish.operation == "share" and not self.bound.measures:
            return self._share_of_rows()
        measures = self._measures()
        if isinstance(measures, Refused):
            return measures
        if not measures:
            return self._most_rows() if wish.operation in ("highest", "lowest") else None
        for at in measures:
            if self.table.columns[at].problem:
                return self._refused(self.table.columns[at].problem)
        if len(measures) > 1:
            return self._across(measures)
        at = measures[0]
        if not self.bound.rows:
            return self._refused("no row of the table is within what the question asks")
        return {
            "total": self._total, "average": self._average, "median": self._average,
            "highest": self._extreme, "lowest": self._extreme, "ranking": self._ranking,
            "spread": self._spread, "difference": self._difference, "growth": self._difference,
            "share": self._share,
        }[wish.operation](at)  # fmt: skip

    # ------------------------------------------------------------ which column

    def _measures(self) -> tuple[int, ...] | Refused:
        """The columns that are computed over."""
        bound, table = self.bound, self.table
        compared = {at for at, _ in bound.comparisons}
        measures = tuple(at for at in bound.measures if at not in compared) or bound.measures
        periods = period_columns(table)
        if self.wish.span is not None and len(measures) == 2 and set(measures) <= set(periods):
            first, last = sorted(measures)
            if self.wish.operation not in ("difference", "growth"):
                measures = tuple(at for at in periods if first <= at <= last)
        if not measures:
            numeric = [
                at for at, c in enumerate(table.columns) if c.kind == "number" and not c.is_name
            ]
            one_row = len(bound.rows) == 1 and bool(bound.choices)
            if len(numeric) == 1 and self.wish.operation not in ("highest", "lowest"):
                measures = tuple(numeric)
            elif one_row and len(periods) > 1 and set(numeric) == set(periods):
                measures = periods
            elif len(numeric) == 1 and bound.context:
                measures = tuple(numeric)
        if len(measures) > 1 and len(bound.rows) != 1:
            names = listed(table.columns[at].name for at in measures)
            return self._refused(f"several columns fit the question: {names}; name one of them")
        return measures

    # ------------------------------------------------------------ over rows

    def _cells(self, at: int, rows: Sequence[int]) -> list[tuple[int, Decimal]]:
        amounts = self.table.columns[at].amounts
        found = [(row, own.value) for row in rows if (own := amounts[row]) is not None]
        left = len(rows) - len(found)
        if left:
            verb = "row has" if left == 1 else "rows have"
            self.notes.append(f"{left} {verb} no value and {_is(left)} left out")
        return found

    def _single_rows(self) -> tuple[int, ...]:
        """The rows that may be ranked: "Thirteen further topics" is none."""
        lumps = [r for r in self.bound.rows if _LUMPS & set(fold(self.table.label(r)).split())]
        if lumps:
            self.notes.append(f"the row “{self.table.label(lumps[0])}” lumps others together")
        return tuple(row for row in self.bound.rows if row not in lumps)

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
        value = _shown(total)
        return self._figure(
            f"The total of {self._measured(column)} is {_with_unit(value, column)}.",
            f"Sum of {_several(len(cells), 'row')}{_written_out(cells)}.",
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
        values = [value for _, value in cells]
        if self.wish.operation == "median":
            mean, word = median(values), "median"
            how = f"Middle of {_several(len(cells), 'row')} in order"
        else:
            mean, word = sum(values, Decimal(0)) / len(values), "average"
            how = f"{_shown(sum(values, Decimal(0)))} divided by {_several(len(cells), 'row')}"
            if column.unit == "%":
                self.notes.append("each row counts the same, whatever stands behind its percentage")
        value, is_rounded = _rounded(mean, values)
        return self._figure(
            f"The {word} of {self._measured(column)} is {_with_unit(value, column)}.",
            f"{how}{', rounded' if is_rounded else ''}.",
            [Used(row, at) for row, _ in cells],
            value,
        )

    def _extreme(self, at: int) -> ComputedFigure | Refused | None:
        grouped = self._group_column()
        if grouped is not None:
            return self._extreme_group(at, grouped)
        column = self.table.columns[at]
        refused = self._mixed_rows(at, self.bound.rows)
        if refused:
            return refused
        cells = self._cells(at, self._single_rows())
        if len(cells) < 2:
            return None
        lowest = self.wish.is_lowest_first
        best = (min if lowest else max)(value for _, value in cells)
        rows = [row for row, value in cells if value == best]
        word = "lowest" if lowest else "highest"
        labels = " and ".join(self._called(row) for row in rows[:10])
        verb = "has" if len(rows) == 1 else "have"
        value = _shown(best)
        others = [Used(row, at) for row, _ in cells if row not in rows]
        return self._figure(
            f"{labels} {verb} the {word} {self._measured(column)}: {_with_unit(value, column)}.",
            f"The {word} of {_several(len(cells), 'row')} that {_are(len(cells))} compared.",
            [Used(row, at) for row in rows] + others,
            value,
            shown=rows,
        )

    def _ranking(self, at: int) -> ComputedFigure | Refused | None:
        column = self.table.columns[at]
        refused = self._mixed_rows(at, self.bound.rows)
        if refused:
            return refused
        cells = self._cells(at, self._single_rows())
        if len(cells) < 2:
            return None
        lowest = self.wish.is_lowest_first
        ordered = sorted(cells, key=lambda each: each[1] if lowest else -each[1])
        limit = self.wish.limit or len(ordered)
        kept = ordered[:limit]
        kept += [each for each in ordered[limit:] if each[1] == kept[-1][1]]
        if len(kept) > limit:
            self.notes.append(f"place {limit} is shared")
        said = "; ".join(
            f"{place}. {self._called(row)} ({_with_unit(_shown(value), column)})"
            for place, (row, value) in enumerate(kept[:30], start=1)
        )
        word = "lowest" if lowest else "highest"
        others = [Used(row, at) for row, _ in ordered[len(kept) :]]
        return self._figure(
            f"By {self._measured(column)}, {word} first: {said}.",
            f"{_several(len(cells), 'row')} in order.",
            [Used(row, at) for row, _ in kept] + others,
            _shown(kept[0][1]),
            shown=[row for row, _ in kept],
        )

    def _spread(self, at: int) -> ComputedFigure | Refused | None:
        column = self.table.columns[at]
        refused = self._mixed_rows(at, self.bound.rows)
        cells = self._cells(at, self.bound.rows)
        if refused or len(cells) < 2:
            return refused
        low, high = (pick(cells, key=lambda each: each[1]) for pick in (min, max))
        value = _shown(high[1] - low[1])
        return self._figure(
            f"The difference between the highest and the lowest {self._measured(column)} is "
            f"{_with_unit(value, column)}.",
            f"{self._called(high[0])} {_shown(high[1])} − {self._called(low[0])} {_shown(low[1])}.",
            [Used(high[0], at), Used(low[0], at)],
            value,
        )

    # ------------------------------------------------------------ two values

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
            value = _shown(sum(values_only, Decimal(0)))
            sentence = f"The total of {called} ({names}) is {_with_unit(value, one)}."
            how = f"Sum of {len(cells)} cells{_written_out(cells)}."
        elif operation == "average":
            value, is_rounded = _rounded(
                sum(values_only, Decimal(0)) / len(values_only), values_only
            )
            sentence = f"The average of {called} ({names}) is {_with_unit(value, one)}."
            how = (
                f"{_shown(sum(values_only, Decimal(0)))} divided by {len(cells)} cells"
                f"{', rounded' if is_rounded else ''}."
            )
        elif operation in ("highest", "lowest"):
            lowest = self.wish.is_lowest_first
            best = (min if lowest else max)(values_only)
            where = [self.table.columns[at].name for at, value in cells if value == best]
            value = _shown(best)
            word = "lowest" if lowest else "highest"
            sentence = f"{called} is {word} in {' and '.join(where)}: {_with_unit(value, one)}."
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
                return self._refused(f"growth from {_shown(a)} has no meaning")
            value, is_rounded = _rounded((b - a) / a * 100, [], 1)
            word = "grew" if b >= a else "fell"
            return self._figure(
                f"From {first} to {second}, {unit.name} {word} by {value.lstrip('-')} %.",
                f"({_shown(b)} − {_shown(a)}) ÷ {_shown(a)}{', rounded' if is_rounded else ''}.",
                used,
                value,
            )
        value = _shown(abs(a - b))
        points = " percentage points" if unit.unit == "%" else ""
        told = f"{value}{points}" if points else _with_unit(value, unit)
        if a == b:
            sentence = f"There is no difference: {first} and {second} have the same {unit.name}."
        else:
            more, less = (first, second) if a > b else (second, first)
            sentence = (
                f"The difference in {unit.name} between {first} and {second} is {told}; "
                f"{more} is higher than {less}."
            )
        return self._figure(sentence, f"{_shown(max(a, b))} − {_shown(min(a, b))}.", used, value)

    # ------------------------------------------------------------ shares, counts, groups

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
        own = sum((value for _, value in part), Decimal(0))
        value, is_rounded = _rounded(own / total * 100, [], 1)
        inside = {row for row, _ in part}
        rest = [Used(row, at) for row, _ in whole if row not in inside]
        return self._figure(
            f"The share of {self._of_choices()} in {self._name_of(column)} is {value} %.",
            f"{_shown(own)} of {_shown(total)}, the sum of {_several(len(whole), 'row')}"
            f"{', rounded' if is_rounded else ''}.",
            [Used(row, at) for row, _ in part] + rest,
            value,
        )

    def _share_of_rows(self) -> ComputedFigure | Refused | None:
        if not self.bound.choices and not self.bound.comparisons:
            return None
        whole, part = len(self.table.rows), len(self.bound.rows)
        value, is_rounded = _rounded(Decimal(part) / whole * 100, [], 1)
        at = self._counted_column()
        return self._figure(
            f"{value} % of the rows {self._limits()} ({part} of {whole}).",
            f"{part} of {_several(whole, 'row')}{', rounded' if is_rounded else ''}.",
            [Used(row, at) for row in self.bound.rows],
            value,
        )

    def _count(self) -> ComputedFigure | Refused | None:
        bound, table = self.bound, self.table
        compared = {at for at, _ in bound.comparisons}
        amounts = [at for at in bound.measures if at not in compared]
        if amounts:  # "How many employees are in Germany?" asks for a sum of a column
            if len(bound.rows) < 2 or len(amounts) > 1 or not (bound.choices or bound.comparisons):
                return None
            if table.columns[amounts[0]].problem:
                return self._refused(table.columns[amounts[0]].problem)
            return self._total(amounts[0])
        has_limit = bool(bound.choices or bound.comparisons or bound.bounds)
        which = bound.which
        if which is None and not (bound.context and has_limit):
            return None
        at = which if which is not None else self._counted_column()
        texts = [table.text(row, at) for row in bound.rows]
        distinct = list(dict.fromkeys(text for text in texts if text))
        column = table.columns[at]
        if not has_limit and len(distinct) == len(texts) < 2:
            return None
        chosen = {each.column for each in bound.choices}
        if which is not None and which not in chosen and 0 < len(distinct) < len(texts):
            rows = [bound.rows[texts.index(text)] for text in distinct]
            value = str(len(distinct))
            told = ", ".join(distinct[:20]) + (", …" if len(distinct) > 20 else "")
            limits = f" in the rows that {self._limits()}" if has_limit else ""
            return self._figure(
                f"There {_are(len(distinct))} {value} different entries under {column.name}"
                f"{limits}: {told}.",
                f"Counted once each in {_several(len(texts), 'row')}.",
                [Used(row, at) for row in rows],
                value,
            )
        value = str(len(bound.rows))
        rows_word = "row" if len(bound.rows) == 1 else "rows"
        limits = f" {_that(len(bound.rows))} {self._limits(len(bound.rows))}" if has_limit else ""
        return self._figure(
            f"{value} {rows_word} of the table{limits}.".replace("0 rows", "No rows", 1)
            if has_limit
            else f"The table has {value} {rows_word} of {column.name}.",
            f"{_several(len(table.rows), 'row')} of the table {_are(len(table.rows))} looked at.",
            [Used(row, at) for row in bound.rows],
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
        value, word = _shown(best), "lowest" if lowest else "highest"
        verb = "has" if len(names) == 1 else "have"
        inside = [each for each in used if self.table.text(each.row, by) in names]
        rest = [each for each in used if each not in inside]
        told = "; ".join(f"{name} {_shown(total)}" for name, total in ordered[:12])
        return self._figure(
            f"{' and '.join(names[:10])} {verb} the {word} {self._measured(column)}, added up by "
            f"{self.table.columns[by].name}: {_with_unit(value, column)}.",
            f"Sums by {self.table.columns[by].name}: {told}.",
            inside + rest,
            value,
            shown=[each.row for each in inside],
        )

    # ------------------------------------------------------------ words

    def _figure(
        self,
        sentence: str,
        calculation: str,
        used: Sequence[Used],
        value: str,
        shown: Sequence[int] | None = None,
    ) -> ComputedFigure:
        rows = shown if shown is not None else list(dict.fromkeys(each.row for each in used))
        if self.table.summing and self.wish.operation not in ("difference", "growth"):
            labels = listed(
                dict.fromkeys(self.table.label(row) or "without a label" for row in
                              self.table.summing[:3])
            )  # fmt: skip
            self.notes.append(f"the row {labels} sums others and is not counted")
        return ComputedFigure(
            sentence, calculation, tuple(used), tuple(rows), value, tuple(self.notes)
        )

    def _refused(self, reason: str) -> Refused:
        return Refused(reason, self.bound.context)

    def _mixed_rows(self, at: int, rows: Sequence[int]) -> Refused | None:
        """A refusal where the labels of the rows name different units."""
        units = {head_unit(self.table.label(row)) for row in rows}
        units = {unit for unit in units if _is_unit(unit)}
        if len(rows) > 1 and units and len(units) > 1:
            return self._refused(f"the rows have different units: {listed(sorted(units))}")
        return None

    def _against_own_total(self, at: int, total: Decimal) -> None:
        """Say where the table's own row of totals says something else."""
        if set(self.bound.rows) != set(self.table.rows) and self.wish.operation != "share":
            return
        for row in self.table.summing:
            amount = self.table.columns[at].amounts[row]
            label = fold(self.table.label(row))
            if amount is None or any(word in label for word in ("sub", "zwischen", "average")):
                continue
            if len(self.table.summing) == 1 and amount.value != total:
                self.notes.append(
                    f"the table's own row “{self.table.label(row)}” says {_shown(amount.value)}"
                )

    def _name(self, row: int, column: int) -> str:
        return self.table.text(row, column) if column >= 0 else self.table.source[row].group

    def _called(self, row: int) -> str:
        which = self.bound.which
        if which is not None and self.table.text(row, which):
            return self.table.text(row, which)
        return self.table.label(row) or f"row {row + 1}"

    def _name_of(self, column: TypedColumn) -> str:
        return without_unit(column.name)

    def _unit_column(self, column: TypedColumn) -> TypedColumn:
        return TypedColumn(self._name_of(column), "number", column.unit)

    def _measured(self, column: TypedColumn) -> str:
        limits = self._limits_named()
        return f"{self._name_of(column)}{f' ({limits})' if limits else ''}"

    def _of_choices(self) -> str:
        return " and ".join(
            dict.fromkeys(self._name_chosen(each.column, each.words, each.rows)
                          for each in self.bound.choices)
        )  # fmt: skip

    def _name_chosen(self, column: int, words: str, rows: frozenset[int]) -> str:
        texts = {self._name(row, column) for row in rows}
        return next(iter(texts)) if len(texts) == 1 else words

    def _limits_named(self) -> str:
        """What the rows were chosen by, for brackets."""
        by: dict[int, list[str]] = {}
        out = []
        for each in self.bound.choices:
            name = self._name_chosen(each.column, each.words, each.rows)
            if each.is_excluded:
                out.append(f"without {name}")
            else:
                by.setdefault(each.column, []).append(name)
        said = [
            f"{self.table.columns[at].name}: {', '.join(names)}" if at >= 0 else ", ".join(names)
            for at, names in by.items()
        ]
        said += [
            f"{self.table.columns[at].name} {_COMPARED_WORDS[each.sign]} "
            f"{_shown(each.amount.value)}"
            for at, each in self.bound.comparisons
        ]
        return "; ".join([*said, *self.bound.bounds, *out])

    def _limits(self, count: int = 2) -> str:
        verb = "has" if count == 1 else "have"
        return f"{verb} {self._limits_named()}" if self._limits_named() else verb

    def _counted_column(self) -> int:
        return self.bound.which if self.bound.which is not None else self.table.label_column


def _is_unit(unit: str) -> bool:
    return bool(unit) and len(unit) <= 12


def _shown(value: Decimal) -> str:
    """A number in full: 1,234.5."""
    plain = value.normalize() if value == value.to_integral() else value
    text = f"{plain:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(value: Decimal, made_of: Sequence[Decimal], least: int = 2) -> tuple[str, bool]:
    """(a quotient with at most two decimals more than it is made of, whether that is rounded)."""
    places = max([least, *(-int(each.as_tuple().exponent) for each in made_of)])
    rounded = value.quantize(Decimal(1).scaleb(-min(places, 12)))
    return _shown(rounded), rounded != value


def _with_unit(value: str, column: TypedColumn) -> str:
    unit = column.unit
    return f"{value} {unit}" if unit else value


def _written_out(cells: Sequence[tuple[int, Decimal]]) -> str:
    if len(cells) > _MOST_TERMS:
        return ""
    return ": " + " + ".join(_shown(value) for _, value in cells)


def _several(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _that(count: int) -> str:
    return "that"
