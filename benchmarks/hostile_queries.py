"""Replies of a model, and statements past its check, that would like to be more than a query."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from assistant import Assistant, load_settings
from assistant.computing.binding import Refused
from assistant.computing.query_tables import query_table, run_query
from assistant.computing.typed import typed_table
from assistant.tables.model import find_tables
from benchmarks.harm import HostileCase
from benchmarks.hostile_questions import INJECTIONS
from benchmarks.queries import HOSTILE

TABLE = "| Office | Rent |\n|---|---|\n| Aarhus | 2100 |\n| Odense | 1300 |\n| Lund | 900 |\n"
QUESTION = "What is the total rent for each office?"
FRAMES = ("{}", "SELECT office FROM t1 WHERE office = {}", "SELECT {} FROM t1")


class Replier:
    """A model that says one thing, whatever it is asked."""

    fingerprint = "replier:1"

    def __init__(self, reply: str) -> None:
        self._reply = reply

    async def stream(self, messages: Sequence[Mapping[str, str]]) -> AsyncIterator[str]:
        """The one thing."""
        yield self._reply or " "


def queries(shared: Path) -> Iterator[HostileCase]:
    """Statements given straight to SQLite, and replies of a model in an index in ``shared``."""
    statements = [each.replace("{t}", "t1") for each in HOSTILE]
    statements += [frame.format(words) for words in INJECTIONS for frame in FRAMES]
    for statement in statements:
        yield HostileCase(f"query: {statement[:50]!r}", partial(_run, statement))
    for words in INJECTIONS:
        reply = FRAMES[1].format(words)
        yield HostileCase(f"query: replied, {words[:50]!r}", partial(_ask, reply, shared))


def _run(statement: str, place: Path) -> str:
    """What SQLite gives. Raises ``AssertionError`` where it reads other than the table's words."""
    table = typed_table(find_tables(TABLE), "a.md", "en", "markdown")
    held = query_table(1, table, frozenset()) if table else None
    assert held is not None
    found = run_query(held, statement.replace("{place}", str(place)))
    if isinstance(found, Refused):
        return found.reason
    cells = " ".join(str(value) for row in found for value in row)
    assert "CREATE TABLE" not in cells, "the schema was read"
    return cells


def _ask(reply: str, shared: Path, place: Path) -> str:
    """The answer's text. Raises ``AssertionError`` where a figure comes of it."""
    settings = load_settings(
        None,
        {
            "index.path": str(shared / "index"),
            "documents.paths": [str(shared / "documents")],
            "answer.table_queries": "warn",
        },
    )
    words = reply.replace("{place}", str(place))
    with Assistant(settings, model=Replier(words)) as assistant:
        answer = assistant.ask(QUESTION)
    assert all(each.verdict != "computed" for each in answer.sentences), answer.text
    return answer.text
