"""Table rows as answers: their terms, the rows that a question asks for, and their layout.

A row's own words are its cells, the row across the table above it, and the names of the columns in
which it has a value. The names alone answer nothing, so a header is never a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from assistant.retrieval.question import Question
from assistant.tables.model import Row, Table, escaped, find_tables, named_cells, rule_line
from assistant.text.folding import fold
from assistant.text.terms import STOP_WORDS, terms
from assistant.types import Passage

_TermsOf = Callable[[Sequence[str]], frozenset[str]]
_OPTION = re.compile(r"(?<![\w-])--?[A-Za-z0-9][\w-]*")
_OPENS_WITH_OPTION = re.compile(r"[`*_\s]{0,4}--?[A-Za-z0-9]")
_UNIT = re.compile(r"[\s_(-]{1,3}units?\)?$|^units? of ")
"""What the name of a column adds that holds the units of another."""
_MOST_COLUMNS = 8
"""A wider table is shown with its first column and those that the question is about."""

_EXPLAINS = 3
"""Words of a cell that says what the row's label is."""
_LETTERS = re.compile(r"[^\W_]+")
_LABELS = 3
"""The first cells of a row, which may name what it is about."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table with what it needs to be understood alone.

    ``names`` and ``cells`` have the same length; ``own`` are the terms of its cells and group,
    ``names_terms`` those of the columns in which it has a value; ``table`` tells rows of one table
    from those of another: (document, caption, names).
    """

    table: tuple[str, str, tuple[str, ...]]
    names: tuple[str, ...]
    cells: tuple[str, ...]
    group: str
    own: frozenset[str]
    name_terms: frozenset[str]
    caption_terms: frozenset[str]
    is_header: bool = False


_COLUMNS = {
    "place": re.compile(
        r"\b(?:place|location|city|town|country|venue|where|address|site|region|ort|stadt|land|"
        r"lieu|ville|pays|lugar|ciudad|país|luogo|città|paese|plaats)\b", re.IGNORECASE,
    ),
    "person": re.compile(
        r"\b(?:name|authors?|persons?|who|contact|owner|manager|head|chair|leader|editor|speaker|"
        r"teacher|holder|responsible|director|president|winner|inventor|founder)\b", re.IGNORECASE,
    ),
    "date": re.compile(
        r"\b(?:date|day|year|month|when|time|start|end|begin|deadline|due|since|until|opened|"
        r"founded|born|died|datum|jahr|fecha|año|anno|année|jaar|ano)\b", re.IGNORECASE,
    ),
}  # fmt: skip
"""Names of columns whose cells are of a kind, whatever they hold: "Vancouver" below "Place"."""


def holds_in_column(row: TableRow, kind: str, known: Set[str]) -> bool:
    """Whether a cell below a name of the kind that is asked for says a word beside those known."""
    pattern = _COLUMNS.get(kind)
    return pattern is not None and any(
        pattern.search(name) is not None and not set(terms(cell)) <= known
        for name, cell in zip(row.names[1:], row.cells[1:], strict=True)
    )


Reads = Callable[[str, str], Sequence[str]]
"""A text and its language → its terms, as the question spells them."""


def rows_of(passage: Passage, reads: Reads = terms) -> dict[int, TableRow]:
    """The rows of a passage by the place in its text where their lines begin; headers too."""

    def terms_of(texts: Sequence[str]) -> frozenset[str]:
        return frozenset(reads(" ".join(texts), passage.language))

    above = passage.context.rsplit("\n", 1)
    header = above[-1] if "|" in above[-1] else ""
    caption = above[0] if header and len(above) > 1 else ""
    found: dict[int, TableRow] = {}
    for table in find_tables(passage.text, header):
        key = (passage.document, table.caption or caption, table.names)
        if table.header is not None:
            found[table.header.start] = _header(key, table.header, terms_of)
        for row in table.rows:
            found[row.start] = _row(key, table, row, terms_of)
    return found


def _header(key: tuple[str, str, tuple[str, ...]], row: Row, terms_of: _TermsOf) -> TableRow:
    cells = tuple(cell.text for cell in row.cells)
    return TableRow(
        key, key[2], cells, "", frozenset(), terms_of(cells), terms_of([key[1]]), is_header=True
    )


def _row(
    key: tuple[str, str, tuple[str, ...]], table: Table, row: Row, terms_of: _TermsOf
) -> TableRow:
    if table.names:
        width = max(len(table.names), len(row.cells))
        names = (*table.names, *[""] * (width - len(table.names)))
        cells = tuple(cell.text for cell in row.cells) + ("",) * (width - len(row.cells))
    else:
        pairs = named_cells(table, row)
        names = tuple(name for name, _ in pairs)
        cells = tuple(cell.text for _, cell in pairs)
    filled = [name for name, cell in zip(names, cells, strict=True) if cell]
    is_group = len(filled) == 1 and len(cells) > 2 and bool(table.names)
    return TableRow(
        table=key,
        names=names,
        cells=cells,
        group=row.group,
        own=terms_of((*cells, row.group)),
        name_terms=terms_of(filled),
        caption_terms=terms_of([key[1]]),
        is_header=is_group,
    )


def label_fit(question: Question, row: TableRow) -> float:
    """How exactly the question names the row: the largest share of a cell's words, in letters,
    that are the question's own. "Operating profit" is asked for, "Trading operating profit" is
    another row."""
    best = 0.0
    asked = None
    for cell in row.cells[:_LABELS]:
        found = question.reads(cell)
        own = [t for t in found if t not in STOP_WORDS and not t.isdigit()]
        if len(found) == 1 and found[0].isalpha():  # "How many bits has a long?"
            asked = asked or frozenset(question.reads(question.text))
            best = max(best, float(found[0] in asked))
        if names_option(question.text, cell):
            best = 1.0
        if own and not cell[:1].isdigit():
            best = max(best, sum(term in question.weights for term in own) / len(own))
    return best


def names_option(question: str, label: str) -> bool:
    """Whether a label opens with an option of a command that the question names, whatever stands
    for its value: "--colour NAME" for "What does --colour do?"."""
    named = _OPTION.findall(label) if _OPENS_WITH_OPTION.match(label) else []
    return any(option in _OPTION.findall(question) for option in named)


def explains(question: Question, row: TableRow) -> bool:
    """Whether a row opens with what is to be defined, as the question writes it, and says what it
    is in at least three words: "| on-hold | waits for parts from outside |"."""
    if not question.asks_definition or not row.cells:
        return False
    label = _spaced(row.cells[0])
    is_asked = label.strip() and label in _spaced(question.text)
    return bool(is_asked) and any(len(cell.split()) >= _EXPLAINS for cell in row.cells[1:])


def _spaced(text: str) -> str:
    return f" {' '.join(_LETTERS.findall(fold(text)))} "


def _terms(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(terms(" ".join(texts)))


def row_text(row: TableRow) -> str:
    """A row's values in one line, as its source has them."""
    return " | ".join(cell for cell in row.cells if cell)


def as_markdown(rows: Sequence[TableRow], marks: Sequence[str], asked: frozenset[str]) -> str:
    """Rows of one table as a Markdown table, each with its marker in the last cell."""
    columns = shown_columns(rows, asked)
    names = [rows[0].names[at] if at < len(rows[0].names) else "" for at in columns]
    has_group = any(row.group for row in rows)
    lines = []
    if any(names):
        lines = [_line([*([""] if has_group else []), *names])]
        lines.append(rule_line(len(names) + has_group))
    for row, mark in zip(rows, marks, strict=True):
        cells = [escaped(row.cells[at]) if at < len(row.cells) else "" for at in columns]
        cells[-1] = f"{cells[-1]} {mark}".strip()
        lines.append(_line([*([row.group] if has_group else []), *cells], escape=False))
    return "\n".join(lines)


def shown_columns(rows: Sequence[TableRow], asked: frozenset[str]) -> list[int]:
    """The columns to show: those with a value, or with an asked word in their name, whose empty
    cell says that there is none; of many the first and those with asked words."""
    width = max(len(row.cells) for row in rows)
    names = rows[0].names
    filled = [at for at in range(width) if any(at < len(r.cells) and r.cells[at] for r in rows)]
    empty = [
        at for at, name in enumerate(names[:width]) if at not in filled and asked & _terms([name])
    ]
    if len(filled) <= _MOST_COLUMNS:
        return sorted((*filled, *empty))
    named = [
        at
        for at in filled
        if at == filled[0]
        or any(asked & _terms((*row.names[at : at + 1], *row.cells[at : at + 1])) for row in rows)
    ]
    named = _with_units(named, filled, names)
    kept = named if len(named) + len(empty) > 1 and len(named) > 1 else filled
    return sorted((*kept[:_MOST_COLUMNS], *empty))


def _with_units(shown: Sequence[int], filled: Sequence[int], names: Sequence[str]) -> list[int]:
    """The columns with those of their values or units: "period" beside "period_unit"."""
    bare = {at: _UNIT.sub("", names[at].lower()) for at in filled if at < len(names)}
    kept = {bare[at] for at in shown if at in bare}
    pairs = {
        base for base in kept if any(b == base and names[a].lower() != b for a, b in bare.items())
    }
    return sorted({*shown, *(at for at, base in bare.items() if base in pairs)})


def _line(cells: Sequence[str], escape: bool = True) -> str:
    return "| " + " | ".join(escaped(cell) if escape else cell for cell in cells) + " |"
