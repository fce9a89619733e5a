"""PDF bytes → what pdfium finds: printed lines by page, outline, title; knows no paragraphs.

pdfium marks a hyphen at a line end as U+0002: the word is put together again. What was filled into
a form lies over the page and not in it: such pages are flattened first.
"""

from __future__ import annotations

import ctypes
import re
import threading
from dataclasses import dataclass, field
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from assistant.errors import DocumentError
from assistant.reading.limits import ReadingLimits

_PDFIUM = threading.Lock()
"""pdfium is not thread-safe: with four threads, 66 of 150 files came out wrong."""

_SOFT_HYPHEN = re.compile("[\x02\ufffe]\r?\n?")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\ufeff\ud800-\udfff\ufffe\uffff]")
_UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]")
"""Private characters: the glyph's number in its font, when the font does not name its letter."""

_XFA_SHELL = re.compile(r"\s*(?:please wait|to view the full contents)", re.IGNORECASE)


@dataclass(slots=True)
class PdfSource:
    """What pdfium gives, filled page by page.

    ``pictured`` are numbers of pages with something drawn and not one character, ``damaged`` of
    those that cannot be read. ``unknown_share`` is the part of all characters that are no letters.
    """

    lines: list[list[str]] = field(default_factory=list)
    outline: list[tuple[int, str, int]] = field(default_factory=list)
    title: str = ""
    author: str = ""
    dates: tuple[str, ...] = ()
    pictured: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    is_blank: bool = False
    is_form_shell: bool = False
    unknown_share: float = 0.0


def extract(data: bytes, name: str, limits: ReadingLimits) -> PdfSource:
    """Read a whole file, one thread at a time.

    Raises ``DocumentError`` with outcome ``password``, ``too_large`` or ``failed``.
    """
    with _PDFIUM:
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
            return _read(document, name, limits)
        finally:
            document.close()


def _read(document: Any, name: str, limits: ReadingLimits) -> PdfSource:
    source = PdfSource()
    count = len(document)
    limits.check_pages(name, count)
    total = unknown = 0
    first_problem: Exception | None = None
    for index in range(count):
        try:
            raw, draws = _page(document, index)
        except (pdfium.PdfiumError, ValueError, ctypes.ArgumentError) as exc:
            first_problem = first_problem or exc
            source.damaged.append(index + 1)
            source.lines.append([])
            continue
        total += len(raw)
        limits.check_characters(name, total)
        unknown += len(_UNKNOWN.findall(raw))
        source.lines.append(printed_lines(raw))
        if draws and not any(source.lines[-1]):
            source.pictured.append(index + 1)
    if first_problem is not None and len(source.damaged) == count:
        raise DocumentError(f"{name}: its pages cannot be read: {first_problem}")
    if count == 0:
        raise DocumentError(f"{name} has no page that can be read")
    has_words = any(map(any, source.lines))
    source.is_blank = not has_words and not source.pictured
    source.unknown_share = unknown / max(1, total)
    source.is_form_shell = (
        count <= 2
        and document.get_formtype() > 1
        and _XFA_SHELL.match(" ".join(source.lines[0])) is not None
    )
    source.outline = _outline(document)
    _describe(document, source)
    return source


def _page(document: Any, index: int) -> tuple[str, bool]:
    """A page's raw text, and for a page without any whether something is drawn on it."""
    page = document[index]
    try:
        if pdfium_raw.FPDFPage_GetAnnotCount(page) > 0 and (
            pdfium_raw.FPDFPage_Flatten(page, pdfium_raw.FLAT_NORMALDISPLAY)
            == pdfium_raw.FLATTEN_SUCCESS
        ):
            page.close()
            page = document[index]
        text_page = page.get_textpage()
        try:
            raw: str = text_page.get_text_bounded()
        finally:
            text_page.close()
        draws = not raw.strip() and next(iter(page.get_objects(max_depth=1)), None) is not None
        return raw, draws
    finally:
        page.close()


def printed_lines(raw: str) -> list[str]:
    """Lines as printed, empty ones kept, words put together that were cut at a line end."""
    text = _SOFT_HYPHEN.sub("", raw).replace("\r\n", "\n").replace("\r", "\n")
    return [
        re.sub(r"[ \t\u00a0]+", " ", _UNWANTED.sub("", line)).strip() for line in text.split("\n")
    ]


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
    except (pdfium.PdfiumError, ctypes.ArgumentError, ValueError, UnicodeDecodeError):
        return found  # a broken outline costs section names, not the text
    return found


def _describe(document: Any, source: PdfSource) -> None:
    try:
        found = document.get_metadata_dict()
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return
    title = " ".join(_UNWANTED.sub("", found.get("Title", "")).split())
    looks_generated = title.lower().endswith((".doc", ".docx", ".tex", ".dvi", ".indd", ".qxd"))
    if not looks_generated and not title.lower().startswith(("untitled", "microsoft word")):
        source.title = title
    source.author = found.get("Author", "")
    source.dates = (found.get("ModDate", ""), found.get("CreationDate", ""))
