"""A question over tables that the rules do not understand → a model's query, checked, or nothing.

The model is asked for one SELECT over the tables that the search found. Its reply is data: it is
parsed into one of a few shapes, run in memory, computed again from the cells and held against the
question (``computing.query_checks``). What cannot be tied to the question's words is refused, or,
with ``answer.table_queries: warn``, shown as not checked and never as sure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.answer import Draft
from assistant.answering.computed_answers import AskedTable
from assistant.answering.figure_drafts import MadeFigure, figures_draft
from assistant.answering.found_tables import stems_in, tables_of
from assistant.answering.step_words import told_cost
from assistant.computing.asked import AskedFigures, figures_asked, wishes_of
from assistant.computing.binding import Refused, bind_loosely, listed
from assistant.computing.queries import read_query
from assistant.computing.query_checks import CheckedQuery, check_query
from assistant.computing.query_figures import query_figure
from assistant.computing.query_tables import QueryTable, described, query_table, run_query
from assistant.computing.query_text import rows_sql_of, sql_of
from assistant.computing.typed import TypedTable
from assistant.errors import ModelError
from assistant.extras import check_installed
from assistant.index.snapshot import Snapshot
from assistant.model.context import passages_budget
from assistant.model.hidden import without_thoughts
from assistant.model.language_model import LanguageModel, Message
from assistant.model.learned_tokens import learned_counter
from assistant.model.prompts import SENTINEL, load_prompt
from assistant.model.usage import usage_of
from assistant.retrieval.search import Found
from assistant.settings import Settings
from assistant.types import NO_USAGE, Usage

_MOST_TABLES, _SAMPLES = 4, (12, 3)
"""Tables that the model sees, and cells of each column: many, or few where the window is small."""
_MOST_TOKENS = 300
"""Of a reply: one SELECT."""
_TIED, _NOT_CHECKED = 0.7, 0.3
"""Confidence: "likely", because the reading is the model's; and "unsure"."""


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """A question that a query may answer, and the tables that hold some of its words; ``rivals``
    counts those that hold all of them."""

    asked: AskedFigures
    question: str
    tables: tuple[QueryTable, ...]
    rivals: int


@dataclass(frozen=True, slots=True)
class QueriedTables:
    """What asking the model came to: a draft, or in words why there is none; and what it cost."""

    draft: Draft | None
    usage: Usage
    problem: str = ""


def table_question(
    computed: Draft | AskedTable | None, found: Found, snapshot: Snapshot, settings: Settings
) -> TableQuestion | None:
    """The question, where a query may be asked for: it wants a figure or rows of a table, the
    rules have not understood it, and no prose says the answer. Raises ``MissingPackageError``."""
    if settings.answer.table_queries == "none" or isinstance(computed, Draft):
        return None
    text, code = found.question.text, found.question.language
    if isinstance(computed, AskedTable):
        if computed.is_said:
            return None
    elif wishes_of(text, code):  # a cell says it
        return None
    asked = figures_asked(text, code)
    if asked is None:
        return None
    held = list(tables_of(found.passages, snapshot, asked.wish.code))
    tables, rivals = _fitting(asked, held)
    if not tables:
        return None
    check_installed("sql", "answer.table_queries", "sqlglot")
    return TableQuestion(asked, text, tables, rivals)


def _fitting(
    asked: AskedFigures, found: Sequence[tuple[TypedTable, frozenset[str]]]
) -> tuple[tuple[QueryTable, ...], int]:
    """The tables that hold most of the question's words, the best first."""
    ranked = []
    for at, (table, around) in enumerate(found):
        loose = bind_loosely(asked.wish, table, around, stems_in(asked.wish.code))
        if loose is None or isinstance(loose.bound, Refused):
            continue
        bound = loose.bound
        if bound.measures or bound.choices or bound.which is not None or bound.comparisons:
            ranked.append((len(loose.missing), at, table, around))
    ranked.sort(key=lambda each: each[:2])
    held = [query_table(n, each[2], each[3]) for n, each in enumerate(ranked[:_MOST_TABLES], 1)]
    rivals = sum(1 for each in ranked if each[0] == 0)
    return tuple(each for each in held if each is not None), rivals


async def queried(
    wanted: TableQuestion, model: LanguageModel, snapshot: Snapshot, settings: Settings
) -> QueriedTables:
    """Ask the model for a query, and make the answer of it. A model that fails is a problem told,
    no error."""
    prompt = load_prompt("select")
    messages = await asyncio.to_thread(_messages, wanted, settings)
    if messages is None:
        return QueriedTables(None, NO_USAGE, "no table fits into llm.context_tokens")
    try:
        reply, ended = await model.complete(messages, most_tokens=_MOST_TOKENS)
    except ModelError as exc:
        return QueriedTables(None, NO_USAGE, exc.what)
    usage = usage_of(messages, reply, ended, settings.llm)
    made = await asyncio.to_thread(
        query_draft, wanted, without_thoughts(reply), snapshot, settings.answer.table_queries
    )
    if isinstance(made, Refused):
        return QueriedTables(None, usage, made.reason)
    name = ended.model or settings.llm.model
    return QueriedTables(replace(made, model=name, prompt=prompt.fingerprint), usage)


def told_query_cost(settings: Settings) -> str:
    """What asking for a query costs at most, in words."""
    llm = settings.llm
    return told_cost(1, llm.context_tokens - _MOST_TOKENS, _MOST_TOKENS, llm)


def _messages(wanted: TableQuestion, settings: Settings) -> list[Message] | None:
    """The prompt with as many tables, and cells of them, as fit."""
    prompt, llm = load_prompt("select"), settings.llm
    fixed = [m["content"] for m in prompt.render(tables="", question="", sentinel=SENTINEL)]
    count = learned_counter(llm.base_url, llm.model)
    budget = passages_budget(llm.context_tokens, _MOST_TOKENS, [*fixed, wanted.question], count)
    for samples in _SAMPLES:
        for most in range(len(wanted.tables), 0, -1):
            told = "\n\n".join(described(wanted.tables[:most], samples))
            if count(told) <= budget:
                return prompt.render(tables=told, question=wanted.question, sentinel=SENTINEL)
    return None


def query_draft(
    wanted: TableQuestion, reply: str, snapshot: Snapshot, mode: str
) -> Draft | Refused:
    """The answer that a model's reply gives, or why it gives none."""
    if SENTINEL in reply:
        return Refused("the model found no table that holds what is asked")
    query = read_query(reply, wanted.tables)
    if isinstance(query, Refused):
        return query
    found = run_query(query.held, rows_sql_of(query))
    if isinstance(found, Refused):
        return found
    rows = tuple(int(row[0] or 0) for row in found)
    code = wanted.asked.wish.code
    checked = check_query(query, wanted.asked, rows, stems_in(code))
    if isinstance(checked, Refused):
        return checked
    if checked.is_tied and wanted.rivals > 1:
        return Refused("several tables hold all words of the question; name one of them")
    if not checked.is_tied and mode != "warn":
        return Refused(f"the table does not hold {listed(checked.missing[:4])}")
    results = run_query(query.held, sql_of(query))
    if isinstance(results, Refused):
        return results
    figure = query_figure(query, wanted.asked.wish, rows, results)
    if isinstance(figure, Refused):
        return figure
    draft = figures_draft([MadeFigure(figure, query.held.table)], snapshot)
    return _told(draft, sql_of(query), query.held, checked)


def _told(draft: Draft, sql: str, held: QueryTable, checked: CheckedQuery) -> Draft:
    """The draft with its query, and with what nobody has checked."""
    document = held.table.document
    query = (
        f"Query, written by the model: `{_in_code(sql)}` ({held.name} is the table in {document})"
    )
    if checked.is_tied:
        notice = "A model read the question; the query was checked against its words"
        return replace(
            draft, text=f"{draft.text}\n\n{query}", confidence=_TIED,
            notice=". ".join(filter(None, (notice, draft.notice))),
        )  # fmt: skip
    taken = f"; the query takes {', '.join(checked.readings)}" if checked.readings else ""
    warning = f"Not checked: the table does not hold {listed(checked.missing)}{taken}"
    return replace(
        draft, text=f"{warning}.\n\n{draft.text}\n\n{query}", confidence=_NOT_CHECKED,
        notice=". ".join(filter(None, (warning, draft.notice))),
    )  # fmt: skip


def _in_code(sql: str) -> str:
    """SQL between backticks: a cell's words may hold one."""
    return sql.replace("`", "'")
