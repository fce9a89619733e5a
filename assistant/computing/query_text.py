"""A query that was read → the SQL that is run and shown, written anew from its parts. Pure."""

from __future__ import annotations

from decimal import Decimal

from assistant.computing.queries import QueryLimit, QueryOutput, TableQuery
from assistant.computing.query_tables import ROW

_SQL_SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def sql_of(query: TableQuery) -> str:
    """The query as it is run and shown."""
    table = query.held.name
    head = ", ".join(_told(query, each) for each in query.outputs)
    parts = [f"SELECT {'DISTINCT ' * query.is_distinct}{head} FROM {table}"]
    where = _where(query)
    if query.peak:
        column, is_highest = query.peak
        name = query.held.columns[column].name
        filled = f"{name} IS NOT NULL"
        where = f"{where} AND {filled}" if where else filled
        parts.append(f"WHERE {where} ORDER BY {name} {'DESC' if is_highest else 'ASC'}")
        parts.append(f"LIMIT {query.limit or 1}")
    elif where:
        parts.append(f"WHERE {where}")
    if query.group >= 0:
        parts.append(f"GROUP BY {query.held.columns[query.group].name}")
    return " ".join(parts)


def rows_sql_of(query: TableQuery) -> str:
    """The query for the rows that its conditions leave, before any order."""
    where = _where(query)
    return f"SELECT {ROW} FROM {query.held.name}{f' WHERE {where}' if where else ''} ORDER BY {ROW}"


def _told(query: TableQuery, output: QueryOutput) -> str:
    names = query.held.columns
    if output.function == "count" and output.column < 0:
        return "COUNT(*)"
    name = names[output.column].name
    told = f"DISTINCT {name}" if output.is_distinct else name
    told = f"{output.function.upper()}({told})" if output.function else name
    if output.by < 0:
        return told
    under = names[output.by].name
    return f"{told} * 1.0 / {f'SUM({under})' if output.function else under}"


def _where(query: TableQuery) -> str:
    return " AND ".join(_condition(query, each) for each in query.limits)


def _condition(query: TableQuery, limit: QueryLimit) -> str:
    name = query.held.columns[limit.column].name
    values = [_quoted(each) for each in limit.values]
    if limit.sign in ("in", "out"):
        return f"{name} {'NOT ' * (limit.sign == 'out')}IN ({', '.join(values)})"
    return f"{name} {_SQL_SIGNS[limit.sign]} {values[0]}"


def _quoted(value: Decimal | str) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "'" + value.replace("'", "''") + "'"
