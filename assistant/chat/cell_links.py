"""The numbers of a computed answer → the cells that they were made of.

A number that a cell holds leads to that cell; one that was computed leads to all cells of its
figure. The cells are those of the answer's citations, whose quotes are rows of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assistant.chat.placing import Mark, Placed, PlacedFigure, TextOrMark
from assistant.types import Answer, Citation

_NUMBER = re.compile(r"(?<!\w)[-−]?\d(?:[\d.,'’\u00a0\u202f]*\d)?")
_CELL = re.compile(r"(?:\\.|[^|\\\n])+")
_MOST_CELLS = 5_000


@dataclass(frozen=True, slots=True)
class RowCell:
    """A cell of a cited row: where it stands in its document, its text, and its citation."""

    marker: int
    start: int
    end: int
    text: str


def cited_cells(citation: Citation) -> Iterator[RowCell]:
    """The cells with a digit of the rows that a citation quotes."""
    if "|" not in citation.quote:
        return
    for found in _CELL.finditer(citation.quote):
        text = found.group().strip()
        if any(sign.isdigit() for sign in text):
            start = citation.start + found.start() + found.group().index(text)
            yield RowCell(citation.marker, start, start + len(text), text)


def computed_cells(answer: Answer) -> list[RowCell]:
    """The cells of a computed answer's citations, those of a single row first; none for another
    answer."""
    if all(sentence.verdict != "computed" for sentence in answer.sentences):
        return []
    cells: list[RowCell] = []
    for citation in sorted(answer.citations, key=lambda each: "\n" in each.quote.strip()):
        cells += cited_cells(citation)
        if len(cells) > _MOST_CELLS:
            break
    return cells[:_MOST_CELLS]


def link_numbers(placed: Placed, answer: Answer) -> None:
    """Cut the numbers out of computed sentences and of their rows, each with its cell."""
    cells = computed_cells(answer)
    if not cells:
        return
    figure: int | None = None
    for paragraph in _paragraphs(placed):
        marks = [
            piece for token in paragraph for piece in placed.pieces.get(token, [])
            if isinstance(piece, Mark)
        ]  # fmt: skip
        words = "".join(
            piece for token in paragraph for piece in placed.pieces.get(token, [])
            if isinstance(piece, str)
        )  # fmt: skip
        own = _computed(words, answer, figure)
        row = marks[0] if len(marks) == 1 and own is None and figure is not None else None
        figure = own if own is not None else figure
        if own is not None:
            used = _used(answer, own, cells)
            left = list(used)
        elif row is not None:
            left = [each for each in cells if each.marker == row.number]
        elif figure is not None and not marks:
            left = []  # "and 25 more rows": all of the figure's
        else:
            continue
        for token in paragraph:
            made: list[TextOrMark] = []
            for piece in placed.pieces.get(token, []):
                made += _cut(piece, left, figure or 0) if isinstance(piece, str) else [piece]
            placed.pieces[token] = made


def _paragraphs(placed: Placed) -> Iterator[list[int]]:
    """The text tokens of each paragraph, and of each row of a table together."""
    row: list[int] | None = None
    is_head = False
    for token in placed.tokens:
        if token.type in ("thead_open", "thead_close"):
            is_head = token.type == "thead_open"
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            if row and not is_head:
                yield row
            row = None
        elif token.type == "inline":
            runs = [id(child) for child in token.children or [] if id(child) in placed.pieces]
            if row is None:
                yield runs
            else:
                row += runs


def _computed(words: str, answer: Answer, before: int | None) -> int | None:
    """The computed sentence that a paragraph holds, after the one before."""
    plain = _bare(words)
    for at, sentence in enumerate(answer.sentences):
        if sentence.verdict == "computed" and (before is None or at > before):
            return at if _bare(sentence.text) in plain else None
    return None


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def _used(answer: Answer, at: int, cells: Sequence[RowCell]) -> list[RowCell]:
    """The cells that a computed sentence rests on, each once, those cited as a row first."""
    places = [(each.start, each.end) for each in answer.sentences[at].evidence]
    found: dict[tuple[str, int], RowCell] = {}
    names = {citation.marker: citation.document for citation in answer.citations}
    for cell in cells:
        if any(start <= cell.start and cell.end <= end for start, end in places):
            found.setdefault((names[cell.marker], cell.start), cell)
    return sorted(found.values(), key=lambda each: each.start)


def _readings(text: str) -> frozenset[Decimal]:
    """What the numbers of a text may be, with a comma or a point before the decimals."""
    found = set()
    for match in _NUMBER.finditer(text[:200]):
        for point, other in ((".", ","), (",", ".")):
            plain = match.group().replace(other, "").replace(point, ".")
            with suppress(InvalidOperation):
                found.add(abs(Decimal(re.sub(r"[^\d.]", "", plain))))
    return frozenset(found)


def _cut(text: str, left: list[RowCell], sentence: int) -> list[TextOrMark]:
    """A text with its numbers cut out. A cell that a number led to is not taken again as long as
    another one holds the same number."""
    made: list[TextOrMark] = []
    at = 0
    for found in _NUMBER.finditer(text):
        said = _readings(found.group())
        cell = next((each for each in left if said & _readings(each.text)), None)
        if cell is not None:
            left.remove(cell)
            left.append(cell)
        made.append(text[at : found.start()])
        place = (cell.marker, cell.start) if cell is not None else (0, 0)
        made.append(PlacedFigure(found.group(), sentence, *place))
        at = found.end()
    made.append(text[at:])
    return [piece for piece in made if piece != ""]
