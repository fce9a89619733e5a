"""Typed tables as a query sees them: names that SQL may hold, what each column is, and the rows.

A table's own words never become SQL: columns get names of letters and digits, and cells are bound
as values. Queries run in memory, on the rows that count, behind an authorizer that lets them read
this one table and call five functions; steps, time and the size of the result are limited.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, islice

from assistant.computing.binding import Refused
from assistant.computing.typed import TypedTable
from assistant.computing.values import says_nothing, without_unit
from assistant.text.folding import fold

ROW = "row_"
"""The column that numbers the rows of a ``TypedTable``; a query cannot name it."""
FUNCTIONS = frozenset({"sum", "avg", "min", "max", "count"})
MOST_CELLS, _MOST_COLUMNS = 100_000, 500
"""Of a larger table no query is asked; SQLite takes 2,000 columns."""
_MOST_ROWS = 10_000
_STEPS_AT_ONCE, _MOST_STEPS, _MOST_SECONDS = 1_000, 5_000_000, 2.0
_LONGEST_NAME, _LONGEST_SQL = 40, 8_000
_KEYWORDS = frozenset(
    "abort action add after all alter always analyze and as asc attach autoincrement before begin "
    "between by cascade case cast check collate column commit conflict constraint create cross "
    "current current_date current_time current_timestamp database default deferrable deferred "
    "delete desc detach distinct do drop each else end escape except exclude exclusive exists "
    "explain fail filter first following for foreign from full generated glob group groups having "
    "if ignore immediate in index indexed initially inner insert instead intersect into is isnull "
    "join key last left like limit match materialized natural no not nothing notnull null nulls of "
    "offset on or order others outer over partition plan pragma preceding primary query raise "
    "range recursive references regexp reindex release rename replace restrict returning right "
    "rollback row rows savepoint select set table temp temporary then ties to transaction trigger "
    "unbounded union unique update using vacuum values view virtual when where window with without "
    # these are sqlglot's
    "any connect_by_root cube current_user false fetch grant ilike interval lateral lock "
    "partitioned_by qualify revoke rlike rollup tablesample true uncache xor".split()
)

_NAMES_TOO = frozenset("current first key last plan range row rows".split())
"""Keywords that SQLite takes for the name of a figure without quotes."""

StoredValue = int | float | str | None
"""What a cell is in SQLite."""


@dataclass(frozen=True, slots=True)
class QueryColumn:
    """A column as a query names it; ``problem`` says why its numbers cannot be used."""

    name: str
    kind: str
    unit: str
    problem: str


@dataclass(frozen=True, slots=True)
class QueryTable:
    """A table under the name that a query gives it; ``around`` are the stems of what stands around
    it in its document."""

    name: str
    columns: tuple[QueryColumn, ...]
    table: TypedTable
    around: frozenset[str]

    def column(self, name: str) -> int | None:
        """The place of a column by its name, in any case."""
        low = name.casefold()
        return next((at for at, own in enumerate(self.columns) if own.name == low), None)


def query_table(number: int, table: TypedTable, around: frozenset[str]) -> QueryTable | None:
    """Table ``t1`` and so on; None for one that is too large."""
    cells = len(table.rows) * len(table.columns)
    if not 0 < cells <= MOST_CELLS or len(table.columns) > _MOST_COLUMNS:
        return None
    names: dict[str, None] = {}
    for at, column in enumerate(table.columns):
        bare = "_".join(re.findall(r"[^\W_]+", fold(without_unit(column.name))))[:_LONGEST_NAME]
        name = bare if bare and not bare[0].isdigit() else f"c_{bare or at + 1}".strip("_")
        if name in _KEYWORDS or name in FUNCTIONS:
            name += "_value"
        tried = (name if number < 2 else f"{name}_{number}" for number in count(1))
        names[next(each for each in tried if each not in names and each != ROW)] = None
    columns = tuple(
        QueryColumn(name, column.kind, column.unit, column.problem)
        for name, column in zip(names, table.columns, strict=True)
    )
    return QueryTable(f"t{number}", columns, table, around)


def may_name(word: str) -> bool:
    """Whether a word, folded, may be the name of a figure: "AS date", not "AS join"."""
    return word not in _KEYWORDS or word in _NAMES_TOO


def stored(table: TypedTable, row: int, column: int) -> StoredValue:
    """What SQLite holds of a cell: a number, a day as ISO, words, or nothing."""
    own = table.columns[column]
    text = table.text(row, column)
    if own.kind == "date":
        return own.days[row] or None
    if own.kind == "number" and not own.problem:
        amount = own.amounts[row]
        return None if amount is None else as_number(amount.value)
    return None if says_nothing(text) else text


def as_number(value: Decimal) -> int | float:
    """A number as SQLite stores it."""
    is_whole = value == value.to_integral_value() and abs(value) < 2**53
    return int(value) if is_whole else float(value)


def run_query(held: QueryTable, sql: str) -> tuple[tuple[StoredValue, ...], ...] | Refused:
    """The rows that a SELECT gives; a refusal for one that is too long, too slow, or reads more."""
    if len(sql) > _LONGEST_SQL:
        return Refused("the query is too long")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _fill(connection, held)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)
        connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST_SQL)
        connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 60)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 1)
        connection.execute("PRAGMA query_only = ON")
        connection.set_authorizer(_TableGuard(held))
        connection.set_progress_handler(_Watch(), _STEPS_AT_ONCE)
        try:
            found = connection.execute(sql).fetchmany(_MOST_ROWS + 1)
        except sqlite3.Error as exc:
            told = str(exc)
            if told == "interrupted":
                told = "it took too many steps"
            return Refused(f"the query could not be run: {told}")
    if len(found) > _MOST_ROWS:
        return Refused(f"the query gives more than {_MOST_ROWS:,} rows")
    return tuple(tuple(row) for row in found)


def _fill(connection: sqlite3.Connection, held: QueryTable) -> None:
    types = {"number": "NUMERIC", "date": "TEXT", "text": "TEXT COLLATE NOCASE"}
    columns = ", ".join(
        f'"{each.name}" {types[each.kind if not each.problem else "text"]}' for each in held.columns
    )
    connection.execute(f'CREATE TABLE "{held.name}" ("{ROW}" INTEGER PRIMARY KEY, {columns})')
    width = len(held.columns)
    marks = ", ".join("?" * (width + 1))
    connection.execute("BEGIN")
    connection.executemany(
        f'INSERT INTO "{held.name}" VALUES ({marks})',
        ((row, *(stored(held.table, row, at) for at in range(width))) for row in held.table.rows),
    )
    connection.execute("COMMIT")


class _TableGuard:
    """Lets a statement read one table and call five functions, and nothing else."""

    def __init__(self, held: QueryTable) -> None:
        self._name = held.name

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        is_read = action == sqlite3.SQLITE_READ and first == self._name
        is_call = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS
        allowed = action == sqlite3.SQLITE_SELECT or is_read or is_call
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


class _Watch:
    """Ends a statement after too many steps or too long a time."""

    def __init__(self) -> None:
        self._steps, self._until = 0, time.monotonic() + _MOST_SECONDS

    def __call__(self) -> int:
        self._steps += _STEPS_AT_ONCE
        return int(self._steps > _MOST_STEPS or time.monotonic() > self._until)


def described(tables: Sequence[QueryTable], samples: int, longest: int = 40) -> list[str]:
    """What a model is told of each table: names, kinds, units and some cells of each column."""
    return [_described(each, samples, longest) for each in tables]


def _described(held: QueryTable, samples: int, longest: int) -> str:
    table = held.table
    caption = _plain(table.caption, 80)
    where = (
        f"“{caption}” in {_plain(table.document, 80)}" if caption else _plain(table.document, 80)
    )
    lines = [f"Table {held.name}: {where}, {len(table.rows)} rows"]
    for at, (column, own) in enumerate(zip(held.columns, table.columns, strict=True)):
        cells = dict.fromkeys(table.text(row, at) for row in table.rows)
        filled = list(
            islice(_different(_plain(cell, longest) for cell in cells if cell), samples + 1)
        )
        kind = "text" if column.problem else column.kind
        unit = f" in {_plain(column.unit, 12)}" if column.unit and kind == "number" else ""
        values = "; ".join(filled[:samples]) + ("; …" if len(filled) > samples else "")
        days = ", stored as YYYY-MM-DD" if kind == "date" else ""
        lines.append(
            f"- {column.name}: “{_plain(own.name, 60)}”, {kind}{unit}{days}, e.g. {values}"
        )
    return "\n".join(lines)


def _different(texts: Iterable[str]) -> Iterator[str]:
    """Each text once; read only as far as asked."""
    known: set[str] = set()
    for text in texts:
        if text not in known:
            known.add(text)
            yield text


def _plain(text: str, longest: int) -> str:
    from assistant.text.visible import one_line

    line = one_line(text)
    return line if len(line) <= longest else f"{line[:longest]}…"
