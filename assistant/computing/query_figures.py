"""A query and the rows that it takes → its figure, computed exactly, with every cell it is made of.

SQLite has said which rows and which values; here the figure is computed once more from the cells
(``Decimal``), under the same rules as any other: no sums of percentages, no mixed units, no row of
totals counted. Where the two differ nothing is shown. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from math import isclose

from assistant.computing.asked import Wish
from assistant.computing.between import PairFigures
from assistant.computing.binding import Bound, Refused
from assistant.computing.over_rows import RowFigures
from assistant.computing.queries import QueryLimit, QueryOutput, TableQuery
from assistant.computing.query_tables import StoredValue, as_number, stored
from assistant.computing.values import without_unit
from assistant.computing.workings import (
    ComputedFigure,
    Used,
    are,
    how_averaged,
    how_compared,
    in_full,
    rounded,
    several,
    with_unit,
    written_out,
)

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_MOST_GROUPS, _MOST_TOLD = 30, 20
_SIGN_WORDS = {
    "eq": "", "in": "", "ne": "not ", "out": "not ", "gt": "more than ", "ge": "at least ",
    "lt": "less than ", "le": "at most ",
}  # fmt: skip
_DAY_WORDS = {"gt": "after ", "ge": "from ", "lt": "before ", "le": "until "}
_NAMES = {"sum": "total of", "avg": "average of", "max": "highest", "min": "lowest"}
StoredRows = Sequence[Sequence[StoredValue]]


def query_figure(
    query: TableQuery, wish: Wish, rows: tuple[int, ...], results: StoredRows
) -> ComputedFigure | Refused:
    """The figure of a query over ``rows``; ``results`` are what SQLite gave for it."""
    which = query.group if query.group >= 0 else None
    bounds = tuple(limit_in_words(query, each) for each in query.limits)
    bound = Bound(query.held.table, rows, (), (), which, (), 0, bounds)
    with localcontext(_EXACT):
        return QueryFigures(query, replace(wish, operation="ranking"), bound).of(results)


def limit_in_words(query: TableQuery, limit: QueryLimit) -> str:
    """ "Country: Sweden", "Employees at least 10"."""
    column = query.held.table.columns[limit.column]
    words = _SIGN_WORDS[limit.sign]
    if column.kind == "date" or column.is_name:
        words = _DAY_WORDS.get(limit.sign, words)
    values = ", ".join(
        in_full(each) if isinstance(each, Decimal) and not column.is_name else str(each)
        for each in limit.values
    )
    colon = ": " if limit.sign in ("eq", "in", "ne", "out") else " "
    return f"{without_unit(column.name)}{colon}{words}{values}"


class QueryFigures(RowFigures, PairFigures):
    """What a query asks of its rows."""

    def __init__(self, query: TableQuery, wish: Wish, bound: Bound) -> None:
        super().__init__(wish, bound)
        self.query = query
        self.exact: list[tuple[StoredValue, ...]] = []

    def of(self, results: StoredRows) -> ComputedFigure | Refused:
        """The figure, where SQLite says the same."""
        refused = self._forbidden()
        if refused:
            return refused
        query, output = self.query, self.query.outputs[-1]
        output = next((each for each in query.outputs if each.function or each.by >= 0), output)
        if query.peak:
            made = self._looked_up(query.peak)
        elif output.by >= 0:
            made = self._quotient(output)
        elif query.group >= 0:
            made = self._grouped(output)
        elif output.function == "count":
            made = self._counted(output)
        elif output.function:
            made = self._single(output)
        else:
            made = self._listed()
        if isinstance(made, Refused):
            return made
        if not self._agrees(results):
            return self._refused("the query and the calculation give different figures")
        return made

    def _forbidden(self) -> Refused | None:
        """What no query may do, whatever the question."""
        table, query = self.table, self.query
        if table.doubtful:
            label = table.label(table.doubtful[0])
            return self._refused(f"the row “{label}” may be a sum of other rows")
        touched = {each.column for each in query.outputs} | {each.by for each in query.outputs}
        touched |= {each.column for each in query.limits}
        touched |= {query.peak[0]} if query.peak else set()
        for at in sorted(each for each in touched if each >= 0):
            if table.columns[at].problem:
                return self._refused(table.columns[at].problem)
        for output in query.outputs:
            if output.function in ("sum", "avg", "max", "min") or output.by >= 0:
                for at in {output.column, output.by} - {-1}:
                    column = table.columns[at]
                    if column.kind != "number":
                        return self._refused(f"“{column.name}” holds words, which do not add up")
                    if column.is_name:
                        return self._refused(f"the numbers of “{column.name}” name things")
                    if column.unit == "%" and (output.function == "sum" or output.by >= 0):
                        return self._refused(
                            f"percentages such as those of “{column.name}” do not add up"
                        )
        if query.peak:
            column = table.columns[query.peak[0]]
            if column.kind != "number" or column.is_name:
                return self._refused(f"“{column.name}” holds no amounts that have a highest one")
            return self._mixed_rows(query.peak[0], self.bound.rows)
        return None

    # ------------------------------------------------------------ figures

    def _single(self, output: QueryOutput) -> ComputedFigure | Refused:
        cells = self._values(output.column, self.bound.rows)
        if isinstance(cells, Refused):
            return cells
        self._warn_of_repeats(cells)
        value = _of(output.function, [each for _, each in cells])
        self.exact = [(as_number(value),)]
        column = self.table.columns[output.column]
        shown, is_rounded = self._shown(output, value, cells)
        how = _how(output, cells)
        where = ""
        if output.function == "sum":
            self._against_own_total(output.column, value)
        elif output.function == "avg" and column.unit == "%":
            self.notes.append("each row counts the same, whatever stands behind its percentage")
        elif output.function != "avg":
            names = [self.table.label(row) for row, each in cells if each == value]
            where = f" ({', '.join(filter(None, names[:10]))})" if any(names) else ""
        return self._figure(
            f"The {_NAMES[output.function]} {self._measured(column)} is "
            f"{with_unit(shown, column)}{where}.",
            f"{how}{', rounded' if is_rounded else ''}.",
            [Used(row, output.column) for row, _ in cells],
            shown,
        )

    def _counted(self, output: QueryOutput) -> ComputedFigure | Refused:
        table, at = self.table, output.column
        rows = [row for row in self.bound.rows if at < 0 or table.text(row, at)]
        shown = at if at >= 0 else table.label_column
        if output.is_distinct:
            first: dict[str, int] = {}
            for row in rows:
                first.setdefault(table.text(row, at), row)
            rows = list(first.values())
        self.exact = [(len(rows),)]
        what = f"different entries under {table.columns[at].name}" if output.is_distinct else "rows"
        value = str(len(rows))
        limits = f" ({self._limits_named()})" if self.query.limits else ""
        return self._figure(
            f"{value} {what}{limits}.",
            f"{several(len(table.rows), 'row')} of the table {are(len(table.rows))} looked at.",
            [Used(row, shown) for row in rows],
            value,
        )

    def _grouped(self, output: QueryOutput) -> ComputedFigure | Refused:
        table, by = self.table, self.query.group
        rows = [row for row in self.bound.rows if stored(table, row, by) is not None]
        if len(rows) < len(self.bound.rows):
            self.notes.append(f"rows without {table.columns[by].name} are left out")
        groups: dict[str, list[int]] = {}
        for row in rows:
            groups.setdefault(table.text(row, by), []).append(row)
        if not 2 <= len(groups) <= _MOST_GROUPS:
            return self._refused(f"there {are(len(groups))} {several(len(groups), 'part')} to tell")
        if len({name.casefold() for name in groups}) < len(groups):
            return self._refused(f"“{table.columns[by].name}” writes a word in two ways")
        told, used = [], []
        for name, members in groups.items():
            if output.function == "count":
                members = [r for r in members if output.column < 0 or table.text(r, output.column)]
                told.append(f"{name} {len(members):,}")
                self.exact.append((stored(table, members[0], by), len(members)))
                used += [Used(row, by) for row in members]
                continue
            cells = self._values(output.column, members)
            if isinstance(cells, Refused):
                return cells
            value = _of(output.function, [each for _, each in cells])
            shown, is_rounded = self._shown(output, value, cells)
            told.append(f"{name} {with_unit(shown, table.columns[output.column])}")
            self.exact.append((stored(table, members[0], by), as_number(value)))
            used += [Used(row, output.column) for row, _ in cells]
            if is_rounded:
                self.notes.append("quotients are rounded")
        counted = output.function == "count"
        what = "Number of rows" if counted else (
            f"{_NAMES[output.function].capitalize()} "
            f"{self._measured(table.columns[output.column])}"
        )  # fmt: skip
        return self._figure(
            f"{what} by {table.columns[by].name}: {'; '.join(told)}.",
            f"{several(len(rows), 'row')} in {several(len(groups), 'part')}.",
            used,
            told[0],
        )

    def _quotient(self, output: QueryOutput) -> ComputedFigure | Refused:
        table, rows = self.table, self.bound.rows
        if not output.function and len(rows) != 1:
            return self._refused(f"{several(len(rows), 'row')} fit the question, not one")
        sides = []
        for at in (output.column, output.by):
            cells = self._values(at, rows)
            if isinstance(cells, Refused):
                return cells
            if len(cells) < len(rows):
                return self._refused(f"not every row has {table.columns[at].name}")
            sides.append((cells, sum((value for _, value in cells), Decimal(0))))
        (upper, above), (lower, below) = sides
        if below == 0:
            return self._refused(f"{table.columns[output.by].name} is 0")
        value = above / below
        self.exact = [(as_number(value),)]
        over, under = table.columns[output.column], table.columns[output.by]
        shown, is_rounded = rounded(value, [])
        unit = over.unit if over.unit != under.unit else ""
        own = f" {unit}" if unit else ""
        where = self._called(rows[0]) if len(rows) == 1 else several(len(rows), "row")
        return self._figure(
            f"{without_unit(over.name)} per {without_unit(under.name)} ({where}) is {shown}{own}.",
            f"{in_full(above)} divided by {in_full(below)}{', rounded' if is_rounded else ''}.",
            [Used(row, output.column) for row, _ in upper]
            + [Used(row, output.by) for row, _ in lower],
            shown,
        )

    def _looked_up(self, peak: tuple[int, bool]) -> ComputedFigure | Refused:
        table, (at, is_highest) = self.table, peak
        cells = self._cells(at, self._single_rows())
        if len(cells) < 2:
            return self._refused("there are no two rows to compare")
        ordered = sorted(cells, key=lambda each: -each[1] if is_highest else each[1])
        limit = self.query.limit or 1
        last = ordered[min(limit, len(ordered)) - 1][1]
        chosen = [row for row, value in ordered if (value >= last if is_highest else value <= last)]
        if len(chosen) > _MOST_TOLD:
            return self._refused(f"{several(len(chosen), 'row')} have the same value")
        columns = [each.column for each in self.query.outputs]
        self.exact = [tuple(stored(table, row, c) for c in columns) for row in chosen]
        word = "highest" if is_highest else "lowest"
        told = []
        own = dict(cells)
        asked = [c for c in dict.fromkeys(columns) if c not in (at, table.label_column)]
        for row in chosen:
            name = table.label(row) or f"row {row + 1}"
            parts = [f"{without_unit(table.columns[c].name)} {self._cell(row, c)}" for c in asked]
            amount = with_unit(in_full(own[row]), table.columns[at])
            told.append(f"{name}, {', '.join([*parts, f'with {amount}'])}")
        shown_value = self._cell(chosen[0], asked[0]) if asked else table.label(chosen[0])
        used = [Used(row, c) for row in chosen for c in (*asked, at)]
        used += [Used(row, at) for row, _ in ordered if row not in chosen]
        return self._figure(
            f"The {word} {self._measured(table.columns[at])}: {'; '.join(told)}.",
            f"{how_compared(word, cells)}.",
            used,
            shown_value,
            shown=chosen,
        )

    def _listed(self) -> ComputedFigure | Refused:
        table, rows = self.table, self.bound.rows
        columns = list(dict.fromkeys(each.column for each in self.query.outputs))
        self.exact = [tuple(stored(table, row, c) for c in columns) for row in rows]
        if len(rows) > _MOST_TOLD:
            return self._refused(f"{len(rows)} rows fit the question; narrow it")
        limits = self._limits_named()
        compared = [each.column for each in self.query.limits]
        used = [Used(row, c) for row in rows for c in dict.fromkeys([*columns, *compared])]
        told = list(
            dict.fromkeys(", ".join(self._cell(row, c) or "–" for c in columns) for row in rows)
        )
        looked = f"{several(len(table.rows), 'row')} {are(len(table.rows))} looked at."
        if not rows:
            return self._refused(f"no row of the table has {limits}")
        return self._figure(f"{limits}: {'; '.join(told)}.", looked, used, str(len(rows)))

    # ------------------------------------------------------------ cells

    def _values(self, at: int, rows: Sequence[int]) -> list[tuple[int, Decimal]] | Refused:
        refused = self._mixed_rows(at, rows)
        if refused:
            return refused
        cells = self._cells(at, rows)
        return cells or self._refused(f"the column “{self.table.columns[at].name}” has no value")

    def _cell(self, row: int, at: int) -> str:
        """A cell as it is told: an amount with its unit, else its words."""
        column = self.table.columns[at]
        amount = column.amounts[row] if column.kind == "number" and not column.is_name else None
        if amount is None:
            return self.table.text(row, at)
        return with_unit(in_full(amount.value), column)

    def _shown(
        self, output: QueryOutput, value: Decimal, cells: Sequence[tuple[int, Decimal]]
    ) -> tuple[str, bool]:
        if output.function == "avg":
            return rounded(value, [each for _, each in cells])
        return in_full(value), False

    def _agrees(self, results: StoredRows) -> bool:
        """Whether SQLite's rows are those that were computed here; of equal highest values it
        gives one."""
        own = [tuple(each) for each in self.exact]
        if self.query.peak:
            return bool(results) and all(any(_same(a, b) for b in own) for a in results)
        if self.query.is_distinct:
            own = list(dict.fromkeys(own))
        if self.query.group >= 0:
            places = [i for i, each in enumerate(self.query.outputs) if not each.function]
            first = [i for i, each in enumerate(self.query.outputs) if each.function]
            order = [*places[:1], *first]
            results = [tuple(row[i] for i in order) for row in results if row[order[0]] is not None]
        if len(own) != len(results):
            return False
        waiting = list(results)
        for row in own:
            found = next((each for each in waiting if _same(row, each)), None)
            if found is None:
                return False
            waiting.remove(found)
        return True


def _same(a: Sequence[StoredValue], b: Sequence[StoredValue]) -> bool:
    return len(a) == len(b) and all(
        isclose(x, y, rel_tol=1e-9, abs_tol=1e-9)
        if isinstance(x, int | float) and isinstance(y, int | float)
        else (x.casefold() == y.casefold() if isinstance(x, str) and isinstance(y, str) else x == y)
        for x, y in zip(a, b, strict=True)
    )


def _of(function: str, values: Sequence[Decimal]) -> Decimal:
    if function == "sum":
        return sum(values, Decimal(0))
    if function == "avg":
        return sum(values, Decimal(0)) / len(values)
    return max(values) if function == "max" else min(values)


def _how(output: QueryOutput, cells: Sequence[tuple[int, Decimal]]) -> str:
    if output.function == "sum":
        return f"Sum of {several(len(cells), 'row')}{written_out(cells)}"
    if output.function == "avg":
        return how_averaged(cells)
    return how_compared(_NAMES[output.function], cells)
