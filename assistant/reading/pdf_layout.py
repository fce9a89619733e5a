"""Where the characters of a PDF page stand → its tables, and columns that were drawn line by line.

All else stays in the order in which it is drawn, which is mostly that of reading. Pure: takes
boxes, knows no PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.reading.furniture import CELL_BORDER

_WIDE = 0.9
"""A gap in a line, in heights of its letters, that no sentence has: half a space more than
justified text shows."""
_PARTED = 0.45
"""A gap that parts pieces; a space is about 0.3."""
_NARROW = 0.3
"""The least gap between two columns of a table, on all its rows."""
_SAME_LINE, _FAR = 0.5, 3.0
_LEAST_ROWS, _SURE_ROWS = 3, 5
_LEAST_FILLED = 0.5
"""The share of a table's cells that hold words; indented code has fewer."""
_PROSE_CHARACTERS, _PROSE_WORDS, _MOST_COLUMNS_OF_PROSE = 20, 3.5, 4
_MOST_COLUMNS, _MOST_TRIED = 60, 60
"""Of a table; and rows that are tried again from the next one when they are no table."""
_LONGEST_TITLE = 120
HYPHENS = ("\x02", "\ufffe")
"""What pdfium writes for a hyphen at a line's end."""
_MARK = re.compile(r"[^\w\s]{1,2}|\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5})[.):]?")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Character:
    """A drawn character and its box; y counts upwards. Line ends and made-up spaces have no box."""

    text: str
    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    top: float = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one line without a wide gap: ``characters[start:end]``, and their box."""

    left: float
    bottom: float
    right: float
    top: float
    text: str
    start: int
    end: int

    @property
    def height(self) -> float:
        """Of its box, in points."""
        return self.top - self.bottom


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is to be read instead of ``characters[start:end]``.

    The cells of a table's row are parted by ``CELL_BORDER``; an empty line stands around a table.
    """

    start: int
    end: int
    lines: tuple[str, ...]


_Row = list[Piece]
"""The pieces of a printed line from left to right, however far apart."""


def stretches(characters: Sequence[Character]) -> list[Stretch]:
    """The tables of a page and its columns that were drawn line by line, in order."""
    letters = "".join(character.text for character in characters)
    if len(_RIGHT_TO_LEFT.findall(letters)) > 0.2 * len(letters):
        return []
    rows = _rows(list(_pieces(characters)))
    found: list[Stretch] = []
    at = 0
    while at < len(rows):
        end = _stretch_end(rows, at)
        told = _table_or_columns(rows[at:end]) if end - at >= 2 else None
        if told is None:
            at = end if end - at > _MOST_TRIED else at + 1
            continue
        first = at
        if told.is_table and at and _is_title(rows, at) and _start(rows[at - 1]) >= _end(found):
            told.lines.insert(0, _joined(rows[at - 1]) + CELL_BORDER)
            first = at - 1
        lines = ["", *told.lines, ""] if told.is_table else told.lines
        last = max(piece.end for row in rows[at:end] for piece in row)
        found.append(Stretch(_start(rows[first]), last, tuple(lines)))
        at = end
    return found


def _start(row: _Row) -> int:
    return min(piece.start for piece in row)


def _end(found: Sequence[Stretch]) -> int:
    return found[-1].end if found else 0


@dataclass(frozen=True, slots=True)
class _Told:
    lines: list[str]
    is_table: bool


def _pieces(characters: Sequence[Character]) -> Iterator[Piece]:
    """Runs of characters on one line, parted where a gap is wider than a space."""
    run: list[Character] = []
    start = end = 0
    for at, each in enumerate(characters):
        if each.top <= each.bottom or each.text.isspace():
            continue
        if run:
            last = run[-1]
            height = max(each.top - each.bottom, last.top - last.bottom)
            shared = min(last.top, each.top) - max(last.bottom, each.bottom)
            same = shared > 0.3 * min(each.top - each.bottom, last.top - last.bottom)
            if not same or not -height < each.left - last.right <= _PARTED * height:
                yield _piece(characters, run, start, end)
                run = []
        if not run:
            start = at
        run.append(each)
        end = at + 1
    if run:
        yield _piece(characters, run, start, end)


def _piece(
    characters: Sequence[Character], run: Sequence[Character], start: int, end: int
) -> Piece:
    while end < len(characters) and characters[end].text in HYPHENS:
        end += 1
    return Piece(
        min(each.left for each in run),
        min(each.bottom for each in run),
        max(each.right for each in run),
        max(each.top for each in run),
        " ".join("".join(each.text for each in characters[start:end]).split()),
        start,
        end,
    )


def _rows(pieces: Sequence[Piece]) -> list[_Row]:
    """Printed lines, as they are drawn one after the other."""
    rows: list[_Row] = []
    for piece in pieces:
        if rows:
            last = rows[-1][-1]
            shared = min(last.top, piece.top) - max(last.bottom, piece.bottom)
            beside = piece.left >= last.right - 0.5 * piece.height
            if beside and shared > _SAME_LINE * min(last.height, piece.height):
                rows[-1].append(piece)
                continue
        rows.append([piece])
    return rows


def _segments(row: _Row) -> list[_Row]:
    """The pieces of a line, parted where a gap is wider than any between words."""
    parts: list[_Row] = [[row[0]]]
    right = row[0].right
    for piece in row[1:]:
        if piece.left - right > _WIDE * max(piece.height, parts[-1][-1].height):
            parts.append([])
        parts[-1].append(piece)
        right = max(right, piece.right)
    return parts


def _joined(row: _Row) -> str:
    """The words of pieces beside each other."""
    text, right = "", 0.0
    for piece in row:
        touches = text and piece.left - right < 0.12 * piece.height
        text += piece.text if touches or not text or text[-1].isspace() else f" {piece.text}"
        right = piece.right
    return " ".join(text.split())


# ---------------------------------------------------------------- stretches with columns

_Gap = tuple[float, float]


def _stretch_end(rows: Sequence[_Row], start: int) -> int:
    """The end of the rows from ``start`` that leave some gap of the first one open."""
    gaps = _gaps(_segments(rows[start]))
    if not 0 < len(gaps) < _MOST_COLUMNS:
        return start
    end = start + 1
    while end < len(rows):
        row, above = rows[end], rows[end - 1]
        height = max(piece.height for piece in row)
        down = min(p.bottom for p in above) - max(p.top for p in row)
        if not -0.5 * height < down < _FAR * height:
            break  # drawn elsewhere
        left_open = [
            gap
            for each in gaps
            if (gap := _without(each, row)) and gap[1] - gap[0] >= _NARROW * height
        ]
        alone = len(_segments(row)) == 1
        if not left_open or (len(left_open) < len(gaps) and (alone or end - start >= _SURE_ROWS)):
            break
        gaps = left_open
        end += 1
    while end - 1 > start and len(_segments(rows[end - 1])) == 1 and _is_apart(rows, end - 1):
        end -= 1
    return end


def _is_apart(rows: Sequence[_Row], at: int) -> bool:
    """Whether a row stands farther below the one above it than that from its own."""
    if at < 2:
        return False
    tops = [max(piece.top for piece in row) for row in rows[at - 2 : at + 1]]
    return tops[1] - tops[2] > 1.3 * (tops[0] - tops[1])


def _gaps(segments: Sequence[_Row]) -> list[_Gap]:
    return [(max(p.right for p in a), b[0].left) for a, b in pairwise(segments)]


def _without(gap: _Gap, row: _Row) -> _Gap | None:
    """What a row's pieces leave of a gap: its widest open part."""
    left, right = gap
    edges = [(p.left, p.right) for p in row if p.right > left and p.left < right]
    at, widest = left, None
    for start, end in [*edges, (right, right)]:
        if start > at and (widest is None or start - at > widest[1] - widest[0]):
            widest = (at, start)
        at = max(at, end)
    return widest


def _borders(rows: Sequence[_Row]) -> list[float]:
    """Where columns part: in the middle of what all rows leave open."""
    if len(rows) >= _SURE_ROWS:
        spans = [(piece.left, piece.right) for row in rows for piece in row]
        least = _NARROW
    else:
        spans = [(p[0].left, max(q.right for q in p)) for row in rows for p in _segments(row)]
        least = _WIDE
    height = median(piece.height for row in rows for piece in row)
    spans.sort()
    borders, right = [], spans[0][1]
    for start, end in spans[1:]:
        if start - right >= least * height:
            borders.append((start + right) / 2)
        right = max(right, end)
    return borders


def _table_or_columns(rows: Sequence[_Row]) -> _Told | None:
    borders = _borders(rows)
    if not borders:
        return None
    cells = [_cells(row, borders) for row in rows]
    columns = [[row[at] for row in cells if row[at]] for at in range(len(borders) + 1)]
    several = sum(1 for row in cells if sum(1 for cell in row if cell) > 1)
    if several < max(_LEAST_ROWS, 0.5 * len(rows)):
        return None
    if len(columns) <= _MOST_COLUMNS_OF_PROSE and all(_is_prose(column) for column in columns):
        return _Told([line for column in columns for line in column], is_table=False)
    filled = sum(1 for row in cells for cell in row if cell)
    if filled < _LEAST_FILLED * len(cells) * len(columns):
        return None
    if len(columns) == 2 and _is_list(cells):
        return None
    return _Told([CELL_BORDER.join(row) for row in _whole_rows(rows, cells)], is_table=True)


def _cells(row: _Row, borders: Sequence[float]) -> list[str]:
    """The words of a row in each column."""
    parts: list[_Row] = [[] for _ in range(len(borders) + 1)]
    for piece in row:
        middle = (piece.left + piece.right) / 2
        parts[sum(1 for border in borders if border < middle)].append(piece)
    return [_joined(part) for part in parts]


def _is_prose(column: Sequence[str]) -> bool:
    """Whether the lines of a column are sentences that go on from line to line."""
    if len(column) < _LEAST_ROWS:
        return False
    words = sum(len(line.split()) for line in column) / len(column)
    return median(map(len, column)) >= _PROSE_CHARACTERS and words >= _PROSE_WORDS


def _is_list(cells: Sequence[Sequence[str]]) -> bool:
    """Whether two columns are the marks of a list and its items, or numbered lines."""
    marks = [row[0] for row in cells if row[0]]
    wordy = sum(1 for row in cells if any(sign.isalpha() for sign in row[1]))
    return all(_MARK.fullmatch(mark) for mark in marks) and wordy > 0.5 * len(cells)


def _whole_rows(rows: Sequence[_Row], cells: Sequence[list[str]]) -> Iterator[list[str]]:
    """Rows of a table; a line without a label close below another is the rest of that one's."""
    tops = [max(piece.top for piece in row) for row in rows]
    labelled = [top for top, row in zip(tops, cells, strict=True) if row[0]]
    pitch = median(a - b for a, b in pairwise(labelled)) if len(labelled) > 1 else 0.0
    current: list[str] | None = None
    for at, row in enumerate(cells):
        if current is not None and not row[0] and tops[at - 1] - tops[at] < 0.8 * pitch:
            current = [" ".join(filter(None, both)) for both in zip(current, row, strict=True)]
            continue
        if current is not None:
            yield current
        current = list(row)
    if current is not None:
        yield current


def _is_title(rows: Sequence[_Row], at: int) -> bool:
    """Whether the line above a table stands close to it and may be its title."""
    text = _joined(rows[at - 1])
    height = max(piece.height for piece in rows[at])
    distance = min(p.bottom for p in rows[at - 1]) - max(p.top for p in rows[at])
    return len(text) <= _LONGEST_TITLE and distance < 2 * height and not text.endswith((".", ","))
