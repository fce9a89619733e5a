"""The words of an answer on a terminal: its markers coloured, its tables drawn as tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from assistant.checking.verdicts import FOUND_SHAPE
from assistant.tables.model import find_tables
from assistant.types import Citation, Sentence

_MARKER = re.compile(r"\[(\d{1,6})\]")
_WORDS = re.compile(r"\w+")
_FEWEST_CELLS = 2

VerdictSigns = Mapping[int, tuple[str, str]]
"""For each marker its sign and colour."""


def drawn_text(
    text: str, marks: VerdictSigns, found: Collection[int] = ()
) -> Iterator[RenderableType]:
    """The parts of an answer in order: prose with coloured markers, and tables."""
    for is_table, block in groupby(text.splitlines(), key=lambda line: line.startswith("|")):
        lines = list(block)
        if is_table and (table := _table(lines, marks, found)) is not None:
            yield table
        elif said := "\n".join(lines).strip("\n"):
            yield marked(said, marks, found)


def marked(text: str, marks: VerdictSigns, found: Collection[int] = ()) -> Text:
    """A text with the sign and colour of a verdict at each marker."""
    styled = Text()
    at = 0
    for match in _MARKER.finditer(text):
        marker = int(match.group(1))
        if marker not in marks:
            continue
        styled.append(text[at : match.start()])
        mark, style = marks[marker]
        star = FOUND_SHAPE if marker in found else ""
        styled.append(f"[{marker}{mark}{star}]", style=style)
        at = match.end()
    styled.append(text[at:])
    return styled


def is_said(citation: Citation, sentences: Sequence[Sentence]) -> bool:
    """Whether a sentence of the answer is the cited place, word for word: its quote says nothing
    that does not stand above it."""
    words = _WORDS.findall(citation.quote)
    return any(
        citation.marker in sentence.citations and _WORDS.findall(sentence.text) == words
        for sentence in sentences
    )


def _table(lines: Sequence[str], marks: VerdictSigns, found: Collection[int]) -> Table | None:
    tables = find_tables("\n".join(lines))
    if len(tables) != 1 or not tables[0].names or len(tables[0].names) < _FEWEST_CELLS:
        return None
    [table] = tables
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in table.names:
        drawn.add_column(Text(name), overflow="fold")
    for row in table.rows:
        drawn.add_row(*(marked(cell.text, marks, found) for cell in row.cells))
    return drawn
