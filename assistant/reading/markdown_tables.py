"""A table written as HTML tags inside a Markdown text → its lines; no HTML parser is needed."""

from __future__ import annotations

import html
import re

from assistant.reading.grids import Grid
from assistant.reading.tables import table_lines

_TAG = re.compile(
    r"<(/?)(table|tr|td|th|caption|br)\b([^<>]{0,500})>|<[^<>]{0,500}>", re.IGNORECASE
)
_SPAN = re.compile(r"""\b(col|row)span\s*=\s*["']?(\d{1,5})""", re.IGNORECASE)


def table_in_markup(markup: str) -> str | None:
    """The lines of a table, or None for one that holds another."""
    grid = Grid()
    heads, is_head, caption = 0, True, ""
    words: list[str] | None = None
    spans: dict[str, int] = {}
    cells = 0
    at, depth, inside = 0, 0, ""

    def close() -> None:
        nonlocal words, caption
        if words is None:
            return
        text = " ".join(html.unescape("".join(words)).split())
        if inside == "caption":
            caption = text
        else:
            grid.add(text, spans.get("col", 1), spans.get("row", 1))
        words = None

    for match in _TAG.finditer(markup):
        if words is not None:
            words.append(markup[at : match.start()])
        at = match.end()
        closing, name = match[1], (match[2] or "").lower()
        if name == "table":
            depth += -1 if closing else 1
            if depth > 1:
                return None
        elif name == "br" and words is not None:
            words.append(" ")
        elif name == "tr":
            close()
            if not closing:
                heads += is_head and cells > 0
                grid.start_row()
        elif name in ("td", "th", "caption"):
            close()
            if not closing:
                inside, words = name, []
                spans = {each[0].lower(): int(each[1]) for each in _SPAN.findall(match[3])}
                if name != "caption":
                    cells += 1
                    is_head = is_head and name == "th"
    close()
    rows = grid.finish()
    lines = list(table_lines(rows, "marked" if 0 < heads < len(rows) else "unknown", heads))
    return "\n".join([*([caption] if caption else []), *lines]).strip("\n")
