"""The passages of a search → the tables that they are of, whole and typed.

A passage may hold only some of a table's rows, so tables are read in the stored text; those that
were asked of last are kept while their generation is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary

from assistant.chunking import section_at
from assistant.computing.typed import TypedTable, typed_table
from assistant.index.snapshot import Snapshot
from assistant.tables.model import Table, find_tables, may_hold_tables
from assistant.text.folding import fold
from assistant.text.names import name_words
from assistant.text.recent import Recent
from assistant.text.terms import stems, terms
from assistant.types import Passage

_MOST_DOCUMENTS, _MOST_TABLES = 8, 40
_LONGEST_TEXT = 20_000_000
_KEPT: WeakKeyDictionary[Snapshot, Recent[tuple[TypedTable, ...]]] = WeakKeyDictionary()
_MOST_KEPT = 16
_BETWEEN = 200
"""Characters that may stand between the parts of a table that pages cut."""


def tables_of(
    passages: Sequence[Passage], snapshot: Snapshot, wish_code: str = "en"
) -> Iterator[tuple[TypedTable, frozenset[str]]]:
    """The tables that the passages are of, by the rank of the first passage, with the stems of the
    words around each."""
    names = list(dict.fromkeys(each.document for each in passages if _has_rows(each)))
    count = 0
    for name in names[:_MOST_DOCUMENTS]:
        document = snapshot.store.document(name)
        if document is None:
            continue
        of_it = [each for each in passages if each.document == name]
        code = next((each.language for each in of_it if each.language), "")
        typed = _typed_tables(snapshot, document.id, name, code, document.kind)
        ordered = sorted(
            (min((i for i, p in enumerate(of_it) if p.start < t.end and t.start < p.end),
                 default=-1), at)
            for at, t in enumerate(typed)
        )  # fmt: skip
        parsed = snapshot.store.parsed(document.id)
        for rank, at in ordered:
            if rank < 0:
                continue
            table = typed[at]
            words = (
                table.caption, section_at(parsed.headings, table.start), document.title,
                name_words(name), *(column.unit for column in table.columns),
                *document_tags(document.name),
            )  # fmt: skip
            told = " ".join(filter(None, words))
            yield table, frozenset((*term_stems(told, code or "en"), *_word_stems(told, wish_code)))
            count += 1
            if count >= _MOST_TABLES:
                return


def document_tags(name: str) -> tuple[str, ...]:
    """The folders of a document's name."""
    return tuple(name.split("/")[:-1])


def _has_rows(passage: Passage) -> bool:
    return may_hold_tables(passage.text) and bool(passage.text.count("|") > 2 or passage.context)


def _typed_tables(
    snapshot: Snapshot, document_id: str, name: str, code: str, kind: str
) -> tuple[TypedTable, ...]:
    """A document's tables; those asked of last are kept while their generation is open."""
    kept = _KEPT.setdefault(snapshot, Recent(_MOST_KEPT))
    known = kept.get(document_id)
    if known is not None:
        return known
    text = snapshot.store.parsed(document_id).text
    tables = _whole(find_tables(text), text) if len(text) <= _LONGEST_TEXT else []
    made = (typed_table(parts, name, code, kind) for parts in tables)
    return kept.kept(document_id, tuple(table for table in made if table is not None))


def _whole(tables: Sequence[Table], text: str) -> list[list[Table]]:
    """Tables, those that pages cut put together again."""
    found: list[list[Table]] = []
    for table in tables:
        before = found[-1][-1] if found else None
        between = text[before.end : table.start].strip() if before else ""
        is_part = (
            before is not None
            and bool(found[-1][0].names)
            and _goes_on(found[-1][0], table)
            and len(between) <= _BETWEEN
            and not re.search(r"^#", between, re.MULTILINE)
            and table.caption in ("", found[-1][0].caption, between)
        )
        if is_part:
            found[-1].append(table)
        else:
            found.append([table])
    return found


def _goes_on(first: Table, table: Table) -> bool:
    """Whether a table has the same names as one before it, or none and as many columns."""
    if table.names:
        return first.names == table.names
    width = len(first.names)
    return bool(table.rows) and all(len(row.cells) == width for row in table.rows)


@lru_cache(maxsize=4096)
def term_stems(text: str, code: str) -> tuple[str, ...]:
    """The index terms of a text."""
    return tuple(terms(text, code))


def stems_in(code: str) -> Callable[[str], Sequence[str]]:
    """The stems of a text's words, one by one, in a language."""
    return lambda text: _word_stems(text, code)


@lru_cache(maxsize=8192)
def _word_stems(text: str, code: str) -> tuple[str, ...]:
    return tuple(stems(fold(text), code))
