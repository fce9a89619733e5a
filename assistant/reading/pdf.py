"""PDF → text page by page, with pdfium; lines are joined into paragraphs.

pdfium marks a hyphen at a line end as U+0002: the word is put together again. A page without a
single character in a file that has pictures needs OCR, and that is said, never passed over.
"""

from __future__ import annotations

import ctypes
import re
from typing import Any

import pypdfium2 as pdfium

from assistant.errors import DocumentError
from assistant.reading.plain import name_title
from assistant.types import Heading, Page, ParsedDocument

_SOFT_HYPHEN = re.compile("[\x02\ufffe]\r?\n?")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_NEW_BLOCK = re.compile(r"\s*(?:[-*•◦▪‣·–]\s|\(?\d{1,3}[.)]\s|[A-Z][A-Z .]{6,}$)")


def read_pdf(data: bytes, name: str) -> ParsedDocument:
    """The text of a PDF with its pages and its outline as headings.

    Raises ``DocumentError`` with outcome ``password``, ``needs_ocr`` or ``failed``.
    """
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
        page_texts = [_page_text(document, index, name) for index in range(len(document))]
        outline = _outline(document)
        title = _metadata_title(document)
    finally:
        document.close()
    text, pages = _join_pages(page_texts)
    if not text.strip():
        raise DocumentError(
            f"{name} has {len(page_texts)} page(s) and no text: it holds pictures of pages",
            hint="run OCR on it first, for example `ocrmypdf in.pdf out.pdf`",
            outcome="needs_ocr",
        )
    headings = _place_headings(text, pages, outline)
    if not title:
        title = headings[0].title if headings else _first_line(page_texts) or name_title(name)
    return ParsedDocument(text=text, title=title, kind="pdf", pages=pages, headings=headings)


def _page_text(document: Any, index: int, name: str) -> str:
    try:
        page = document[index]
        try:
            text_page = page.get_textpage()
            try:
                return join_lines(text_page.get_text_bounded())
            finally:
                text_page.close()
        finally:
            page.close()
    except pdfium.PdfiumError as exc:
        raise DocumentError(f"{name}: page {index + 1} cannot be read: {exc}") from exc


def join_lines(raw: str) -> str:
    """Lines as printed → paragraphs: a line that fills the column goes on in the next one."""
    text = _SOFT_HYPHEN.sub("", raw).replace("\r\n", "\n").replace("\r", "\n")
    lines = [
        re.sub(r"[ \t\u00a0]+", " ", _UNWANTED.sub("", line)).strip() for line in text.split("\n")
    ]
    widths = sorted(len(line) for line in lines if line)
    if not widths:
        return ""
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
    return "\n\n".join(paragraphs)


def _join_pages(page_texts: list[str]) -> tuple[str, tuple[Page, ...]]:
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
