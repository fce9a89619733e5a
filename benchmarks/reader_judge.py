"""What a reader gave of a file, held against what stands in it.

A sentence counts where all its words stand together and in order within one piece of what the
reader gives: a page, a sheet or the whole document, as it gives them. Before they are compared,
both sides lose what writing alone differs in: runs of white space, marks and escapes of Markdown,
entities of HTML, the two forms of a letter.

A cell counts where one can tell its row and its column: on a line with the name of its row, in
the place that the name of its column has in a row above, or as "column: value" or "column=value"
after it. Cells may be parted by bars, tabs, commas or blanks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from benchmarks.reader_contents import EXTRA
from benchmarks.reader_files import READABLE

_WHOLE = re.compile(r"(?<![\w.])(\d+)\.0(?![\w.])")
"""A whole number that a reader writes as 12.0; nobody loses by it."""
_RECORD = 80
"""Characters in which a record of four cells tells the name of its row and another cell."""
Cell = tuple[str, str, str]
"""Its row's and its column's name, and its value."""

GROUPS = {
    "htm": "html", "eml": "mail", "msg": "mail", "docx": "docx", "pptx": "pptx", "xlsx": "xlsx",
    "pdf": "pdf", "html": "html", "epub": "epub",
}  # fmt: skip
OTHER = "other"
"""Text, CSV, Markdown, RTF, ODT, XML and the old Office formats."""


def group_of(kind: str) -> str:
    """The line of the table that a file's kind belongs to."""
    return GROUPS.get(kind, OTHER)


@dataclass(slots=True)
class Tally:
    """Counts over files."""

    files: int = 0
    failed: int = 0
    """An error was raised, or the reader hung or died."""
    empty: int = 0
    """Nothing came out, and nothing was said."""
    phrases: int = 0
    found: int = 0
    cells: int = 0
    placed: int = 0
    extras: int = 0
    extras_found: int = 0
    leaks: int = 0
    parts: dict[str, list[int]] = field(default_factory=dict)
    """Part of a file → [found, of]."""


@dataclass(slots=True)
class Textless:
    """Files that hold no text for a reader: empty, a scan, locked."""

    files: int = 0
    told: int = 0
    silent: int = 0
    made_up: int = 0
    """Something came out."""


def normal(text: str) -> str:
    """Text without what two writings of the same words may differ in."""
    text = unicodedata.normalize("NFKC", unescape(text)).replace("\u00ad", "")
    text = re.sub(r"\\(?=[^\w\s]|_)", "", text)
    return " ".join(re.sub(r"[*_#`|]", " ", text).split())


def holds(pieces: Iterable[str], phrase: str) -> bool:
    """Whether a piece holds all words of the phrase together; ``pieces`` are normal."""
    wanted = normal(phrase)
    return any(wanted in piece for piece in pieces)


def is_placed(pieces: Iterable[str], cell: Cell) -> bool:
    """Whether a line tells the cell's row and column."""
    row, column, value = cell
    for piece in pieces:
        above: list[list[str]] = []
        for line in piece.splitlines():
            line = _WHOLE.sub(r"\1", line)
            if row in line and value in line:
                if _is_named(line, cell):
                    return True
                cells = cells_of(line)
                if row in cells and value in cells and _stands_below(cells, above, column, value):
                    return True
            if column in line:
                above.append(cells_of(line))
    return False


def _is_named(line: str, cell: Cell) -> bool:
    """Whether the line says "column: value" or "column=value" soon after the row's name."""
    row, column, value = cell
    for told in (f"{column}: {value}", f"{column}={value}"):
        at = line.find(told)
        if at >= 0 and row in line[max(0, at - _RECORD) : at]:
            return True
    return False


def _stands_below(
    cells: Sequence[str], above: Sequence[Sequence[str]], column: str, value: str
) -> bool:
    return any(
        column in head and len(head) == len(cells) and head.index(column) == cells.index(value)
        for head in above
    )


def cells_of(line: str) -> list[str]:
    """The cells of a line, by what parts them."""
    if "|" in line:
        return [cell.strip(" *") for cell in line.strip().strip("|").split("|")]
    for mark in ("\t", ","):
        if mark in line:
            return [cell.strip() for cell in line.split(mark)]
    return line.split()


def judge(
    entries: Sequence[Mapping[str, Any]], replies: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Tally], Textless]:
    """Counts by group of formats, from the replies by file name; and the files without text."""
    tallies: dict[str, Tally] = {}
    textless = Textless()
    for entry in entries:
        answer = replies.get(entry["file"], {"error": "no reply"})
        pieces = [piece for piece in answer.get("pieces", ()) if piece.strip()]
        if entry["expect"] not in READABLE:
            textless.files += 1
            textless.told += "error" in answer
            textless.silent += "error" not in answer and not pieces
            textless.made_up += bool(pieces)
            continue
        tally = tallies.setdefault(group_of(entry["type"]), Tally())
        tally.files += 1
        tally.failed += "error" in answer
        tally.empty += "error" not in answer and not pieces
        texts = [normal(piece) for piece in pieces]
        for part, phrase in entry["phrases"]:
            is_found = holds(texts, phrase)
            if part == EXTRA:
                tally.extras += 1
                tally.extras_found += is_found
            else:
                tally.phrases += 1
                tally.found += is_found
            count = tally.parts.setdefault(part, [0, 0])
            count[0] += is_found
            count[1] += 1
        tally.cells += len(entry["cells"])
        tally.placed += sum(is_placed(pieces, tuple(cell)) for cell in entry["cells"])
        tally.leaks += sum(holds(texts, each) for each in entry["must_not"])
    return tallies, textless


def total(tallies: Iterable[Tally]) -> Tally:
    """All counts together."""
    whole = Tally()
    for tally in tallies:
        for name in ("files", "failed", "empty", "phrases", "found", "cells", "placed", "extras",
                     "extras_found", "leaks"):  # fmt: skip
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
        for part, (found, of) in tally.parts.items():
            count = whole.parts.setdefault(part, [0, 0])
            count[0] += found
            count[1] += of
    return whole
