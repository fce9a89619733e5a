"""A wish and a table → which cells are meant, why none can be, or that it asks of something else.

Every word of the question with content has to be found: as the name of a column, the label of
rows, a bound, or in what stands around the table. So a question of prose fits no table. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.computing.asked import AmountLimit, Wish, is_light
from assistant.computing.counted_spans import counts_spans, is_each_row_one
from assistant.computing.typed import TypedTable
from assistant.computing.unclear import is_either, leaves_out_unclearly, part_limited
from assistant.computing.values import TypedColumn, without_unit
from assistant.text.folding import fold

Stems = Callable[[str], Sequence[str]]
_LONGEST_LABEL = 8
_LONGEST_CELL = 80
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_PERIOD = re.compile(
    r"(?:fy ?)?(?:1[5-9]|20)\d\d(?:[/-]\d\d)?|q[1-4](?: ?(?:19|20)\d\d)?|(?:jan|feb|mar|apr|may|"
    r"jun|jul|aug|sep|oct|nov|dec|maer|mai|okt|dez)[a-z]*\.?(?: (?:19|20)\d\d)?|week \d+|kw ?\d+"
)


_MEASURED = re.compile(r"\d[ \u00a0-]?([^\W\d_]{2,20})")


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """Rows of a table that a word of the question chose: ``words`` say why."""

    column: int
    rows: frozenset[int]
    words: str
    at: int
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A wish that fits a table. ``measures`` are its columns of numbers; ``choices`` are the
    labels that chose ``rows``, in the order of the question; ``which`` is the column whose words
    are asked for; ``context`` counts words found only around the table."""

    table: TypedTable
    rows: tuple[int, ...]
    measures: tuple[int, ...]
    choices: tuple[ChosenRows, ...]
    which: int | None
    comparisons: tuple[tuple[int, AmountLimit], ...]
    context: int
    bounds: tuple[str, ...] = ()
    is_span: bool = False
    counted: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a figure that the table is asked for cannot be given. ``is_unclear``: because it is not
    understood what is asked, not because the table forbids it."""

    reason: str
    context: int = 0
    is_unclear: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """The words of the question that the table does not hold."""

    words: tuple[str, ...]


@dataclass(slots=True)
class _Work:
    wish: Wish
    table: TypedTable
    stems: Stems
    used: set[int] = field(default_factory=set)
    choices: list[ChosenRows] = field(default_factory=list)
    doubt: str = ""

    def content(self, at: int) -> bool:
        token = self.wish.tokens[at]
        return not token.is_taken and not is_light(token.folded, self.wish.code)

    @property
    def free(self) -> dict[str, int]:
        """The stems that are not used yet, each with its first place."""
        found: dict[str, int] = {}
        for at, token in enumerate(self.wish.tokens):
            if at not in self.used and self.content(at):
                for stem in (token.stem, *token.kin):
                    found.setdefault(stem, at)
        return found


def bind(
    wish: Wish, table: TypedTable, around: frozenset[str], stems: Stems
) -> Bound | Refused | Missing:
    """What a wish means in a table; ``around`` are the stems of what stands around it."""
    loose = bind_loosely(wish, table, around, stems)
    if loose is None:
        return Missing(())
    if loose.missing:
        return Missing(loose.missing)
    bound = loose.bound
    if isinstance(bound, Refused):
        return bound
    if loose.doubt:
        return _unclear(loose.doubt)
    has_sense = bound.measures or bound.which is not None or bound.choices
    return bound if has_sense or bound.context or bound.comparisons else Missing(())


@dataclass(frozen=True, slots=True)
class LooselyBound:
    """What a wish means in a table when the words that it does not hold (``missing``) are left
    aside. ``doubt`` says what can be read in two ways. ``named`` are the columns whose whole name
    the question says, with the places of its words."""

    bound: Bound | Refused
    missing: tuple[str, ...]
    doubt: str
    named: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def bind_loosely(
    wish: Wish, table: TypedTable, around: frozenset[str], stems: Stems
) -> LooselyBound | None:
    """The same where words of the question may be missing from the table; None where the words of
    the wish are a column's own name."""
    work = _Work(wish, table, stems)
    if _is_called_so(work):
        return None
    named = _columns_named(work)
    _choose_rows(work)
    measures, which, counted = _columns(work, named)
    if _counts_units(work) or _counts_a_label(work):
        return None
    _choose_by_part(work)
    comparisons = _compared(work, measures, named)
    part = part_limited(table, named, [each.at for each in wish.comparisons])
    bounds, time_rows = _in_time(work)
    left = [at for at in range(len(wish.tokens)) if at not in work.used and work.content(at)]
    outside = [
        at for at in left if wish.tokens[at].stem in around or wish.tokens[at].folded in around
    ]
    missing = tuple(wish.tokens[at].written for at in left if at not in outside)
    if wish.is_mixed:
        work.doubt = "the question asks for an average and a highest or lowest value at once"
    elif wish.which_first and comparisons and wish.operation in ("total", "average", "median"):
        work.doubt = "the limit in the question may be of rows or of their sums"
    elif part:
        work.doubt = f"the limit may be of a row or of all rows of one “{part}”"
    if comparisons is None:
        refused = _unclear("it is not clear which column the limit in the question is about")
        return LooselyBound(refused, missing, work.doubt)
    if leaves_out_unclearly(wish, [c.column for c in work.choices if c.is_excluded]):
        refused = _unclear("it is not clear what the question leaves out")
        return LooselyBound(refused, missing, work.doubt)
    if is_either(wish, [(c.at, c.column) for c in work.choices]):
        refused = _unclear("its limits are joined by “or” over several columns")
        return LooselyBound(refused, missing, work.doubt)
    is_named = bool(outside or work.choices or comparisons or bounds)
    said = (token.folded for at, token in enumerate(wish.tokens) if work.content(at))
    is_count = wish.operation == "count" and counts_spans(said)
    if is_count and not (is_named and is_each_row_one(table, which)):
        return None
    rows = _rows(work, comparisons, time_rows)
    bound = Bound(
        table, rows, measures, tuple(sorted(work.choices, key=lambda each: each.at)), which,
        comparisons, len(outside), tuple(bounds), bool(bounds and wish.span), counted,
    )  # fmt: skip
    return LooselyBound(bound, missing, work.doubt, named)


def _unclear(reason: str) -> Refused:
    return Refused(reason, is_unclear=True)


def _is_called_so(work: _Work) -> bool:
    """Whether the words of the wish are a column's own name: "Total area", "Number of seats"."""
    tokens = work.wish.tokens
    for column in work.table.columns:
        own = list(work.stems(without_unit(column.name)))
        for start in range(len(tokens) - len(own) + 1):
            run = tokens[start : start + len(own)]
            is_name = len(own) > 1 and [each.stem for each in run] == own
            if is_name and any(start + at in work.wish.own for at in range(len(own))):
                return True
    return False


# ---------------------------------------------------------------- columns


def _columns_named(work: _Work) -> dict[int, tuple[int, ...]]:
    """Columns whose whole name stands in the question, with the places of its words."""
    found: dict[int, tuple[int, ...]] = {}
    for at, column in enumerate(work.table.columns):
        own = _name_stems(work, column.name)
        places = [_place(work, stem) for stem in own]
        if own and all(place is not None for place in places):
            found[at] = tuple(place for place in places if place is not None)
    return {
        at: places for at, places in found.items()
        if not any(set(places) < set(others) for other, others in found.items() if other != at)
    }  # fmt: skip


def _name_stems(work: _Work, name: str) -> list[str]:
    code = work.wish.code
    bare = without_unit(name)
    found = [
        stem for word, stem in zip(_words(bare), work.stems(" ".join(_words(bare))), strict=False)
        if not is_light(word, code) or word.isdigit()
    ]  # fmt: skip
    return found or list(work.stems(bare))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


def _place(work: _Work, stem: str) -> int | None:
    for at, token in enumerate(work.wish.tokens):
        if at not in work.used and not token.is_taken and token.says(stem):
            return at
    return None


def _columns(
    work: _Work, named: dict[int, tuple[int, ...]]
) -> tuple[tuple[int, ...], int | None, int | None]:
    """(measures, the column asked for, the column of what is counted)."""
    table, wish = work.table, work.wish
    measures: list[int] = []
    which: int | None = None
    counted: int | None = None
    for at, places in sorted(named.items(), key=lambda each: min(each[1])):
        if set(places) & work.used and not set(places) - work.used:
            continue
        column = table.columns[at]
        if _is_measure(column):
            measures.append(at)
        elif which is None:
            which = at
        elif counted is None:
            counted = at
            work.doubt = _doubt_of_parts(work, named, which, at)
        work.used.update(places)
    if not measures or work.free:
        free = work.free
        partly = [
            at for at, column in enumerate(table.columns)
            if at not in measures and _is_measure(column)
            and set(_name_stems(work, column.name)) & free.keys()
        ]  # fmt: skip
        if not partly and not measures and wish.dimensions:
            partly = [
                at for at, column in enumerate(table.columns)
                if _is_measure(column) and set(_words(column.name)) & wish.dimensions
            ]  # fmt: skip
        if not partly and not measures:
            partly = [
                at for at, column in enumerate(table.columns)
                if column.unit and _is_measure(column) and _says_unit(work, column.unit)
            ]  # fmt: skip
        for at in partly:
            for stem in _name_stems(work, table.columns[at].name):
                if stem in free:
                    work.used.add(free[stem])
        measures += partly
    measures += _of_superlative(work, measures, named)
    if which is None:
        for at, column in enumerate(table.columns):
            if not _is_measure(column) and set(_name_stems(work, column.name)) & work.free.keys():
                which = at
                work.used.update(
                    work.free[s] for s in _name_stems(work, column.name) if s in work.free
                )
                break
    if which is None:  # an identifier is asked for: "which year"
        for at, column in enumerate(table.columns):
            own = _name_stems(work, column.name)
            hit = [i for i, token in enumerate(wish.tokens) if token.stem in own and i < 3]
            if hit and not _is_measure(column):
                which = at
                work.used.update(hit)
                break
    return tuple(measures), which, counted


def _of_superlative(
    work: _Work, measures: Sequence[int], named: dict[int, tuple[int, ...]]
) -> list[int]:
    """Columns that a superlative is about although others are named: "the price of the lightest
    bike" has two columns. "The longest range" has one."""
    wish = work.wish
    if not measures or not wish.dimensions:
        return []
    behind = {at + 1 for at in wish.own}
    about = [
        at for at, column in enumerate(work.table.columns)
        if _is_measure(column) and set(_words(column.name)) & wish.dimensions
    ]  # fmt: skip
    if any(at in about or behind & set(named.get(at, ())) for at in measures):
        return []
    if not about and any(at in named for at in measures):
        words = listed(wish.tokens[at].written for at in wish.own)
        work.doubt = f"no column says which is the {words}"
    return about


def _doubt_of_parts(
    work: _Work, named: dict[int, tuple[int, ...]], which: int, counted: int
) -> str:
    """Why "In which country is the office with the highest rent?" is not clear to the rules: they
    would add the rents up by country."""
    wish = work.wish
    if wish.operation not in ("highest", "lowest") or not wish.own:
        return ""
    if not max(named[which]) < min(named[counted]) <= max(named[counted]) < min(wish.own):
        return ""
    names = listed(work.table.columns[at].name for at in (counted, which))
    return f"the question may mean a row or a sum of rows: {names}"


def _says_unit(work: _Work, unit: str) -> bool:
    from assistant.computing.values import unit_of

    for at, token in enumerate(work.wish.tokens):
        if not token.is_taken and unit_of(token.written) == unit and at not in work.used:
            work.used.add(at)
            return True
    return False


def _is_measure(column: TypedColumn) -> bool:
    return column.kind == "number" and not column.is_name


# ---------------------------------------------------------------- rows


def _labels(work: _Work) -> dict[tuple[str, ...], dict[int, set[int]]]:
    """Words of cells → column → rows. Column -1 is the row across the table above."""
    found: dict[tuple[str, ...], dict[int, set[int]]] = {}
    table = work.table
    asked = {token.stem for token in work.wish.tokens} | {t.folded for t in work.wish.tokens}
    for at, column in enumerate(table.columns):
        if _is_measure(column):
            continue
        for row in table.rows:
            _add_label(found, work, table.text(row, at), at, row, asked)
    for row in table.rows:
        if table.source[row].group:
            _add_label(found, work, table.source[row].group, -1, row, asked)
    return found


def _add_label(
    found: dict[tuple[str, ...], dict[int, set[int]]],
    work: _Work,
    text: str,
    column: int,
    row: int,
    asked: set[str],
) -> None:
    if not text or len(text) > _LONGEST_CELL or not set(work.stems(text)) & asked:
        return
    for variant in {text, without_unit(text)}:
        key = tuple(work.stems(variant))
        if key and len(key) <= _LONGEST_LABEL:
            found.setdefault(key, {}).setdefault(column, set()).add(row)


def _choose_rows(work: _Work) -> None:
    labels = _labels(work)
    tokens = work.wish.tokens
    for length in range(min(_LONGEST_LABEL, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            places = set(range(start, start + length))
            if places & work.used or any(tokens[at].is_taken for at in places):
                continue
            if not any(work.content(at) or tokens[at].folded.isdigit() for at in places):
                continue
            columns = labels.get(tuple(tokens[at].stem for at in range(start, start + length)))
            if not columns:
                continue
            column = min(columns, key=lambda c: (c != work.table.label_column, c))
            excluded = 0 <= work.wish.excluded < start
            text = " ".join(tokens[at].written for at in range(start, start + length))
            work.choices.append(
                ChosenRows(column, frozenset(columns[column]), text, start, excluded)
            )
            work.used.update(places)


def _counts_units(work: _Work) -> bool:
    """Whether what is to be counted stands behind numbers in the cells: "How many bits has …?" asks
    for what stands before "bits" in one of them, and counts no rows."""
    if work.wish.operation != "count":
        return False
    stems = {work.wish.tokens[at].stem for at in work.free.values()}
    table = work.table
    texts = (table.text(row, at) for row in table.rows for at in range(len(table.columns)))
    return any(
        not stems.isdisjoint(work.stems(word))
        for text in texts
        if len(text) <= _LONGEST_CELL
        for word in _MEASURED.findall(text)
    )


def _counts_a_label(work: _Work) -> bool:
    """Whether rows are counted that their label chose, which is mostly one: "How many garages are
    there?" of a list of prices with a row "Garage"; "How many boats did Ada have?"."""
    label = work.table.label_column
    is_chosen = any(choice.column == label for choice in work.choices)
    return work.wish.operation == "count" and is_chosen


def _choose_by_part(work: _Work) -> None:
    """Rows by one word of a cell, where only one column holds the word."""
    table = work.table
    parts: list[ChosenRows] = []
    for at in sorted(set(work.free.values())):
        stem = work.wish.tokens[at].stem
        if len(stem) < 3:
            continue
        found: dict[int, set[int]] = {}
        for column, each in enumerate(table.columns):
            if each.kind != "text":
                continue
            for row in table.rows:
                text = table.text(row, column)
                if len(text) <= _LONGEST_CELL and stem in work.stems(text):
                    found.setdefault(column, set()).add(row)
        if len(found) == 1:
            [(column, rows)] = found.items()
            excluded = 0 <= work.wish.excluded < at
            written = work.wish.tokens[at].written
            parts.append(ChosenRows(column, frozenset(rows), written, at, excluded))
            work.used.add(at)
    for part in parts:  # "ICLR 2019": every row is ICLR, 2019 chooses
        narrower = any(
            other.column == part.column and other.rows < part.rows
            for other in (*parts, *work.choices)
        )
        if not narrower and len(part.rows) < len(table.rows):
            work.choices.append(part)


def _rows(
    work: _Work, comparisons: Sequence[tuple[int, AmountLimit]], time_rows: set[int] | None
) -> tuple[int, ...]:
    """The rows that all choices leave; of several labels of one column any will do."""
    kept = set(work.table.rows)
    by_column: dict[int, set[int]] = {}
    for choice in work.choices:
        if choice.is_excluded:
            kept -= choice.rows
        else:
            by_column.setdefault(choice.column, set()).update(choice.rows)
    for rows in by_column.values():
        kept &= rows
    for column, comparison in comparisons:
        amounts = work.table.columns[column].amounts
        kept = {
            row for row in kept
            if (own := amounts[row]) is not None and _holds(own.value, comparison)
        }  # fmt: skip
    if time_rows is not None:
        kept &= time_rows
    return tuple(row for row in work.table.rows if row in kept)


def _holds(value: Decimal, comparison: AmountLimit) -> bool:
    limit = comparison.amount.value
    return {
        "gt": value > limit, "ge": value >= limit, "lt": value < limit, "le": value <= limit,
    }[comparison.sign]  # fmt: skip


def _compared(
    work: _Work, measures: tuple[int, ...], named: dict[int, tuple[int, ...]]
) -> tuple[tuple[int, AmountLimit], ...] | None:
    """Each comparison with the column it is about; None where that is not clear."""
    found = []
    table = work.table
    for comparison in work.wish.comparisons:
        near = range(max(0, comparison.at - 3), min(len(work.wish.tokens), comparison.end + 3))
        beside = {
            at for at in measures
            if set(_name_places(work, table.columns[at].name)) & set(near)
        }  # fmt: skip
        unit = comparison.amount.unit
        if len(beside) > 1:
            after = {
                at for at in beside
                if min(_name_places(work, table.columns[at].name), default=99) >= comparison.end
            }  # fmt: skip
            beside = after or beside
        if not beside and unit:
            beside = {
                at for at, column in enumerate(table.columns)
                if _is_measure(column) and column.unit == unit
            }  # fmt: skip
        if not beside and len(measures) == 1:
            beside = set(measures)
        if not beside:
            numeric = [at for at, column in enumerate(table.columns) if _is_measure(column)]
            beside = set(numeric) if len(numeric) == 1 else set()
        if len(beside) != 1:
            return None
        [column] = beside
        own = table.columns[column]
        if own.problem or (unit and own.unit != unit):
            return None
        found.append((column, comparison))
    return tuple(found)


def _name_places(work: _Work, name: str) -> list[int]:
    own = set(_name_stems(work, name))
    return [at for at, t in enumerate(work.wish.tokens) if any(map(t.says, own))]


# ---------------------------------------------------------------- time


def _in_time(work: _Work) -> tuple[list[str], set[int] | None]:
    """(the bound in words, the rows within) of "since 2021", "from 2019 to 2021", "in 2020",
    read in a column of days or of years."""
    table, wish = work.table, work.wish
    columns = [at for at, c in enumerate(table.columns) if _years_of(table, at)]
    if len(columns) != 1:
        return [], None
    years = _years_of(table, columns[0])
    name = table.columns[columns[0]].name
    tokens = wish.tokens
    if wish.span is not None:
        first, last = (int(tokens[at].folded) for at in wish.span)
        work.used.update(wish.span)
        work.choices[:] = [c for c in work.choices if c.at not in wish.span]
        if wish.operation in ("difference", "growth"):
            for at in wish.span:
                rows = frozenset(r for r, y in years.items() if y == int(tokens[at].folded))
                work.choices.append(ChosenRows(columns[0], rows, tokens[at].written, at))
            return [], None
        within = {row for row, year in years.items() if first <= year <= last}
        return [f"{name} from {first} to {last}"], within
    if wish.bound is not None:
        sign, at = wish.bound
        year = int(tokens[at].folded)
        work.used.add(at)
        work.choices[:] = [c for c in work.choices if c.at != at]
        tests: dict[str, Callable[[int], bool]] = {
            "gt": lambda y: y > year, "ge": lambda y: y >= year,
            "lt": lambda y: y < year, "le": lambda y: y <= year,
        }  # fmt: skip
        said = {"gt": "after", "ge": "from", "lt": "before", "le": "until"}[sign]
        return [f"{name} {said} {year}"], {row for row, y in years.items() if tests[sign](y)}
    single = [
        at for at in range(len(tokens))
        if at not in work.used and not tokens[at].is_taken and _YEAR.fullmatch(tokens[at].folded)
    ]  # fmt: skip
    if len(single) == 1 and int(tokens[single[0]].folded) in years.values():
        work.used.update(single)
        year = int(tokens[single[0]].folded)
        return [f"{name} in {year}"], {row for row, y in years.items() if y == year}
    return [], None


def _years_of(table: TypedTable, at: int) -> dict[int, int]:
    """Row → year, for a column of days or of years; empty for any other."""
    column = table.columns[at]
    if column.kind == "date":
        return {row: int(column.days[row][:4]) for row in table.rows if column.days[row]}
    if column.kind == "number" and column.is_name:
        texts = {row: table.text(row, at) for row in table.rows}
        if texts and all(_YEAR.fullmatch(text) for text in texts.values()):
            return {row: int(text) for row, text in texts.items()}
    return {}


def period_columns(table: TypedTable) -> tuple[int, ...]:
    """The columns of numbers that are called after a year, a quarter or a month."""
    return tuple(
        at for at, column in enumerate(table.columns)
        if column.kind == "number" and _PERIOD.fullmatch(fold(without_unit(column.name)).strip())
    )  # fmt: skip


def listed(names: Iterable[str]) -> str:
    """Names in one text: “A”, “B”."""
    return ", ".join(f"“{name}”" for name in names)
