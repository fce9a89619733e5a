"""A stretch of a stored text → HTML that looks like what it is: headings, grids, lists, code, mail.

Signs that only draw (``#``, bars, rules, fences) are left out. Every word stays, in its order, and
carries the marks that cover it. Text files and program code stand as they are written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from assistant.chat.document_marks import Marks
from assistant.chat.escaped import escape
from assistant.tables.model import cells_of, is_row, is_rule
from assistant.types import Source

_AS_WRITTEN = frozenset({"text", "code", "subtitles"})
_EMPHASISED = frozenset({"markdown", "notebook"})
"""Kinds whose text keeps the signs of Markdown inside its lines."""
_MAILS = frozenset({"eml", "mbox", "msg"})
_HEADING = re.compile(r"#{1,6}[ \t]+|[*=]+[ \t]+")
_ITEM = re.compile(r"([ \t]*)([-*+•‣◦]|\d{1,9}[.)]|[a-zA-Z][.)])[ \t]+(?=\S)")
_BULLETS = frozenset("-*+•‣◦")
_FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})")
_FIELD = re.compile(r"(?:Subject|From|To|Cc|Date|Attachment):[ \t]")
_SIGNS = re.compile(r"\*\*|`+")
_MOST_DEPTH = 6
_FAR_ABOVE = 400_000
"""Characters looked at above a window for the names of its first table's columns."""

_Said = TypeVar("_Said")
_Span = tuple[int, int]
_Style = tuple[int, int, str]
"""Where a style begins and ends, and its element; an empty one leaves the characters out."""


def draw_blocks(source: Source, low: int, high: int, marks: Marks, *, is_named: bool = True) -> str:
    """The text from ``low`` to ``high``. ``is_named`` gives each mark a name, which an address can
    lead to."""
    drawing = _BlockDrawing(source, marks, is_named)
    if source.kind == "code":
        return f'<pre class="code" tabindex="0">{drawing.words(low, high)}</pre>'
    return "".join(drawing.blocks(_lines(source.text, low, high)))


def _lines(text: str, low: int, high: int) -> list[_Span]:
    found = []
    while low < high:
        end = text.find("\n", low, high)
        end = high if end < 0 else end
        found.append((low, end))
        low = end + 1
    return found


class _BlockDrawing:
    """Draws the stretches of one text; knows which marks have begun."""

    def __init__(self, source: Source, marks: Marks, is_named: bool) -> None:
        self._is_named = is_named
        self._text = source.text
        self._kind = source.kind
        self._headings = {heading.start: heading.level for heading in source.headings}
        self._marks = marks
        self._starts = [start for start, _ in marks.spans]
        self._longest = max((end - start for start, end in marks.spans), default=0)
        self._begun: set[int] = set()

    def blocks(self, lines: Sequence[_Span]) -> Iterator[str]:
        """One block after the other."""
        at = 0
        is_first = True
        while at < len(lines):
            start, end = lines[at]
            kind = self._kind_of(start, end)
            stop = at + 1
            if kind == "fence":
                stop = self._after_fence(lines, at)
            elif kind in ("row", "words"):
                while stop < len(lines) and self._kind_of(*lines[stop]) == kind:
                    stop += 1
            elif kind == "item":
                while stop < len(lines) and self._goes_on(*lines[stop]):
                    stop += 1
            if kind != "empty":
                yield self._block(kind, lines[at:stop], is_first)
                is_first = False
            at = stop

    def _kind_of(self, start: int, end: int) -> str:
        body = self._text[start:end]
        if not body.strip():
            return "empty"
        if start in self._headings:
            return "heading"
        if self._kind in _AS_WRITTEN:
            return "words"
        if _FENCE.match(body):
            return "fence"
        if is_row(body) or is_rule(body):
            return "row"
        return "item" if _ITEM.match(body) else "words"

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether a line belongs to the list before it."""
        kind = self._kind_of(start, end)
        return kind == "item" or (kind == "words" and self._text[start:end][:1] in " \t")

    def _after_fence(self, lines: Sequence[_Span], at: int) -> int:
        opening = _FENCE.match(self._text[slice(*lines[at])])
        sign = opening[1] if opening else "```"
        for stop in range(at + 1, len(lines)):
            body = self._text[slice(*lines[stop])].strip()
            if body.startswith(sign) and not body.strip(sign[0]):
                return stop + 1
        return len(lines)

    def _block(self, kind: str, lines: Sequence[_Span], is_first: bool) -> str:
        if kind == "heading":
            return self._heading(*lines[0])
        if kind == "fence":
            closed = _FENCE.match(self._text[slice(*lines[-1])]) and len(lines) > 1
            inner = lines[1:-1] if closed else lines[1:]
            code = self.words(inner[0][0], inner[-1][1]) if inner else ""
            return f'<pre class="code" tabindex="0">{code}</pre>'
        if kind == "row":
            return self._table(lines, is_first)
        if kind == "item":
            return self._items(lines)
        start, end = lines[0][0], lines[-1][1]
        if self._kind in _MAILS and all(_FIELD.match(self._text, line) for line, _ in lines):
            return self._mail_head(lines)
        flows = " flow" if self._kind == "markdown" else ""
        return f'<p class="words{flows}">{self._styled(start, end)}</p>'

    def _heading(self, start: int, end: int) -> str:
        level = min(self._headings[start] + 1, 6)
        sign = _HEADING.match(self._text, start, end)
        begin = sign.end() if sign else start
        return f"<h{level}>{self._styled(begin, end)}</h{level}>"

    def _mail_head(self, lines: Sequence[_Span]) -> str:
        rows = []
        for start, end in lines:
            colon = self._text.index(":", start)
            rows.append(f"<dt>{self.words(start, colon)}</dt><dd>{self.words(colon + 2, end)}</dd>")
        return f'<dl class="mail-head">{"".join(rows)}</dl>'

    def _items(self, lines: Sequence[_Span]) -> str:
        rows: list[str] = []
        for start, end in lines:
            found = _ITEM.match(self._text, start, end)
            if found is None:  # a line that goes on
                rows[-1] += f"<br>{self._styled(start, end)}"
                continue
            depth = min(len(found[1].expandtabs(4)) // 2, _MOST_DEPTH)
            label = "•" if found[2] in _BULLETS else escape(found[2])
            rows.append(
                f'<li class="d{depth}"><span class="label">{label}</span> '
                f"{self._styled(found.end(), end)}"
            )
        return f'<ul class="items">{"".join(f"{row}</li>" for row in rows)}</ul>'

    def _table(self, lines: Sequence[_Span], is_first: bool) -> str:
        rules = [at for at, (start, end) in enumerate(lines) if is_rule(self._text[start:end])]
        named = rules[0] if rules and rules[0] <= 3 else 0
        head = [self._row(start, end, "th") for start, end in lines[:named]]
        if is_first and not named:
            head = self._names_above(lines[0][0])
        rows = [
            self._row(start, end, "td")
            for at, (start, end) in enumerate(lines)
            if at >= named and at not in rules
        ]
        names = f"<thead>{''.join(head)}</thead>" if head else ""
        return (
            '<div class="grid" role="region" aria-label="Table" tabindex="0"><table>'
            f"{names}<tbody>{''.join(rows)}</tbody></table></div>"
        )

    def _row(self, start: int, end: int, element: str) -> str:
        cells = cells_of(self._text[start:end], start)
        drawn = (f"<{element}>{self.words(cell.start, cell.end)}</{element}>" for cell in cells)
        return f"<tr>{''.join(drawn)}</tr>"

    def _names_above(self, at: int) -> list[str]:
        """The names of the columns of a table that begins above what is shown."""
        begin = self._text.rfind("\n\n", max(0, at - _FAR_ABOVE), at)
        above = _lines(self._text, begin + 2, at)[:8] if begin >= 0 or at < _FAR_ABOVE else []
        for (start, end), (below, its_end) in pairwise(above):
            if is_rule(self._text[below:its_end]):
                cells = cells_of(self._text[start:end], start)
                return [f"<tr>{''.join(f'<th>{escape(cell.text)}</th>' for cell in cells)}</tr>"]
        return []

    # ------------------------------------------------------------ words with their marks

    def _styled(self, start: int, end: int) -> str:
        """Words of a line, or of a paragraph, with its emphasis where the text has signs of it."""
        styles = _emphasis(self._text, start, end) if self._kind in _EMPHASISED else ()
        return self.words(start, end, styles)

    def words(self, start: int, end: int, styles: Sequence[_Style] = ()) -> str:
        """Escaped words; each stretch stands in the mark that covers it."""
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_left(self._starts, end)
        marks = [
            (*self._marks.spans[number], number)
            for number in range(first, last)
            if self._marks.spans[number][1] > start
        ]
        if not marks and not styles:
            return escape(self._text[start:end])
        inside = {edge for each in (*marks, *styles) for edge in each[:2] if start < edge < end}
        atoms = list(pairwise(sorted({start, end, *inside})))
        over = zip(atoms, _covering(atoms, styles), _covering(atoms, marks), strict=True)
        return "".join(self._atom(*atom, elements, numbers) for atom, elements, numbers in over)

    def _atom(self, start: int, end: int, elements: Sequence[str], covering: Sequence[int]) -> str:
        drawn = escape(self._text[start:end])
        if "" in elements:
            return ""
        for element in elements:
            drawn = f"<{element}>{drawn}</{element}>"
        if not covering:
            return drawn
        current = self._marks.current
        number = current if current is not None and current in covering else covering[0]
        is_current = number == current
        identity = ""
        if self._is_named and number not in self._begun:
            self._begun.add(number)
            identity = f' id="{"cited" if is_current else f"match{number}"}"'
        kind = "" if is_current else ' class="other"'
        return f"<mark{identity}{kind}>{drawn}</mark>"


def _covering(
    atoms: Sequence[_Span], spans: Sequence[tuple[int, int, _Said]]
) -> Iterator[list[_Said]]:
    """What is said of the spans that cover each atom, which none of them cuts, in their own order.

    One pass: a paragraph may hold thousands of both.
    """
    waiting = sorted(((low, high, at) for at, (low, high, _) in enumerate(spans)), reverse=True)
    open_ones: list[tuple[int, int]] = []
    for start, end in atoms:
        while waiting and waiting[-1][0] <= start:
            _, high, at = waiting.pop()
            open_ones.append((at, high))
        open_ones = [each for each in open_ones if each[1] >= end]
        yield [spans[at][2] for at, _ in sorted(open_ones)]


def _emphasis(text: str, start: int, end: int) -> list[_Style]:
    """Bold words and code of a paragraph of Markdown, and their signs, which are left out."""
    found: list[_Style] = []
    opened: dict[str, int] = {}
    for match in _SIGNS.finditer(text, start, end):
        sign, at = match[0], match.start()
        is_code = sign[0] == "`"
        if opened and not is_code and any(each[0] == "`" for each in opened):
            continue
        begin = opened.pop(sign, None)
        if begin is None:
            if text[match.end() : match.end() + 1].strip() or is_code:
                opened[sign] = at
            continue
        found += [
            (begin + len(sign), at, "code" if is_code else "strong"),
            (begin, begin + len(sign), ""),
            (at, match.end(), ""),
        ]
    return found
