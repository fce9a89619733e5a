"""A query held against the question: is each of its parts said there, and each word used?

A model may write any query; it counts for an answer only where the question says it. The question
is bound in the table by the same rules as without a model (``binding``): the query has to take the
rows that the question's words choose, the columns that they name, and the figure that they ask for.
Words that the table does not hold leave a query unchecked, and the answer says so; what contradicts
the question is refused. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assistant.computing.asked import AskedFigures, is_light
from assistant.computing.binding import (
    Bound,
    LooselyBound,
    Refused,
    Stems,
    bind_loosely,
    listed,
)
from assistant.computing.queries import QueryLimit, TableQuery
from assistant.computing.query_figures import limit_in_words
from assistant.computing.unclear import part_limited
from assistant.computing.values import without_unit
from assistant.text.folding import fold

_MOST_MISSING = 3
_LEAST_ALIKE, _SHARE_ALIKE = 4, 0.6
"""Letters that two words must share at their beginning to be of one name: "Swedish", "Sweden"."""
_MOST_PLACES = 3
"""Tokens behind "each" or a superlative among which the column's name must begin."""


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A query that does not contradict the question. ``missing`` are the words of the question that
    the table does not hold; without any the query is tied to the question word by word.
    ``readings`` are what the query has that no word of the question says."""

    missing: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()

    @property
    def is_tied(self) -> bool:
        """Whether every word of the question and every part of the query has its partner."""
        return not self.missing and not self.readings


def check_query(
    query: TableQuery, asked: AskedFigures, rows: tuple[int, ...], stems: Stems
) -> CheckedQuery | Refused:
    """Whether a query that takes ``rows`` is what the question asks."""
    loose = bind_loosely(asked.wish, query.held.table, query.held.around, stems)
    if loose is None:
        return Refused("the words of the question are the name of a column")
    if isinstance(loose.bound, Refused):
        return loose.bound
    check = _QuestionCheck(query, asked, loose, loose.bound, stems)
    problem = next(filter(None, check.problems(rows)), "")
    if problem:
        return Refused(problem)
    return CheckedQuery(loose.missing, tuple(check.readings()) if loose.missing else ())


@dataclass(frozen=True, slots=True)
class _QuestionCheck:
    query: TableQuery
    asked: AskedFigures
    loose: LooselyBound
    bound: Bound
    stems: Stems

    @property
    def missing(self) -> tuple[str, ...]:
        return self.loose.missing

    def problems(self, rows: tuple[int, ...]) -> Iterator[str]:
        """What contradicts the question, the first first."""
        yield self._of_function()
        yield self._of_each()
        yield self._of_columns()
        yield self._of_peak()
        yield self._of_count()
        yield self._of_parts()
        if self.missing:
            yield self._of_missing(rows)
        elif set(rows) != set(self.bound.rows):
            yield "the rows that the query takes are not those that the question names"

    # ------------------------------------------------------------ the figure

    def _of_function(self) -> str:
        """The word of the question that asks for a figure against the query's function."""
        query = self.query
        asked = set(self.asked.operations)
        without = asked - {"count"}
        is_ratio = any(each.by >= 0 for each in query.outputs)
        function = query.function
        if is_ratio:
            fits = not without
        elif query.peak:
            fits = without == {"highest" if query.peak[1] else "lowest"}
        else:
            fits = {
                "sum": without == {"total"} or asked == {"count"},
                "avg": without == {"average"},
                "max": without == {"highest"},
                "min": without == {"lowest"},
                "count": asked in ({"count"}, {"count", "total"}),
                "": not asked,
            }[function]
        if fits and self.asked.wish.which_first and query.group < 0 and function in ("sum", "avg"):
            return "the question asks which, the query how much"
        if fits and "count" in asked and function not in ("count", "") and not self.missing:
            fits = bool(self._needed())  # "how many offices" counts rows, and sums no column
        if fits:
            limit = self.asked.wish.limit
            if query.peak and (limit or 1) != (query.limit or 1):
                return "the query takes another number of rows than the question"
            return ""
        wants = " and ".join(sorted(asked)) or "no figure"
        what = "a quotient" if is_ratio else function or "rows"
        return f"the question asks for {wants}, the query for {what}"

    def _of_each(self) -> str:
        """ "For each country" against the query's groups, "per employee" against its divisor."""
        query = self.query
        by = next((each.by for each in query.outputs if each.by >= 0), query.group)
        if by < 0:
            return "the query has no parts, the question asks for each" if self.asked.each else ""
        column = query.held.table.columns[by]
        if by == query.group and column.kind == "number" and not column.is_name:
            return f"“{column.name}” holds amounts, which make no parts"
        if not any(self._is_said_behind(at, by) for at in self.asked.each):
            return f"the question does not ask for each “{column.name}”"
        return ""

    def _of_count(self) -> str:
        """Rows are counted only where the question names what a row is."""
        query, bound = self.query, self.bound
        if query.function != "count":
            return ""
        if self._needed():
            return f"the question asks for {self._names(self._needed())}, the query counts rows"
        counted = next(each for each in query.outputs if each.function == "count")
        named = [at for at in (bound.which, bound.counted) if at not in (None, query.group)]
        if not named and not bound.context:
            return "the question does not say what is counted"
        for at in named:
            texts = [query.held.table.text(row, at or 0) for row in bound.rows]
            is_key = len(set(texts)) == len(texts)
            if not is_key and not (counted.is_distinct and counted.column == at):
                return "the query counts rows, the question asks for something else"
        if counted.is_distinct and counted.column not in named:
            return "the query counts what the question does not name"
        return ""

    # ------------------------------------------------------------ columns

    def _needed(self) -> set[int]:
        """The columns of numbers that the question names, but for what it only compares."""
        compared = {at for at, _ in self.bound.comparisons}
        return set(self.bound.measures) - compared

    def _used(self) -> set[int]:
        """The columns of numbers that the query's figure is made of."""
        query = self.query
        used = {query.peak[0]} if query.peak else set()
        for each in query.outputs:
            if each.function in ("sum", "avg", "max", "min") or each.by >= 0:
                used |= {each.column, each.by} - {-1}
        return used

    def _of_columns(self) -> str:
        query, bound, table = self.query, self.bound, self.query.held.table
        needed, used = self._needed(), self._used()
        plain = {each.column for each in query.outputs if not each.function and each.by < 0}
        measures = {
            at for at, column in enumerate(table.columns)
            if column.kind == "number" and not column.is_name
        }  # fmt: skip
        left = needed - used - plain
        if left:
            return f"the question names {self._names(left)}, which the query does not use"
        other = used - set(bound.measures)
        if other and (bound.measures or (used != measures and not self.missing)):
            return f"the question does not name {self._names(other)}"
        if query.function or any(each.by >= 0 for each in query.outputs):
            outside = plain - {query.group}
            return f"the query also gives {self._names(outside)}" if outside else ""
        asked = {at for at in (bound.which, bound.counted) if at is not None}
        shown = asked | set(bound.measures) | {table.label_column}
        if plain - shown:
            return f"the question does not name {self._names(plain - shown)}"
        wants_value = bool(needed - {query.peak[0]}) if query.peak else bool(needed)
        if bound.which is not None and bound.which not in plain and not wants_value:
            return f"the question asks for {self._names({bound.which})}, the query does not give it"
        if bound.which is None and not wants_value and table.label_column not in plain:
            return "the query does not name the rows"
        return ""

    def _of_peak(self) -> str:
        """A superlative has to be about the column that the query orders by, or takes the highest
        value of."""
        query, wish = self.query, self.asked.wish
        if query.peak:
            at, is_highest = query.peak
        elif query.function in ("max", "min"):
            at = next(each.column for each in query.outputs if each.function)
            is_highest = query.function == "max"
        else:
            return ""
        column = query.held.table.columns[at]
        places = self.asked.operations["highest" if is_highest else "lowest"]
        if wish.dimensions:
            words = set(fold(without_unit(column.name)).split())
            if words & wish.dimensions:
                return ""
        if len(places) and self._is_said_behind(max(places), at):
            return ""
        return f"the question's superlative is not about “{column.name}”"

    def _of_parts(self) -> str:
        """Limits and superlatives of what has several rows, such as a country, are not of rows."""
        query, asked = self.query, self.asked
        limits = [each.at for each in asked.wish.comparisons]
        if query.peak:
            limits += asked.operations["highest" if query.peak[1] else "lowest"][-1:]
        part = part_limited(query.held.table, self.loose.named, limits)
        return f"the limit may be of a row or of all rows of one “{part}”" if part else ""

    def _is_said_behind(self, at: int, column: int) -> bool:
        """Whether the first word of content behind a token begins the name of a column, and of no
        other column."""
        table, tokens = self.query.held.table, self.asked.wish.tokens
        for token in tokens[at + 1 : at + 1 + _MOST_PLACES]:
            if token.is_taken or is_light(token.folded, self.asked.wish.code):
                continue
            said = [
                place for place, own in enumerate(table.columns)
                if any(token.says(stem) for stem in self.stems(without_unit(own.name)))
            ]  # fmt: skip
            return said == [column]
        return False

    def _names(self, columns: set[int]) -> str:
        return listed(self.query.held.table.columns[at].name for at in sorted(columns) if at >= 0)

    # ------------------------------------------------------------ what is not said

    def _of_missing(self, rows: tuple[int, ...]) -> str:
        """What even a query that is shown as unchecked must not do."""
        query, bound, wish = self.query, self.bound, self.asked.wish
        told = listed(self.missing[:4])
        has_hold = bound.measures or bound.choices or bound.which is not None or bound.context
        if len(self.missing) > _MOST_MISSING or not has_hold:
            return f"the table does not hold {told}"
        if query.group >= 0 or query.peak or any(each.by >= 0 for each in query.outputs):
            return f"the table does not hold {told}"
        if query.function == "count" or wish.excluded >= 0:
            return f"the table does not hold {told}"
        if not set(rows) <= set(bound.rows):
            return "the query takes rows that the question leaves out"
        first = next((at for at, t in enumerate(wish.tokens) if not t.is_taken), 0)
        for at, token in enumerate(wish.tokens):
            if token.written not in self.missing:
                continue
            is_name = (token.written[:1].isupper() and at > first) or token.written[0].isdigit()
            if is_name and not self._is_like_a_value(token.folded):
                return f"the table does not hold “{token.written}”"
        for limit in query.limits:
            if not self._is_value_known(limit):
                return f"the question does not say {limit_in_words(query, limit)}"
        return ""

    def _is_like_a_value(self, folded: str) -> bool:
        for limit in self.query.limits:
            for value in limit.values:
                for word in fold(str(value)).split() if isinstance(value, str) else ():
                    shared = next(
                        (i for i, (a, b) in enumerate(zip(folded, word, strict=False)) if a != b),
                        min(len(folded), len(word)),
                    )
                    if shared >= max(_LEAST_ALIKE, _SHARE_ALIKE * max(len(folded), len(word))):
                        return True
        return False

    def _is_value_known(self, limit: QueryLimit) -> bool:
        """Whether a number of the query stands in the question, and a word in the column."""
        table = self.query.held.table
        column = table.columns[limit.column]
        if column.kind == "text":
            texts = {fold(table.text(row, limit.column)) for row in table.rows}
            return all(fold(str(value)) in texts for value in limit.values)
        said = {each.amount.value for each in self.asked.wish.comparisons}
        said |= {Decimal(t.folded) for t in self.asked.wish.tokens if t.folded.isdecimal()}
        for value in limit.values:
            try:
                number = Decimal(str(value)[:4] if column.kind == "date" else str(value))
            except InvalidOperation:
                return False
            if not number.is_finite() or number not in said:  # what is "sNaN" has no hash
                return False
        return True

    def readings(self) -> Iterator[str]:
        """What the query has that the question does not say in the table's words."""
        table = self.query.held.table
        for at in sorted(self._used() - set(self.bound.measures)):
            yield f"the column “{table.columns[at].name}”"
        chosen = {each.column for each in self.bound.choices}
        chosen |= {at for at, _ in self.bound.comparisons}
        for limit in self.query.limits:
            if limit.column not in chosen:
                yield f"“{limit_in_words(self.query, limit)}”"
