"""AsciiDoc as it is read: comments and struck words out, tables as in Markdown, notes in place."""

from __future__ import annotations

import re

from assistant.reading.grids import Grid
from assistant.reading.left_out import LeftOut
from assistant.reading.markdown_sight import with_footnotes
from assistant.reading.tables import table_lines

_COMMENT = re.compile(r"^////[ \t]*\n(?:(?!////).*\n)*////[ \t]*\n?|^//(?!/).*\n?", re.MULTILINE)
_STRUCK = re.compile(r"[ ]?\[\.?line-through\](##?)(?=\S).{1,500}?\1")
_CODE = re.compile(r"^(-{4,}|\.{4,})[ \t]*\n(?:(?!\1[ \t]*$).*\n)*\1[ \t]*$", re.MULTILINE)
_NOTE = re.compile(r"footnote:[\w-]{0,40}\[([^\]\n]{1,1000})\]")
_TABLE = re.compile(
    r"(?:^\.(?P<title>[^.\s].*)\n)?(?:^\[(?P<options>[^\]\n]{0,300})\][ \t]*\n)?"
    r"^\|===[ \t]*\n(?P<body>(?:(?!\|===).*\n)*)\|===[ \t]*$",
    re.MULTILINE,
)
_CELL = re.compile(
    r"(?:(?<=\s)|^)(?P<spec>(?:\d{1,3}(?:\.\d{1,5})?|\.\d{1,5})\+)?[<^>.]*[aehlmsv]?\|(?!\|)"
)
_COLUMNS = re.compile(r"cols\s*=\s*\"?([^\"\]]*)\"?")


def as_read(text: str, left_out: LeftOut) -> str:
    """The text that a reader of the rendered page sees; code blocks stay as they are."""
    pieces: list[str] = []
    at = 0
    for match in [*_CODE.finditer(text), None]:
        end = match.start() if match else len(text)
        prose, comments = _COMMENT.subn("", text[at:end])
        prose, struck = _STRUCK.subn("", prose)
        left_out.add("comment", comments)
        left_out.add("struck", struck)
        pieces += [_TABLE.sub(_table, prose), match.group() if match else ""]
        at = match.end() if match else end
    text = "".join(pieces)
    notes: list[str] = []

    def noted(match: re.Match[str]) -> str:
        notes.append(match[1])
        return f"[^{len(notes)}]"

    text = _NOTE.sub(noted, text)
    if not notes:
        return text
    defined = "\n".join(f"[^{number}]: {note}" for number, note in enumerate(notes, start=1))
    return with_footnotes(f"{text.rstrip()}\n\n{defined}\n")


def _table(match: re.Match[str]) -> str:
    options = match["options"] or ""
    lines = match["body"].split("\n")
    first = next((line for line in lines if line.strip()), "")
    told = _COLUMNS.search(options)
    columns = _count(told[1]) if told else len(_CELL.findall(first))
    grid = Grid()
    width, row_open = 0, False
    body = match["body"]
    found = list(_CELL.finditer(body))
    for at, cell in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(body)
        spec = (cell["spec"] or "").rstrip("+")
        across, _, down = spec.partition(".")
        span = int(across) if across else 1
        if not row_open or width >= columns:
            grid.start_row()
            width, row_open = 0, True
        width = max(width, _hanging(grid)) + span
        grid.add(" ".join(body[cell.end() : end].split()), span, int(down) if down else 1)
    rows = grid.finish()
    parted = len(lines) > 1 and bool(lines[0].strip()) and not lines[1].strip()
    has_header = parted or "header" in options
    shown = table_lines(rows, "marked" if has_header and len(rows) > 1 else "unknown", 1)
    title = match["title"]
    return "\n".join([*([title] if title else []), *shown])


def _hanging(grid: Grid) -> int:
    return len(grid.rows[-1]) if grid.rows else 0


def _count(columns: str) -> int:
    """How many columns ``1,2,3*`` or ``3*`` names."""
    total = 0
    for part in columns.split(","):
        times = re.match(r"\s*(\d{1,3})\*", part)
        total += int(times[1]) if times else 1
    return total
