"""What was bound in a table → the figure, in words, with every cell that it was made of.

Exact arithmetic (``Decimal``); a quotient is rounded and says so. What cannot be computed honestly
is refused with the reason: mixed units, numbers read in two ways, sums of percentages. Pure.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, localcontext

from assistant.computing.asked import Wish
from assistant.computing.between import PairFigures
from assistant.computing.binding import Bound, Refused, listed, period_columns
from assistant.computing.over_rows import RowFigures
from assistant.computing.workings import ComputedFigure, Used, are, several

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def figure_of(wish: Wish, bound: Bound) -> ComputedFigure | Refused | None:
    """The figure of a wish; None where the table's cells answer it without a calculation."""
    with localcontext(_EXACT):
        return _Figures(wish, bound).made()


class _Figures(RowFigures, PairFigures):
    """Which figure a wish wants, and of which columns."""

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
            return self._unclear(f"several columns fit the question: {names}; name one of them")
        return measures

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
                f"There {are(len(distinct))} {value} different entries under {column.name}"
                f"{limits}: {told}.",
                f"Counted once each in {several(len(texts), 'row')}.",
                [Used(row, at) for row in rows],
                value,
            )
        value = str(len(bound.rows))
        rows_word = "row" if len(bound.rows) == 1 else "rows"
        limits = f" that {self._limits(len(bound.rows))}" if has_limit else ""
        return self._figure(
            f"{value} {rows_word} of the table{limits}.".replace("0 rows", "No rows", 1)
            if has_limit
            else f"The table has {value} {rows_word} of {column.name}.",
            f"{several(len(table.rows), 'row')} of the table {are(len(table.rows))} looked at.",
            [Used(row, at) for row in bound.rows],
            value,
        )
