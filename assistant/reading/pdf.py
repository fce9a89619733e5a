"""PDF → text page by page; lines are joined into paragraphs, the outline becomes headings.

What pdfium gives is in ``pdf_source``. A page without characters in a file with pictures is always
reported as needing OCR.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.errors import DocumentError
from assistant.reading.furniture import CELL_BORDER, PrintedPage, without_furniture
from assistant.reading.headers import find_header
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.pdf_source import MOST_UNKNOWN, PdfSource, extract
from assistant.reading.plain import name_title, says_no_title
from assistant.reading.recognised_text import place_words
from assistant.reading.recognition import HARDLY_READ, AskForPage, how_to_read_pictures
from assistant.reading.tables import table_lines
from assistant.reading.writing import iso_date, one_line
from assistant.tables.model import is_rule, row_line
from assistant.types import Heading, Page, ParsedDocument

_NEW_BLOCK = re.compile(r"\s*(?:[-*•◦▪‣·–]\s|\(?\d{1,3}[.)]\s|[A-Z][A-Z .]{6,}$)")
_PARTED = re.compile(r"[^\W_]-\Z")
"""A word or a number that goes on in the next line."""
_OCR = how_to_read_pictures("run OCR on it first, for example `ocrmypdf in.pdf out.pdf`")
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?")


def read_pdf(
    data: bytes,
    name: str,
    limits: ReadingLimits = DEFAULT_LIMITS,
    ask: AskForPage | None = None,
) -> ParsedDocument:
    """The text of a PDF with its pages and its outline as headings.

    Raises ``DocumentError`` with outcome ``empty``, ``needs_ocr``, ``password``, ``too_large`` or
    ``failed``.
    """
    source = extract(data, name, limits, ask)
    page_texts, goes_on = pages_as_text(without_furniture(source.lines))
    text, pages = join_pages(page_texts, goes_on)
    _refuse_wordless(source, text, name)
    headings = _place_headings(text, pages, source.outline)
    title = source.title
    if not title:
        title = headings[0].title if headings else _first_line(page_texts) or name_title(name)
    return ParsedDocument(
        text=text,
        title=title,
        kind="pdf",
        pages=pages,
        headings=headings,
        date=_date(source.dates),
        author=one_line(source.author)[:200],
        notes=_notes(source),
        recognised=place_words(text, pages, source.recognised),
        unread_pages=len(source.unread),
    )


def _refuse_wordless(source: PdfSource, text: str, name: str) -> None:
    if source.is_blank:
        raise DocumentError(f"{name} has {len(source.lines)} empty page(s)", outcome="empty")
    if not text.strip() and not source.unread:
        raise DocumentError(
            f"{name} has {len(source.lines)} page(s) with pictures, and no words in them that can "
            "be read",
            outcome="empty",
        )
    if not text.strip():
        raise DocumentError(
            f"{name} has {len(source.lines)} page(s) and no text: it holds pictures of pages",
            hint=_OCR,
            outcome="needs_ocr",
        )
    if source.is_form_shell:
        raise DocumentError(
            f"{name} is an XFA form, whose text only Adobe's own programs can show",
            hint="open it there and print it to a PDF",
            outcome="unsupported",
        )
    if source.unknown_share > MOST_UNKNOWN:
        raise DocumentError(
            f"{name} does not say which letters its fonts draw: {source.unknown_share:.0%} of them "
            "are unknown",
            hint=f"{_OCR.removesuffix('`')} --force-ocr`",
            outcome="needs_ocr",
        )


def _notes(source: PdfSource) -> tuple[str, ...]:
    """Pages whose words are missing from the text, and why."""
    found = []
    for pages, why in (
        (source.pictured, "hold pictures and no text; OCR would read them"),
        (source.stamped, "hold a picture under a few words of text; OCR would read it"),
        (source.garbled, "do not say which letters they draw; OCR would read them"),
        ([n for n, each in source.recognised.items() if each.is_hardly_read], HARDLY_READ),
        (source.damaged, "are damaged and were left out"),
    ):
        if pages:
            shown = ", ".join(map(str, pages[:10])) + (", …" if len(pages) > 10 else "")
            found.append(f"{len(pages)} of {len(source.lines)} pages {why}: {shown}")
    return tuple(found)


def _date(dates: Sequence[str]) -> str:
    for written in dates:
        match = _DATE.match(written)
        if match:
            return iso_date(f"{match[1]}-{match[2] or '01'}-{match[3] or '01'}")
    return ""


def pages_as_text(printed: Sequence[PrintedPage]) -> tuple[list[str], frozenset[int]]:
    """(each page's text, the pages that begin with rows of the table that ends the page before)."""
    texts: list[str] = []
    goes_on: set[int] = set()
    open_table: _OpenTable | None = None
    for index, page in enumerate(printed):
        blocks: list[str] = []
        for is_table, run in groupby(page.lines, key=lambda line: CELL_BORDER in line):
            lines = list(run)
            if not is_table:
                joined = join_lines(lines)
                open_table = None if joined else open_table
                blocks += joined
                continue
            rows = [line.split(CELL_BORDER) for line in lines]
            if open_table is not None and not blocks and open_table.holds(rows):
                goes_on.add(index)
                blocks.append("\n".join(open_table.further(rows)))
            else:
                written = list(table_lines(rows))
                blocks.append("\n".join(written))
                open_table = _OpenTable(max(map(len, rows)), _header(written))
        if page.furniture:
            runs_on = bool(blocks) and (index in goes_on or blocks[0][:1].islower())
            blocks[int(runs_on) : int(runs_on)] = page.furniture
        texts.append("\n\n".join(block for block in blocks if block))
    return texts, frozenset(goes_on)


@dataclass(frozen=True, slots=True)
class _OpenTable:
    """The last table of a page: how many columns it has, and the line that names them."""

    columns: int
    header: str

    def holds(self, rows: Sequence[Sequence[str]]) -> bool:
        """Whether rows at the top of the next page belong to it."""
        if max(map(len, rows)) != self.columns:
            return False
        found = find_header(rows, "unknown")
        return found is None or not self.header or row_line(rows[found[1]]) == self.header

    def further(self, rows: Sequence[Sequence[str]]) -> list[str]:
        """The lines of those rows; names that stand on every page are said once."""
        return [line for row in rows if (line := row_line(row)) != self.header]


def _header(lines: Sequence[str]) -> str:
    at = next((at for at, line in enumerate(lines) if is_rule(line)), 0)
    return lines[at - 1] if at else ""


def join_lines(lines: Sequence[str]) -> list[str]:
    """Lines as printed → paragraphs: a line that fills the column goes on in the next one."""
    widths = sorted(len(line) for line in lines if line)
    if not widths:
        return []
    column = widths[int(0.8 * (len(widths) - 1))]
    paragraphs: list[str] = []
    open_line = False
    for line in lines:
        if not line:
            open_line = False
            continue
        if paragraphs and _is_parted(paragraphs[-1], line):
            paragraphs[-1] += line
        elif (open_line and not _NEW_BLOCK.match(line)) or (
            paragraphs and line[:1].islower() and not paragraphs[-1].endswith((".", ":", "!", "?"))
        ):
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
        ends = line.endswith((".", "!", "?", ":", "”", '"'))
        open_line = len(line) >= (0.85 if ends else 0.7) * column and len(line) > 30
    return paragraphs


def _is_parted(before: str, line: str) -> bool:
    return _PARTED.search(before[-2:]) is not None and (line[:1].isupper() or line[:1].isdigit())


def join_pages(
    page_texts: Sequence[str], goes_on: frozenset[int] = frozenset()
) -> tuple[str, tuple[Page, ...]]:
    """One text of all pages; what runs over a page's end, word, sentence or table, stays one."""
    parts: list[str] = []
    pages: list[Page] = []
    length = 0
    for number, page_text in enumerate(page_texts, start=1):
        if parts and page_text:
            before = parts[-1].rstrip()[-1:]
            runs_on = page_text[:1].islower() and before not in ".!?:"
            gap = "\n" if number - 1 in goes_on else " " if runs_on else "\n\n"
            if runs_on and _PARTED.search(parts[-1][-2:]) and pages[-1].start < pages[-1].end:
                parts[-1], gap = parts[-1][:-1], ""
                length -= 1
                pages[-1] = replace(pages[-1], end=length)
            parts.append(gap)
            length += len(gap)
        pages.append(Page(number, length, length + len(page_text)))
        if page_text:
            parts.append(page_text)
            length += len(page_text)
    return "".join(parts), tuple(pages)


def _place_headings(
    text: str, pages: tuple[Page, ...], outline: list[tuple[int, str, int]]
) -> tuple[Heading, ...]:
    placed: list[Heading] = []
    for level, title, page_index in outline:
        if page_index >= len(pages):
            continue
        page = pages[page_index]
        at = text.find(title, page.start, page.end)
        placed.append(Heading(level, title, at if at >= 0 else page.start))
    return tuple(sorted(placed, key=lambda heading: heading.start))


def _first_line(page_texts: list[str]) -> str:
    for page_text in page_texts:
        line, _, rest = page_text.partition("\n")
        if line := line.strip():
            following = rest.lstrip().split("\n", 1)[0]
            return line if len(line) <= 120 and not says_no_title(line, following) else ""
    return ""
