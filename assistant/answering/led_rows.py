"""Tables that answer as a whole: all rows below a line that ends in a colon. Pure but for the text
that is read around a sentence.

"List the four lines with their months" is told by every row of the small table below "The lines
with their months are:", and by one of them not at all.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.asked_lists import ends_in_colon
from assistant.answering.led_lists import asks_for_more_than_one
from assistant.answering.list_items import ReadText
from assistant.answering.picks import READ_NOTHING, Pick
from assistant.answering.table_rows import rows_of
from assistant.answering.whole_lists import around
from assistant.retrieval.counted_things import count_terms
from assistant.retrieval.question import Question

_MOST_ROWS = 14
"""Rows of a table that is shown whole."""
_WINDOW = 4000
"""Characters of the document on each side of a sentence in which its table is looked for."""


def rows_below(question: Question, best: Pick, read: ReadText) -> list[Pick]:
    """A line that ends in a colon with all rows of the small table right below it, where several
    things are asked for; nothing for any other line."""
    if best.row is not None or not ends_in_colon(best.text):
        return []
    if not asks_for_more_than_one(question):
        return []
    units, at = around(best, read)
    if at < 0 or at + 1 >= len(units) or units[at + 1].kind != "table":
        return []
    rows = _whole_table(question, units[at + 1], read)
    return [best, *rows] if rows else []


def table_of(question: Question, best: Pick, read: ReadText) -> list[Pick]:
    """All rows of the small table that the best row is of, with the line above it that ends in a
    colon, where several things are asked for and the row holds no word that picks it out."""
    if not asks_for_more_than_one(question) or picks_out(question, best):
        return []
    rows = _whole_table(question, best, read)
    if len(rows) < 2:
        return []
    units, _ = around(best, read)
    above = [unit for unit in units if unit.end <= rows[0].start and unit.kind != "table"][-1:]
    return [*(unit for unit in above if _leads_to(unit, rows[0], read)), *rows]


def picks_out(question: Question, pick: Pick) -> bool:
    """Whether a row holds a word of the question, beside the number of things asked for."""
    number = count_terms(question.text, question.language)
    return pick.row is not None and bool((question.weights.keys() - number) & pick.row.own)


def _leads_to(unit: Pick, row: Pick, read: ReadText) -> bool:
    between = read(row.passage.document, unit.end, row.start)
    is_lead = unit.kind == "prose" and ends_in_colon(unit.text)
    return is_lead and all(
        line.strip("|-: \t") == "" or "|" in line for line in between.split("\n")
    )


def _whole_table(question: Question, inside: Pick, read: ReadText) -> list[Pick]:
    """The rows of the table that holds a place, without its header; nothing of a large one."""
    document = inside.passage.document
    start = max(0, inside.start - _WINDOW)
    text = read(document, start, inside.end + _WINDOW)
    whole = replace(inside.passage, text=text, start=start, end=start + len(text), context="")
    rows = rows_of(whole, question.reads)
    here = next((row for at, row in rows.items() if start + at == inside.start), None)
    if here is None:
        return []
    found: list[Pick] = []
    for at, row in sorted(rows.items()):
        if row.table != here.table or row.is_header:
            continue
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)].rstrip()
        found.append(
            replace(
                inside,
                text=line, start=start + at, end=start + at + len(line),
                kind="table", row=row, read=READ_NOTHING, about=None,
            )
        )  # fmt: skip
    return found if len(found) <= _MOST_ROWS else []
