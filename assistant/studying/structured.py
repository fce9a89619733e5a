"""Tables and lists → items. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from assistant.studying.items import Item, Quote
from assistant.studying.words import content_words, is_self_contained, joined
from assistant.tables.model import find_tables
from assistant.text.sentences import units

CELLS_PER_TABLE = 8
FEWEST, MOST = 3, 6
"""Entries of a list that is asked for as a whole."""
LONGEST_CELL, LONGEST_ENTRY = 6, 6

_NO_FACTS = frozenset("yes no none n/a na true false usually not -- same x".split())
_HEAD = re.compile(r"[,:;.(–—]| - ")
_AHEAD = re.compile(r"\b(?:these|the following|following|below)\b")
_MARK = re.compile(r"^(?:[-*+•]|\d+[.)])\s+")


def table_items(document: str, text: str) -> Iterator[Item]:
    """Cells of tables with named columns and rows."""
    for table in find_tables(text):
        labels = Counter(row.cells[0].text for row in table.rows if row.cells)
        made = 0
        for number, row in enumerate(table.rows):
            cells = row.cells
            if not cells or labels[cells[0].text] > 1 or not _is_label(cells[0].text):
                continue
            columns = [
                column
                for column in range(1, min(len(cells), len(table.names)))
                if _is_value(cells[column].text) and _is_label(table.names[column])
            ]
            if not columns or made >= CELLS_PER_TABLE:
                continue
            column = columns[number % len(columns)]
            name, label, value = table.names[column], cells[0].text, cells[column].text
            made += 1
            topic = label if _is_name(label) else joined((_short(table.caption), label))
            yield Item(
                "table_cell", topic, name, f"{topic}: what is given as {name}?", ((value,),),
                (Quote(document, text[row.start : row.end], (row.start, row.end)),), (label,),
            )  # fmt: skip


def _is_label(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", text)) and len(text.split()) <= LONGEST_CELL


def _is_value(text: str) -> bool:
    """Whether a cell can be a fact: not yes or no, which stand in any text."""
    plain = text.strip(" .*_").lower()
    return len(plain) > 1 and len(text.split()) <= LONGEST_CELL and plain not in _NO_FACTS


def _is_name(label: str) -> bool:
    """Whether a row's label says by itself what it is: it has a capital or digit inside."""
    return bool(re.search(r"[A-Z0-9]", label[1:]))


def _short(caption: str) -> str:
    """A table's caption, unless it is a sentence."""
    return caption.strip("*_: ") if len(caption.split()) <= LONGEST_CELL else ""


def list_items(document: str, text: str) -> Iterator[Item]:
    """Lists under a lead-in that ends with a colon, asked for as a whole."""
    lead = ""
    entries: list[Quote] = []
    for unit in units(text):
        body = " ".join(text[unit.start : unit.end].split())
        if unit.kind == "item":
            entries.append(Quote(document, _MARK.sub("", body), (unit.start, unit.end)))
            continue
        yield from _list(lead, entries)
        entries = []
        if unit.kind == "heading":
            lead = ""
        else:
            lead = re.split(r"(?<=[.!?]) ", body)[-1] if body.endswith(":") else ""
    yield from _list(lead, entries)


def _list(lead: str, entries: list[Quote]) -> Iterator[Item]:
    bare = _AHEAD.sub("", lead)  # "these" points at the list itself
    if not lead or not FEWEST <= len(entries) <= MOST or not is_self_contained(bare):
        return
    heads = [_HEAD.split(entry.text)[0].strip(' *_`"“”') for entry in entries]
    if any(not 1 <= len(head.split()) <= LONGEST_ENTRY for head in heads):
        return
    topic = lead.rstrip(":").rstrip()
    if len(content_words(topic)) < 2:
        return
    yield Item(
        "list", topic, "list", f"{topic}: which ones?", tuple((head,) for head in heads),
        tuple(entries), (),
    )  # fmt: skip
