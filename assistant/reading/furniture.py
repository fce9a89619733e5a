"""Page numbers and running headers and footers of paged documents: lines in, fewer lines out.

Pure; knows nothing of the format the pages come from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

_LABEL = (
    r"(?:page|seite|p\.|s\.|página|pagina)\s*\d{1,4}(?:\s*(?:/|of|von|de|di)\s*\d{1,4})?|"
    r"\d{1,4}\s*(?:/|of|von)\s*\d{1,4}"
)
_PAGE_LABEL = re.compile(rf"{_LABEL}|[-–—]\s*\d{{1,4}}\s*[-–—]", re.IGNORECASE)
_EDGE_LABEL = re.compile(rf"^(?:{_LABEL})(?!\w)|(?<![\w/])(?:{_LABEL})$", re.IGNORECASE)
_FIRST_NUMBER = re.compile(r"\d+")
_EDGE_NUMBER = re.compile(r"^\d{1,4}(?!\S)|(?<!\S)\d{1,4}$")
_LETTER = re.compile(r"[^\W\d_]")
CELL_BORDER = "\x1f"
"""Parts the cells of a line that is a row of a table: such a line is never furniture."""
_AROUND = " \t|·.–-"
"""What parts a page's number from the rest of its line."""
_EDGE = 2
"""Lines at the top and at the bottom of a page where running headers and footers stand."""


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page's own lines, and the running headers and footers that it is the first to show."""

    lines: tuple[str, ...]
    furniture: tuple[str, ...] = ()


def without_furniture(pages: Sequence[Sequence[str]]) -> list[PrintedPage]:
    """Take page numbers and running headers and footers out of the pages' lines.

    They would stand inside every sentence that crosses a page's end. A page number is a line
    "Page 7", or a bare number that counts along with the pages. A running line stands at the edge
    of most pages (or of 4 in 10, as left and right pages alternate in books), with or without the
    page's number; its first occurrence is kept as text, because it often names the document.
    """
    edges = [_edges(lines) for lines in pages]
    filled = sum(1 for lines in pages if any(lines))
    offset = _number_offset(edges, pages)
    keys: dict[tuple[int, int], str] = {}
    for index, (lines, found) in enumerate(zip(pages, edges, strict=True)):
        for at in found:
            keys[index, at] = _running_key(lines[at], None if offset is None else index + offset)
    places = {(index, at < 0, key) for (index, at), key in keys.items()}
    often = Counter((bottom, key) for _, bottom, key in places if _LETTER.search(key))
    needed = max(2, filled // 2 + 1 if filled < 8 else ceil(0.4 * filled))
    running = {key for (_, key), count in often.items() if count >= needed}
    seen: set[str] = set()
    result: list[PrintedPage] = []
    for index, lines in enumerate(pages):
        dropped: set[int] = set()
        first: list[str] = []
        for at in edges[index]:
            key = keys[index, at]
            if key in running and key not in seen:
                first.append(lines[at])
            if key in running or not key:
                dropped.add(at % len(lines))
                seen.add(key)
        kept = tuple(line for at, line in enumerate(lines) if at not in dropped)
        result.append(PrintedPage(kept, tuple(dict.fromkeys(first))))
    return result


def _edges(lines: Sequence[str]) -> list[int]:
    """Indices of the first two (from 0 up) and last two (from -1 down) lines that are not empty."""
    filled = [at for at, line in enumerate(lines) if line]
    top = filled[:_EDGE]
    bottom = [at - len(lines) for at in filled[max(_EDGE, len(filled) - _EDGE) :]]
    return [at for at in (*top, *bottom) if CELL_BORDER not in lines[at]]


def _number_offset(edges: Sequence[Sequence[int]], pages: Sequence[Sequence[str]]) -> int | None:
    """What to add to a page's index for its printed number; None without at least two pages."""
    votes: Counter[int] = Counter()
    for index, (found, lines) in enumerate(zip(edges, pages, strict=True)):
        numbers = {int(n) for at in found for n in _EDGE_NUMBER.findall(lines[at])}
        numbers |= {_labelled(label) for at in found for label in _EDGE_LABEL.finditer(lines[at])}
        votes.update(number - index for number in numbers)
    offset, count = votes.most_common(1)[0] if votes else (0, 0)
    return offset if count >= 2 else None


def _running_key(line: str, number: int | None) -> str:
    """What a running line says on every page: empty for a page number, else without it."""
    if _PAGE_LABEL.fullmatch(line):
        return ""
    if number is None:
        return line
    # "Annual report | page 2 of 14": the second number would hide that the first one counts
    bare = _EDGE_LABEL.sub(lambda m: "" if _labelled(m) == number else m.group(), line)
    if bare != line:
        bare = bare.strip(_AROUND)
        return bare if _LETTER.search(bare) else ""
    bare = _EDGE_NUMBER.sub(lambda m: "" if int(m.group()) == number else m.group(), line)
    bare = bare.strip(_AROUND)
    if bare == line:
        return line
    if not _LETTER.search(bare):
        return ""
    # "Step 1", "Step 2" at the top of pages 1 and 2 are headings: only longer lines lose numbers.
    return bare if len(bare) >= 10 else line


def _labelled(label: re.Match[str]) -> int:
    """The page that a label names."""
    number = _FIRST_NUMBER.search(label.group())
    return int(number.group()) if number else 0
