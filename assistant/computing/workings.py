"""What the figures of a table share: its cells, its words, and how a figure is told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from assistant.computing.asked import Wish
from assistant.computing.binding import Bound, Refused, listed
from assistant.computing.values import TypedColumn, head_unit, without_unit
from assistant.text.folding import fold

_LUMPS = frozenset(
    "other others further rest remaining remainder misc miscellaneous various sonstige sonstiges "
    "ubrige weitere andere rest autres divers otros otras resto".split()
)
_MOST_TERMS = 12
"""Numbers of a sum that are written out."""
_COMPARED_WORDS = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
_TOLD_BY_DIGITS = 3
"""Significant digits from which on two equal amounts in a row are hardly chance."""


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


class Workings:
    """A wish with the table that it is bound in, and the notes that its figure will carry."""

    def __init__(self, wish: Wish, bound: Bound) -> None:
        self.wish, self.bound, self.table = wish, bound, bound.table
        self.notes: list[str] = []

    def _cells(self, at: int, rows: Sequence[int]) -> list[tuple[int, Decimal]]:
        amounts = self.table.columns[at].amounts
        found = [(row, own.value) for row in rows if (own := amounts[row]) is not None]
        left = len(rows) - len(found)
        if left:
            verb = "row has" if left == 1 else "rows have"
            self.notes.append(f"{left} {verb} no value and {are(left)} left out")
        return found

    def _warn_of_repeats(self, cells: Sequence[tuple[int, Decimal]]) -> None:
        """Say where neighbours have the same amount: a cell that is merged over several rows stands
        in each of them, and nothing in the text tells it from equal ones."""
        for (row, value), (following, other) in pairwise(cells):
            digits = len(in_full(abs(value)).replace(",", "").replace(".", "").strip("0"))
            if value == other and following == row + 1 and digits >= _TOLD_BY_DIGITS:
                self.notes.append(
                    f"“{self.table.label(row)}” and “{self.table.label(following)}” both have "
                    f"{in_full(value)}: if that is one merged cell, it counts twice here"
                )
                return

    def _single_rows(self) -> tuple[int, ...]:
        """The rows that may be ranked: "Thirteen further topics" is none."""
        lumps = [r for r in self.bound.rows if _LUMPS & set(fold(self.table.label(r)).split())]
        if lumps:
            self.notes.append(f"the row “{self.table.label(lumps[0])}” lumps others together")
        return tuple(row for row in self.bound.rows if row not in lumps)

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

    def _unclear(self, reason: str) -> Refused:
        return Refused(reason, self.bound.context, is_unclear=True)

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
                    f"the table's own row “{self.table.label(row)}” says {in_full(amount.value)}"
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
            f"{in_full(each.amount.value)}"
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


def in_full(value: Decimal) -> str:
    """A number in full: 1,234.5."""
    plain = value.normalize() if value == value.to_integral() else value
    text = f"{plain:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal, made_of: Sequence[Decimal], least: int = 2) -> tuple[str, bool]:
    """(a quotient with at most two decimals more than it is made of, whether that is rounded)."""
    places = max([least, *(-int(each.as_tuple().exponent) for each in made_of)])
    rounded = value.quantize(Decimal(1).scaleb(-min(places, 12)))
    return in_full(rounded), rounded != value


def with_unit(value: str, column: TypedColumn) -> str:
    """A value with the unit of its column."""
    unit = column.unit
    return f"{value} {unit}" if unit else value


def written_out(cells: Sequence[tuple[int, Decimal]]) -> str:
    """The numbers of a sum, when they are few."""
    if len(cells) > _MOST_TERMS:
        return ""
    return ": " + " + ".join(in_full(value) for _, value in cells)


def how_averaged(cells: Sequence[tuple[int, Decimal]]) -> str:
    """How an average was made: 12 divided by 3 rows."""
    total = sum((value for _, value in cells), Decimal(0))
    return f"{in_full(total)} divided by {several(len(cells), 'row')}"


def how_compared(word: str, cells: Sequence[tuple[int, Decimal]]) -> str:
    """How the "highest" or "lowest" of some rows was found."""
    return f"The {word} of {several(len(cells), 'row')} that {are(len(cells))} compared"


def several(count: int, word: str) -> str:
    """A count with its word: 1 row, 2 rows."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def are(count: int) -> str:
    """The verb of a count."""
    return "is" if count == 1 else "are"
