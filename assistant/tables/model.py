"""A document's stored text → its tables, with the exact span of every row and cell.

Every reader writes tables as Markdown: a line for each row, ``|`` between cells, ``\\|`` for a bar
inside one, and a line of dashes under the names of the columns. So one parser serves all formats,
and a citation of a row is a stretch of the text like any other. A Markdown file's own tables are
read the same way; lines of ``key: value | key: value`` name their cells themselves.

Linear in the text, and only lines with a bar cost anything: cells are cut when they are asked for.
Knows no question and no index.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.text.fences import fences
from assistant.text.sentences import is_prose_with_bars

_RULE = re.compile(
    r"[ \t]*+(?:\|[ \t]*+)?:?-{2,}+:?[ \t]*+"
    r"(?:[|+][ \t]*+:?-{2,}+:?[ \t]*+)*+(?:\|[ \t]*+)?"  # + in Org files
)
_DRAWN = re.compile(r"\+?[-=]{2}[-=+ ]*+(?:(?<=[-=])|(?<=[-=]\+))")
_BAR = re.compile(r"(?<!\\)\|")
_KEY = re.compile(r"[^\W\d_][^:|\n]{0,60}?(?=:[ \t])")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")
_BOLD = re.compile(r"(\*\*|__)((?:(?!\1).)+)\1")
_NO_LABEL = re.compile(r"\|[ \t]*\|")
_NUMBER = re.compile(r"[-+−(]?[€$£¥]?\s?\d[\d.,'’\s]*(?:[eE][-+]?\d+)?\s?[%€$£¥)]?")
_CAPTION_LINES, _LONGEST_CAPTION, _LONGEST_LABEL = 6, 400, 80
_ENDS = ".!?,;…。！？"
_CAPTION_MARK = re.compile(
    r"[*_]{0,3}(?:table|tabelle|tableau|tabla|tabella|tabel|tabell|tab\.)\s*[\w.]{0,8}[ .:–-]", re.I
)
_PANDOC_MARK = re.compile(r"(?:Table)?:[ \t]+\S")
_HEADING = re.compile(r"#{1,6}[ \t]+(.*?)[ \t#]*$")
_LONGEST_ROW = 20_000
"""Characters; a longer line with bars is text."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's words and where they stand; empty cells have ``start == end``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. ``group`` is the row across the table above it that names its part."""

    start: int
    end: int
    line: str
    group: str = ""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The row's cells, cut anew each time."""
        return cells_of(self.line, self.start)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their names.

    ``start`` to ``end`` holds caption, header and rows. ``names`` are the columns' names, empty
    texts where a table has none; ``header`` is their line, None where each row names its own cells
    or nothing does. ``caption`` is what stands directly above or says below what the table shows;
    where nothing does, the heading above.
    """

    start: int
    end: int
    caption: str
    header: Row | None
    names: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _TableLine:
    start: int
    end: int
    body: str


def may_hold_tables(text: str) -> bool:
    """A quick no for most texts."""
    return "|" in text


def find_tables(text: str, header: str = "") -> list[Table]:
    """All tables of a text, in order.

    ``header`` is the line with the names of the columns that stands above the text, for a stretch
    from the middle of a table: it names the first rows when these have no header of their own.
    """
    if not may_hold_tables(text):
        return []
    found = []
    for lines in _runs(text):
        first = header and not text[: lines[0].start].strip()
        found.append(_table(text, lines, header if first else ""))
    return found


def is_row(body: str) -> bool:
    """Whether a line is a row of a table: bars at its ends, or `` | `` between its cells."""
    if "|" not in body or len(body) > _LONGEST_ROW or is_prose_with_bars(body):
        return False
    stripped = body.strip()
    return (
        (stripped.startswith("|") and stripped.count("|") >= 2)
        or " | " in stripped
        or (stripped.endswith("|") and stripped.count("|") >= 2)
    )


def is_rule(body: str) -> bool:
    """Whether a line parts the names of the columns from the rows."""
    return "--" in body and "|" in body and _RULE.fullmatch(body) is not None


def cells_of(body: str, start: int = 0) -> tuple[Cell, ...]:
    """The cells of a row's line that begins at ``start``; outer bars are no borders.

    Signs around a whole cell that make it bold are not part of its words.
    """
    bars = [match.start() for match in _BAR.finditer(body)]
    left = len(body) - len(body.lstrip())
    right = len(body.rstrip())
    edges = [left - 1, *bars, right]
    if bars and bars[0] == left:
        edges = edges[1:]
    if bars and bars[-1] == right - 1:
        edges = edges[:-1]
    cells = []
    for a, b in pairwise(edges):
        piece = body[a + 1 : b]
        inner = piece.strip()
        at = start + a + 1 + (len(piece) - len(piece.lstrip()) if inner else 0)
        bold = _BOLD.fullmatch(inner) if inner[:1] in ("*", "_") else None
        if bold is not None:
            inner, at = bold[2], at + 2
        cells.append(Cell(inner.replace("\\|", "|"), at, at + len(inner)))
    return tuple(cells)


def escaped(cell: str) -> str:
    """A cell's words as they stand between bars."""
    return " ".join(cell.split()).replace("|", "\\|")


def row_line(cells: Sequence[str]) -> str:
    """A row as readers write it."""
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def rule_line(columns: int) -> str:
    """The line under the names of the columns."""
    return "|" + "---|" * max(1, columns)


# ---------------------------------------------------------------- where tables stand


def _runs(text: str) -> Iterator[list[_TableLine]]:
    """The lines of each run of rows; code holds none."""
    edges = fences(text)
    lines: list[_TableLine] = []
    at, next_start = text.find("|"), -1
    while at >= 0:
        line = _line_at(text, at)
        between = text[next_start : line.start].strip() if lines else ""
        if lines and "\n" in text[next_start : line.start].rstrip(" \t"):
            if _DRAWN.fullmatch(between) and "\n\n" not in text[next_start : line.start]:
                lines.append(
                    _TableLine(next_start, next_start, "|---|")
                )  # +-----+ of a drawn table
            else:
                yield lines
                lines = []
        if bisect_right(edges, line.start) % 2 == 0 and (
            is_row(line.body) or (lines and is_rule(line.body))
        ):
            lines.append(line)
        elif lines:
            yield lines
            lines = []
        end = text.find("\n", at)
        next_start = end + 1
        at = text.find("|", end) if end >= 0 else -1
    if lines:
        yield lines


def _line_at(text: str, at: int) -> _TableLine:
    """The line around a character, without white space at its ends."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : len(text) if end < 0 else end]
    body = line.strip()
    start += len(line) - len(line.lstrip())
    return _TableLine(start, start + len(body), body)


def _table(text: str, lines: list[_TableLine], header_line: str) -> Table:
    rule = next((at for at, line in enumerate(lines[:4]) if is_rule(line.body)), None)
    header: Row | None = None
    body, upper = lines, lines[:0]
    names: tuple[str, ...] = ()
    if rule is not None and rule > 0:
        top = lines[rule - 1]
        header = Row(top.start, top.end, top.body)
        body, upper = lines[rule + 1 :], lines[: rule - 1]
    elif rule == 0:
        body = lines[1:]
    elif header_line:
        names = tuple(cell.text for cell in cells_of(header_line))
    elif _names_columns(lines):
        header, body = Row(lines[0].start, lines[0].end, lines[0].body), lines[1:]
    if header is not None:
        names = tuple(cell.text for cell in header.cells)
    body = [line for line in body if not is_rule(line.body)]
    caption, start = _caption(text, lines[0].start)
    if upper:
        caption = " · ".join(filter(None, (caption, *(_title_of(line.body) for line in upper))))
    end = lines[-1].end
    if not _CAPTION_MARK.match(caption):
        below, end = _caption_below(text, end)
        caption = " · ".join(filter(None, (caption, below)))
    return Table(
        start=start,
        end=end,
        caption=caption or _heading_above(text, lines[0].start),
        header=header,
        names=names if any(names) else (),
        rows=tuple(_rows(body, names)),
    )


def _names_columns(lines: list[_TableLine]) -> bool:
    """Whether the first line of a run without a rule names the columns: it is bold, or numbers
    stand under words."""
    if len(lines) < 2 or "|" not in lines[0].body:
        return False
    if _is_bold_row(lines[0].body) and not _is_bold_row(lines[1].body):
        return True
    first = [cell.text for cell in cells_of(lines[0].body)]
    if len(lines) < 3 or any(
        not cell or len(cell) > 40 or _KEY.match(cell) or re.search(r"\d", cell) for cell in first
    ):
        return False
    below = [[cell.text for cell in cells_of(line.body)] for line in lines[1:12]]
    return all(len(row) == len(first) for row in below) and any(
        all(_NUMBER.fullmatch(row[at]) for row in below) for at in range(1, len(first))
    )


# ---------------------------------------------------------------- captions


def _caption(text: str, start: int) -> tuple[str, int]:
    """(caption, where it begins): the lines directly above a table, or above one empty line when
    they say that they are its caption; prose that only happens to end there is none."""
    lines, is_parted = _lines_above(text, start)
    if not lines:
        return "", start
    if is_parted or sum(len(line.body) for line in lines) > _LONGEST_CAPTION:
        last = lines[-1]
        marked = _CAPTION_MARK.match(last.body) and len(last.body) <= _LONGEST_CAPTION
        leads = is_parted and len(last.body) <= 200 and last.body.endswith((":", "："))
        names = is_parted and (_BOLD.fullmatch(last.body) or _is_label(lines))
        lines = [last] if marked or leads or names else []
    if not lines:
        return "", start
    return " · ".join(line.body for line in lines), lines[0].start


def _is_label(paragraph: list[_TableLine]) -> bool:
    """Whether a paragraph is one short line that is no sentence: "Hardness of grade SNB22-3"."""
    body = paragraph[-1].body
    is_short = len(paragraph) == 1 and len(body) <= _LONGEST_LABEL and len(body.split()) > 1
    return is_short and body[:1].isalnum() and body[-1:] not in _ENDS


def _lines_above(text: str, start: int) -> tuple[list[_TableLine], bool]:
    """The paragraph that ends above a line, its last lines; and whether an empty line parts them.

    Headings, rows and code are no part of it.
    """
    lines: list[_TableLine] = []
    is_parted = False
    at = text.rfind("\n", 0, start)
    while at > 0 and len(lines) < _CAPTION_LINES:
        line = _line_at(text, at - 1) if text[at - 1] != "\n" else _TableLine(at, at, "")
        if not line.body:
            if lines or is_parted:
                break
            is_parted = True
        elif line.body.startswith("#") or is_row(line.body) or _FENCE.match(line.body):
            break
        elif _DRAWN.fullmatch(line.body):
            pass  # the upper edge of a drawn table
        else:
            lines.insert(0, line)
        at = text.rfind("\n", 0, at)
    return lines, is_parted


def _caption_below(text: str, end: int) -> tuple[str, int]:
    """(caption, where it ends) of a line under a table that says it is its caption."""
    at, empty = text.find("\n", end) + 1, 0
    while 0 < at < len(text) and empty < 2:
        line = _line_at(text, at) if text[at] != "\n" else _TableLine(at, at, "")
        if line.body:
            marked = _CAPTION_MARK.match(line.body) or _PANDOC_MARK.match(line.body)
            next_line = text[line.end :].lstrip().partition("\n")[0]
            is_of_the_next = is_row(line.body) or is_row(next_line)
            if marked and len(line.body) <= _LONGEST_CAPTION and not is_of_the_next:
                return line.body, line.end
            break
        empty += 1
        at = text.find("\n", at) + 1
    return "", end


def _heading_above(text: str, start: int) -> str:
    """The heading that stands directly above a table, in Markdown's form."""
    above = text[max(0, start - 300) : start].rstrip()
    match = _HEADING.match(above[above.rfind("\n") + 1 :])
    return match[1] if match else ""


def _is_bold_row(body: str) -> bool:
    cells = [cell.strip() for cell in body.strip("|").split("|")]
    return any(cells) and all(not cell or _BOLD.fullmatch(cell) for cell in cells)


def _title_of(body: str) -> str:
    """The words of a line of cells above the names of the columns."""
    return " · ".join(dict.fromkeys(cell.text for cell in cells_of(body) if cell.text))


# ---------------------------------------------------------------- rows


def _rows(lines: list[_TableLine], names: tuple[str, ...]) -> Iterator[Row]:
    """Rows with the row across the table above them, or with the label that stands only in the
    first of several rows."""
    hanging = _hanging_labels(lines) if names else {}
    alone = [_only_label(line.body) for line in lines] if len(names) > 2 else [""] * len(lines)
    several = sum(1 for label in alone if label) > 1
    group = ""
    for at, line in enumerate(lines):
        if not line.body.strip("| \t"):
            continue
        label, is_last = alone[at], at + 1 == len(lines)
        follows_group = at > 0 and bool(alone[at - 1])
        # a lone row with nothing but a label in the middle of others only lacks its values
        if label and not is_last and (several or at == 0 or line.body.startswith("| **")):
            group = f"{group} › {label}" if follows_group and group else label
            yield Row(line.start, line.end, line.body)
            continue
        yield Row(line.start, line.end, line.body, hanging.get(at, group))


def _only_label(body: str) -> str:
    """The text of a row's first cell when all others are empty."""
    if not body.startswith("|"):
        return ""
    inner = body[1:].rstrip("| \t")
    if "|" in inner or not inner.strip() or body.count("|") < 3:
        return ""
    return cells_of(f"|{inner}|")[0].text


def _hanging_labels(lines: list[_TableLine]) -> dict[int, str]:
    """The label of rows whose first cell is empty because a row above says it, by index.

    Only where a third of the first cells are empty, and no label stands twice in a row.
    """
    empty = {at for at, line in enumerate(lines) if _NO_LABEL.match(line.body)}
    if len(empty) < max(1, len(lines) / 3) or 0 in empty:
        return {}
    labels: dict[int, str] = {}
    last = ""
    for at, line in enumerate(lines):
        if at in empty:
            labels[at] = last
            continue
        label = cells_of(line.body)[0].text
        if label == last:
            return {}
        last = label
    return labels


def named_cells(table: Table, row: Row) -> list[tuple[str, Cell]]:
    """(column's name, cell) of the cells that are filled; a name is empty where there is none.

    Rows of ``key: value`` cells name their columns themselves.
    """
    found = []
    for at, cell in enumerate(row.cells):
        if not cell.text:
            continue
        name = table.names[at] if at < len(table.names) else ""
        if not table.names:
            key = _KEY.match(cell.text)
            if key:
                value = cell.text[key.end() + 1 :].lstrip()
                shift = len(cell.text) - len(value)
                found.append((key.group(), Cell(value, cell.start + shift, cell.end)))
                continue
        found.append((name, cell))
    return found
