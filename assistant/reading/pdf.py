"""PDF → text page by page, with pdfium; lines are joined into paragraphs.

pdfium marks a hyphen at a line end as U+0002: the word is put together again. A page without a
single character in a file that has pictures needs OCR, and that is said, never passed over.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium

from assistant.errors import DocumentError
from assistant.reading.furniture import PrintedPage, without_furniture
from assistant.reading.plain import name_title
from assistant.types import Heading, Page, ParsedDocument

_PDFIUM = threading.Lock()
"""pdfium is not thread-safe: with four threads, 66 of 150 files came out wrong."""

_SOFT_HYPHEN = re.compile("[\x02\ufffe]\r?\n?")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_NEW_BLOCK = re.compile(r"\s*(?:[-*•◦▪‣·–]\s|\(?\d{1,3}[.)]\s|[A-Z][A-Z .]{6,}$)")


def read_pdf(data: bytes, name: str) -> ParsedDocument:
    """The text of a PDF with its pages and its outline as headings.

    Raises ``DocumentError`` with outcome ``empty``, ``needs_ocr``, ``password`` or ``failed``.
    """
    with _PDFIUM:
        source = _extract(data, name)
    page_texts = [page_text(page) for page in without_furniture(source.lines)]
    text, pages = _join_pages(page_texts)
    if source.is_blank:
        raise DocumentError(f"{name} has {len(page_texts)} empty page(s)", outcome="empty")
    if not text.strip():
        raise DocumentError(
            f"{name} has {len(page_texts)} page(s) and no text: it holds pictures of pages",
            hint="run OCR on it first, for example `ocrmypdf in.pdf out.pdf`",
            outcome="needs_ocr",
        )
    headings = _place_headings(text, pages, source.outline)
    title = source.title
    if not title:
        title = headings[0].title if headings else _first_line(page_texts) or name_title(name)
    return ParsedDocument(text=text, title=title, kind="pdf", pages=pages, headings=headings)


@dataclass(frozen=True, slots=True)
class _Source:
    """What pdfium gives: printed lines by page, the outline, the title, and if nothing is drawn."""

    lines: list[list[str]]
    outline: list[tuple[int, str, int]]
    title: str
    is_blank: bool


def _extract(data: bytes, name: str) -> _Source:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as exc:
        if "password" in str(exc).lower():
            raise DocumentError(
                f"{name} is protected by a password",
                hint="save a copy without the password",
                outcome="password",
            ) from exc
        raise DocumentError(f"{name} is not a readable PDF: {exc}") from exc
    try:
        lines = [_page_lines(document, index, name) for index in range(len(document))]
        return _Source(
            lines=lines,
            outline=_outline(document),
            title=_metadata_title(document),
            is_blank=not any(map(any, lines)) and not _draws_anything(document),
        )
    finally:
        document.close()


def _page_lines(document: Any, index: int, name: str) -> list[str]:
    try:
        page = document[index]
        try:
            text_page = page.get_textpage()
            try:
                return _lines(text_page.get_text_bounded())
            finally:
                text_page.close()
        finally:
            page.close()
    except pdfium.PdfiumError as exc:
        raise DocumentError(f"{name}: page {index + 1} cannot be read: {exc}") from exc


def _draws_anything(document: Any) -> bool:
    """Whether anything at all is drawn on any page; the words may be inside a picture."""
    for page in document:
        try:
            if next(iter(page.get_objects(max_depth=1)), None) is not None:
                return True
        finally:
            page.close()
    return False


def _lines(raw: str) -> list[str]:
    """Lines as printed, empty ones kept, words put together that were cut at a line end."""
    text = _SOFT_HYPHEN.sub("", raw).replace("\r\n", "\n").replace("\r", "\n")
    return [
        re.sub(r"[ \t\u00a0]+", " ", _UNWANTED.sub("", line)).strip() for line in text.split("\n")
    ]


def page_text(page: PrintedPage) -> str:
    """A page's paragraphs; what was printed at its edges stands where it cuts no sentence."""
    paragraphs = join_lines(page.lines)
    if page.furniture:
        runs_on = bool(paragraphs) and paragraphs[0][:1].islower()
        paragraphs[int(runs_on) : int(runs_on)] = page.furniture
    return "\n\n".join(paragraphs)


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
        if (open_line and not _NEW_BLOCK.match(line)) or (
            paragraphs and line[:1].islower() and not paragraphs[-1].endswith((".", ":", "!", "?"))
        ):
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
        ends = line.endswith((".", "!", "?", ":", "”", '"'))
        open_line = len(line) >= (0.85 if ends else 0.7) * column and len(line) > 30
    return paragraphs


def _join_pages(page_texts: Sequence[str]) -> tuple[str, tuple[Page, ...]]:
    """One text of all pages; a sentence that runs over a page end stays one sentence."""
    parts: list[str] = []
    pages: list[Page] = []
    length = 0
    for number, page_text in enumerate(page_texts, start=1):
        if parts and page_text:
            before = parts[-1].rstrip()[-1:]
            runs_on = page_text[:1].islower() and before not in ".!?:"
            gap = " " if runs_on else "\n\n"
            parts.append(gap)
            length += len(gap)
        pages.append(Page(number, length, length + len(page_text)))
        if page_text:
            parts.append(page_text)
            length += len(page_text)
    return "".join(parts), tuple(pages)


def _outline(document: Any) -> list[tuple[int, str, int]]:
    found: list[tuple[int, str, int]] = []
    try:
        for bookmark in document.get_toc(max_depth=6):
            destination = bookmark.get_dest()
            page = destination.get_index() if destination is not None else None
            title = " ".join(bookmark.get_title().split())
            if page is not None and title:
                found.append((min(bookmark.level + 1, 6), title, page))
            if len(found) >= 2000:
                break
    except (pdfium.PdfiumError, ctypes.ArgumentError, ValueError):
        return found  # a broken outline costs section names, not the text
    return found


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


def _metadata_title(document: Any) -> str:
    try:
        title: str = document.get_metadata_dict().get("Title", "")
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return ""
    title = " ".join(_UNWANTED.sub("", title).split())
    looks_generated = title.lower().endswith((".doc", ".docx", ".tex", ".dvi", ".indd", ".qxd"))
    return (
        "" if looks_generated or title.lower().startswith(("untitled", "microsoft word")) else title
    )


def _first_line(page_texts: list[str]) -> str:
    for page_text in page_texts:
        line = page_text.split("\n", 1)[0].strip()
        if line:
            return line if len(line) <= 120 else ""
    return ""
