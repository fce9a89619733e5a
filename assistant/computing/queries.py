"""A model's reply → one query of a shape that can be checked, or why it is none.

The reply is parsed by sqlglot, and only what is known here is read from the tree: one SELECT of one
table; plain columns, five functions, a quotient of two columns; comparisons joined by AND; the row
with the highest or lowest value; groups of one column. What is run and shown is written anew from
that (``query_text``), so no text of the model reaches SQLite but numbers and quoted words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Literal

from assistant.computing.binding import Refused
from assistant.computing.query_tables import QueryTable, may_name
from assistant.extras import needs

FunctionName = Literal["", "sum", "avg", "min", "max", "count"]
SignName = Literal["eq", "ne", "in", "out", "gt", "ge", "lt", "le"]
_LONGEST, _DEEPEST, _LONGEST_WORDS = 2_000, 12, 200
_MOST_PLACES = (-15, 14)
"""Places of a number's first digit: 1e-999999999 would be written out with a billion digits."""
_KNOWN_TOKENS = frozenset(
    "SELECT DISTINCT FROM WHERE GROUP_BY ORDER_BY LIMIT ALIAS AND NOT IN LIKE BETWEEN ASC DESC "
    "NULLS FIRST LAST VAR IDENTIFIER STRING NUMBER DOUBLE FLOAT DECIMAL L_PAREN R_PAREN COMMA DOT "
    "STAR SLASH DASH EQ NEQ GT GTE LT LTE".split()
)
"""The kinds of words and signs, as sqlglot names them, that the known shapes are made of."""
_FENCE = re.compile(r"```[a-zA-Z]{0,10}\s*\n?([^`]{1,2000})```")
_YEARS = re.compile(r"((?:1[5-9]|20)\d\d)(?:-(\d\d))?-?%")
_TURNED: dict[SignName, SignName] = {
    "gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq", "ne": "ne",
}  # fmt: skip


class _UnreadableError(Exception):
    """A part of a query that is not of a shape that can be checked; its message says which."""


@dataclass(frozen=True, slots=True)
class QueryLimit:
    """A condition on a column: ``values`` are numbers, or words as the query has them."""

    column: int
    sign: SignName
    values: tuple[Decimal | str, ...]


@dataclass(frozen=True, slots=True)
class QueryOutput:
    """What a query gives: a column, a function of one (``column`` is -1 for ``COUNT(*)``), or a
    quotient, where ``by`` is the column that is divided by."""

    function: FunctionName
    column: int
    by: int = -1
    is_distinct: bool = False


@dataclass(frozen=True, slots=True)
class TableQuery:
    """One SELECT. ``peak`` is a column, and whether its highest or its lowest value chooses the
    row; ``limit`` is how many rows it chooses."""

    held: QueryTable
    outputs: tuple[QueryOutput, ...]
    limits: tuple[QueryLimit, ...] = ()
    group: int = -1
    peak: tuple[int, bool] | None = None
    limit: int = 0
    is_distinct: bool = False

    @property
    def function(self) -> FunctionName:
        """What is computed; nothing where rows are looked up."""
        return next((each.function for each in self.outputs if each.function), "")


def read_query(reply: str, tables: Sequence[QueryTable]) -> TableQuery | Refused:
    """The query of a reply: the whole reply, or its one block of code.

    Raises ``MissingPackageError`` without sqlglot.
    """
    blocks = _FENCE.findall(reply) if len(reply) <= 4 * _LONGEST else []
    if len(blocks) > 1:
        return Refused("the model wrote several queries")
    text = (blocks[0] if blocks else reply).strip()
    if not text or len(text) > _LONGEST or text.count("(") > _DEEPEST or "\0" in text:
        return Refused("the model wrote no query of a size that can be read")
    if not re.match(r"select\b", text, re.IGNORECASE):
        return Refused("the model wrote no SELECT")
    with needs("sql", "answer.table_queries"):
        import sqlglot
        from sqlglot.errors import SqlglotError
    try:
        other = _other_word(sqlglot.tokenize(text, read="sqlite"), tables)
        if other:
            return Refused(f"the model's query has what cannot be checked: {other}")
        statements = sqlglot.parse(text, read="sqlite")
        if len(statements) != 1:
            return Refused("the model wrote several statements")
        return _QueryReader(tables).read(statements[0])
    except (SqlglotError, RecursionError):
        return Refused("the model's query cannot be parsed")
    except _UnreadableError as exc:
        return Refused(f"the model's query has what cannot be checked: {exc}")


def _other_word(tokens: Sequence[Any], tables: Sequence[QueryTable]) -> str:
    """The first word or sign that no known shape has, by its kind; "" without any. Such a text is
    not parsed at all: 18 times "JOIN t1" take sqlglot 4 s, 19 twice that, and what it does not know
    it writes to a log."""
    columns = {column.name for each in tables for column in each.columns}
    before = ""
    for at, token in enumerate(tokens):
        name, word = token.token_type.name, str(token.text).casefold()
        is_end = name == "SEMICOLON" and all(each.token_type.name == name for each in tokens[at:])
        is_name = before == "ALIAS" and word.isidentifier() and may_name(word)
        if not (name in _KNOWN_TOKENS or word in columns or is_name or is_end):
            return str(name)
        before = name
    return ""


@lru_cache(maxsize=1)
def _tree() -> Any:
    """The types of sqlglot's tree."""
    with needs("sql", "answer.table_queries"):
        from sqlglot import exp
    return exp


@dataclass(slots=True)
class _QueryReader:
    """Reads one statement; what it does not know it refuses."""

    tables: Sequence[QueryTable]
    held: QueryTable | None = None
    alias: str = ""
    named: dict[str, QueryOutput] = field(default_factory=dict)

    def read(self, tree: Any) -> TableQuery:
        exp = _tree()

        if not isinstance(tree, exp.Select):
            raise _UnreadableError("it is no SELECT")
        self._only(tree, "expressions", "from_", "where", "group", "order", "limit", "distinct")
        self.held = self._table(tree)
        outputs = tuple(self._output(each, is_named=True) for each in tree.expressions)
        distinct = tree.args.get("distinct")
        if distinct is not None:
            self._only(distinct)
        query = TableQuery(
            self.held, outputs, is_distinct=distinct is not None, group=self._group(tree)
        )
        query = self._conditions(query, tree.args.get("where"))
        query = self._order(query, tree.args.get("order"), tree.args.get("limit"))
        functions = {each.function for each in outputs}
        if not outputs or len(outputs) > 8:
            raise _UnreadableError("how many columns it gives")
        if len([each for each in outputs if each.function or each.by >= 0]) > 1:
            raise _UnreadableError("several figures at once")
        if query.group < 0 and len(outputs) > 1 and functions != {""}:
            raise _UnreadableError("a column beside a function")
        if query.group >= 0 and (query.peak or functions == {""}):
            raise _UnreadableError("groups without a function, or in an order")
        if query.peak and functions != {""}:
            raise _UnreadableError("a function of the row with the highest value")
        return query

    def _only(self, node: Any, *known: str) -> None:
        more = [name for name, value in node.args.items() if value and name not in known]
        if more:
            raise _UnreadableError(f"{type(node).__name__} with {more[0].strip('_')}")

    def _table(self, tree: Any) -> QueryTable:
        exp = _tree()

        source = tree.args.get("from_")
        table = source.this if source is not None else None
        if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
            raise _UnreadableError("where it selects from")
        self._only(source, "this")
        self._only(table, "this", "alias")
        alias = table.args.get("alias")
        if alias is not None:
            self._only(alias, "this")
        self.alias = table.alias.casefold()
        name = table.name.casefold()
        found = next((each for each in self.tables if each.name == name), None)
        if found is None or (self.held is not None and found is not self.held):
            raise _UnreadableError("a table that was not found")
        return found

    def _column(self, node: Any) -> int:
        exp = _tree()

        node = _bare(node)
        if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
            raise _UnreadableError(f"{type(node).__name__} in place of a column")
        self._only(node, "this", "table")
        if self.held is None or node.table.casefold() not in ("", self.alias, self.held.name):
            raise _UnreadableError("a column of another table")
        found = self.held.column(node.name)
        if found is None:
            raise _UnreadableError("a column that the table does not have")
        return found

    def _output(self, node: Any, *, is_named: bool = False) -> QueryOutput:
        exp = _tree()

        if isinstance(node, exp.Alias):
            output = self._output(node.this)
            if is_named and self.held is not None and self.held.column(node.alias) is None:
                self.named[node.alias.casefold()] = output
            return output
        node = _bare(node)
        if isinstance(node, exp.Column) and node.name.casefold() in self.named:
            return self.named[node.name.casefold()]
        if isinstance(node, exp.Div):
            upper, lower = self._output(node.left), self._output(_without_nullif(node.right))
            plain = upper.by < 0 and lower.by < 0 and upper.function == lower.function
            if not plain or upper.function not in ("", "sum") or upper.is_distinct:
                raise _UnreadableError("a quotient of other than two columns or their sums")
            return replace(upper, by=lower.column)
        if isinstance(node, exp.Count):
            self._only(node, "this", "big_int")
            inner = node.this
            if isinstance(inner, exp.Star):
                self._only(inner)
                return QueryOutput("count", -1)
            if isinstance(inner, exp.Distinct):
                self._only(inner, "expressions")
                if len(inner.expressions) != 1:
                    raise _UnreadableError("a count of several columns")
                return QueryOutput("count", self._column(inner.expressions[0]), is_distinct=True)
            return QueryOutput("count", self._column(inner))
        functions: dict[type, FunctionName] = {
            exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max",
        }  # fmt: skip
        if type(node) in functions:
            self._only(node, "this")
            return QueryOutput(functions[type(node)], self._column(node.this))
        return QueryOutput("", self._column(node))

    def _group(self, tree: Any) -> int:
        group = tree.args.get("group")
        if group is None:
            return -1
        self._only(group, "expressions")
        if len(group.expressions) != 1:
            raise _UnreadableError("groups of several columns")
        return self._column(group.expressions[0])

    def _conditions(self, query: TableQuery, where: Any) -> TableQuery:
        exp = _tree()

        if where is None:
            return query
        limits: list[QueryLimit] = []
        peaks: list[tuple[int, bool]] = []
        inner: list[Any] = []
        waiting = [where.this]
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, exp.Paren):
                waiting.append(node.this)
            elif isinstance(node, exp.And):
                waiting += [node.left, node.right]
            elif isinstance(node, exp.EQ) and isinstance(node.right, exp.Subquery):
                peak, condition = self._peak(node)
                peaks.append(peak)
                inner.append(condition)
            else:
                limits += self._limit(node)
        query = replace(query, limits=tuple(limits))
        if not peaks:
            return query
        if len(peaks) > 1:
            raise _UnreadableError("two highest values")
        same = self._conditions(replace(query, limits=()), inner[0])
        if same.peak or (query.limits and set(same.limits) != set(query.limits)):
            raise _UnreadableError("the highest value of other rows")
        return replace(query, limits=same.limits, peak=peaks[0])

    def _peak(self, node: Any) -> tuple[tuple[int, bool], Any]:
        """The column and whether its highest value is meant, and what limits the rows of it."""
        exp = _tree()

        self._only(node.right, "this")
        tree = node.right.this
        if not isinstance(tree, exp.Select):
            raise _UnreadableError("a query inside the query")
        self._only(tree, "expressions", "from_", "where")
        alias = self.alias
        self._table(tree)
        output = self._output(tree.expressions[0]) if len(tree.expressions) == 1 else None
        self.alias = alias
        column = self._column(node.left)
        if output is None or output.function not in ("max", "min") or output.column != column:
            raise _UnreadableError("a query inside the query")
        return (column, output.function == "max"), tree.args.get("where")

    def _limit(self, node: Any) -> list[QueryLimit]:
        exp = _tree()

        signs: dict[type, SignName] = {
            exp.EQ: "eq", exp.NEQ: "ne", exp.GT: "gt", exp.GTE: "ge", exp.LT: "lt", exp.LTE: "le",
        }  # fmt: skip
        if type(node) in signs:
            sign, left, right = signs[type(node)], node.left, node.right
            if isinstance(_bare(left), exp.Literal | exp.Neg):
                sign, left, right = _TURNED[sign], right, left
            return [QueryLimit(self._named(left), sign, (_literal(right),))]
        if isinstance(node, exp.Between):
            self._only(node, "this", "low", "high")
            column = self._column(node.this)
            low, high = _literal(node.args["low"]), _literal(node.args["high"])
            return [QueryLimit(column, "ge", (low,)), QueryLimit(column, "le", (high,))]
        is_out = isinstance(node, exp.Not)
        inner = _bare(node.this) if is_out else node
        if isinstance(inner, exp.In):
            self._only(inner, "this", "expressions")
            values = tuple(_literal(each) for each in inner.expressions)
            if not 1 <= len(values) <= 20:
                raise _UnreadableError("a list of values")
            return [QueryLimit(self._named(inner.this), "out" if is_out else "in", values)]
        if is_out and isinstance(inner, exp.EQ):
            return [QueryLimit(self._named(inner.left), "ne", (_literal(inner.right),))]
        if isinstance(inner, exp.Like) and not is_out:
            column, pattern = self._column(inner.this), _literal(inner.expression)
            years = _YEARS.fullmatch(pattern) if isinstance(pattern, str) else None
            if years and self.held is not None and self.held.columns[column].kind == "date":
                low = f"{years[1]}-{years[2] or '01'}-01"
                high = f"{years[1]}-{years[2] or '12'}-31"
                return [QueryLimit(column, "ge", (low,)), QueryLimit(column, "le", (high,))]
        raise _UnreadableError(f"the condition {type(node).__name__}")

    def _named(self, node: Any) -> int:
        """A column whose words are compared in any case anyway."""
        exp = _tree()

        node = _bare(node)
        return self._column(node.this if isinstance(node, exp.Lower | exp.Upper) else node)

    def _order(self, query: TableQuery, order: Any, limit: Any) -> TableQuery:
        exp = _tree()

        count = 0
        if limit is not None:
            self._only(limit, "expression")
            number = _literal(limit.expression)
            if not isinstance(number, Decimal) or not 1 <= number <= 50 or number % 1:
                raise _UnreadableError("its LIMIT")
            count = int(number)
        if order is None:
            return replace(query, limit=count)
        self._only(order, "expressions")
        if len(order.expressions) != 1 or not isinstance(order.expressions[0], exp.Ordered):
            raise _UnreadableError("its order")
        first = order.expressions[0]
        self._only(first, "this", "desc", "nulls_first")
        output = self._output(first.this)
        if not count:
            return query  # the order of the rows says nothing
        if output.function or output.by >= 0 or query.group >= 0 or query.peak:
            raise _UnreadableError("a LIMIT of groups")
        return replace(query, peak=(output.column, bool(first.args.get("desc"))), limit=count)


def _bare(node: Any) -> Any:
    """Without brackets, rounding, a cast to a number, and "times 1.0"; none changes the figure."""
    exp = _tree()

    for _ in range(_DEEPEST):
        if isinstance(node, exp.Paren):
            node = node.this
        elif isinstance(node, exp.Round):
            decimals = node.args.get("decimals")
            if decimals is not None and not isinstance(decimals, exp.Literal):
                raise _UnreadableError("how it rounds")
            node = node.this
        elif isinstance(node, exp.Cast) and node.to.this in (
            exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE, exp.DataType.Type.DECIMAL,
        ):  # fmt: skip
            node = node.this
        elif isinstance(node, exp.Mul):
            one = {"1", "1.0"}
            if isinstance(node.right, exp.Literal) and node.right.this in one:
                node = node.left
            elif isinstance(node.left, exp.Literal) and node.left.this in one:
                node = node.right
            else:
                raise _UnreadableError("a product")
        else:
            return node
    raise _UnreadableError("its depth")


def _without_nullif(node: Any) -> Any:
    exp = _tree()

    node = _bare(node)
    is_guard = isinstance(node, exp.Nullif) and isinstance(node.expression, exp.Literal)
    return node.this if is_guard and node.expression.this == "0" else node


def _literal(node: Any) -> Decimal | str:
    exp = _tree()

    node = _bare(node)
    if isinstance(node, exp.Neg):
        value = _literal(node.this)
        if isinstance(value, Decimal):
            return -value
    if isinstance(node, exp.Literal):
        text = str(node.this)
        if node.is_string:
            if len(text) > _LONGEST_WORDS or not text.isprintable():
                raise _UnreadableError("a value")
            return text
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise _UnreadableError("a number") from None
        if number.is_finite() and _MOST_PLACES[0] <= number.adjusted() <= _MOST_PLACES[1]:
            return number
    raise _UnreadableError("a value")
