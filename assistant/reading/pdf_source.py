"""PDF bytes → what pdfium finds: printed lines by page, outline, title; knows no paragraphs.

pdfium marks a hyphen at a line end as U+0002: the word is put together again. What was filled into
a form lies over the page and not in it: such pages are flattened first.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from assistant.errors import DocumentError
from assistant.reading.furniture import CELL_BORDER
from assistant.reading.ligatures import with_ligatures
from assistant.reading.limits import ReadingLimits
from assistant.reading.pdf_layout import HYPHENS, Character, stretches
from assistant.reading.recognised_text import printed_text
from assistant.reading.recognition import AskForPage, RecognisedPage

_PDFIUM = threading.Lock()
"""pdfium is not thread-safe: with four threads, 66 of 150 files came out wrong."""

_FOOT = 200
"""Characters of the two lines at the bottom of a page where a running foot stands."""
_SOFT_HYPHEN = re.compile("[\x02\ufffe]\r?\n?")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\ufeff\ud800-\udfff\ufffe\uffff]")
_UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]")
"""Private characters: the glyph's number in its font, when the font does not name its letter."""

_MOST_BOXES, _MOST_CHARACTERS = 20_000, 50_000
"""Of a page that is looked at for tables."""
MOST_UNKNOWN = 0.3
"""The share of characters that are no letters from which on a page, or a file, is not text."""
_FEW_CHARACTERS, _LARGE_PICTURE, _MOST_OBJECTS = 100, 0.5, 500
"""A page with fewer characters, and pictures on more than this share of it, is a scan with a
stamp."""
_PICTURE_DPI, LEAST_PIXELS, MOST_PIXELS = 200, 1000, 3300
"""How large the picture of a page is drawn: as scanners do, but its longer side within bounds."""
_NEAR = 20
"""Characters within which pdfium's two ways to tell a page's text agree."""
Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

_XFA_SHELL = re.compile(r"\s*(?:please wait|to view the full contents)", re.IGNORECASE)


@dataclass(slots=True)
class PdfSource:
    """What pdfium gives, filled page by page.

    ``pictured`` are numbers of pages with something drawn and not one character, ``damaged`` of
    those that cannot be read, ``stamped`` of pictures with a few words of text on them, ``garbled``
    of pages whose characters are mostly no letters. ``recognised`` are the words of such pages
    that were read from their pictures; then they are among the others no more. ``unknown_share``
    is the part of all characters that are no letters.
    """

    lines: list[list[str]] = field(default_factory=list)
    outline: list[tuple[int, str, int]] = field(default_factory=list)
    title: str = ""
    author: str = ""
    dates: tuple[str, ...] = ()
    pictured: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    stamped: list[int] = field(default_factory=list)
    garbled: list[int] = field(default_factory=list)
    recognised: dict[int, RecognisedPage] = field(default_factory=dict)
    is_blank: bool = False
    is_form_shell: bool = False
    unknown_share: float = 0.0

    @property
    def unread(self) -> list[int]:
        """Numbers of the pages whose words only their pictures tell."""
        return sorted({*self.pictured, *self.stamped, *self.garbled})


def extract(
    data: bytes, name: str, limits: ReadingLimits, ask: AskForPage | None = None
) -> PdfSource:
    """Read a whole file, one thread at a time; ``ask`` gives the words of pictured pages.

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
            return _read(document, name, limits, ask)
        finally:
            document.close()


def _read(document: Any, name: str, limits: ReadingLimits, ask: AskForPage | None) -> PdfSource:
    source = PdfSource()
    count = len(document)
    limits.check_pages(name, count)
    total = 0
    unknown: list[int] = []
    first_problem: Exception | None = None
    for index in range(count):
        try:
            raw, lines, drawn = _page(document, index)
        except (pdfium.PdfiumError, ValueError, ctypes.ArgumentError) as exc:
            first_problem = first_problem or exc
            source.damaged.append(index + 1)
            source.lines.append([])
            unknown.append(0)
            continue
        length = sum(map(len, lines))
        total += length
        limits.check_characters(name, total)
        unknown.append(len(_UNKNOWN.findall(raw)))
        source.lines.append(lines)
        if drawn and not any(lines):
            source.pictured.append(index + 1)
        elif unknown[-1] > MOST_UNKNOWN * length:
            source.garbled.append(index + 1)
        elif drawn > _LARGE_PICTURE:
            source.stamped.append(index + 1)
    if first_problem is not None and len(source.damaged) == count:
        raise DocumentError(f"{name}: its pages cannot be read: {first_problem}")
    if count == 0:
        raise DocumentError(f"{name} has no page that can be read")
    if ask is not None:
        for number in source.unread:
            _recognise(document, source, number, ask)
            unknown[number - 1] = 0 if number in source.recognised else unknown[number - 1]
        total = sum(len(line) for lines in source.lines for line in lines)
    has_words = any(map(any, source.lines)) or bool(source.recognised)
    source.is_blank = not has_words and not source.pictured
    source.unknown_share = sum(unknown) / max(1, total)
    source.is_form_shell = (
        count <= 2
        and document.get_formtype() > 1
        and _XFA_SHELL.match(" ".join(source.lines[0])) is not None
    )
    source.outline = _outline(document)
    _describe(document, source)
    return source


def _recognise(document: Any, source: PdfSource, number: int, ask: AskForPage) -> None:
    """Take the words of a page from its picture, if somebody reads it."""
    page = document[number - 1]
    try:
        found = ask(lambda: _drawn(page), number, len(document))
    finally:
        page.close()
    if found is None:
        return
    lines = printed_lines(printed_text(found))
    if number in source.stamped:
        source.stamped.remove(number)
        if _letters(lines) < _letters(source.lines[number - 1]):
            return  # the picture says nothing beyond the text on it
    for kind in (source.pictured, source.garbled):
        if number in kind:
            kind.remove(number)
    source.lines[number - 1] = lines
    source.recognised[number] = found


def _letters(lines: Sequence[str]) -> int:
    return sum(map(str.isalnum, "".join(lines)))


def _drawn(page: Any) -> Any:
    """The picture of a page: red, green and blue bytes by row and column."""
    long = max(1.0, page.get_width(), page.get_height())
    scale = max(min(_PICTURE_DPI / 72, MOST_PIXELS / long), LEAST_PIXELS / long)
    bitmap = page.render(scale=scale, rev_byteorder=True)
    return bitmap.to_numpy()[:, :, :3].copy()


def _page(document: Any, index: int) -> tuple[str, list[str], float]:
    """A page's raw text, its lines, and for a page with few words how much of it pictures cover; a
    little for one where something else is drawn."""
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
            raw = with_ligatures(text_page.get_text_bounded())
            lines = printed_lines(
                _in_order(text_page, page.get_bbox(), raw.replace(CELL_BORDER, " "))
            )
        finally:
            text_page.close()
        return raw, lines, _share_drawn(page) if len(raw.strip()) < _FEW_CHARACTERS else 0.0
    finally:
        page.close()


def _share_drawn(page: Any) -> float:
    objects = list(islice(page.get_objects(max_depth=1), _MOST_OBJECTS))
    left, bottom, right, top = page.get_bbox()
    whole = max(1.0, (right - left) * (top - bottom))
    covered = 0.0
    for each in objects:
        if each.type in (pdfium_raw.FPDF_PAGEOBJ_IMAGE, pdfium_raw.FPDF_PAGEOBJ_FORM):
            a, b, c, d = each.get_bounds()
            width, height = min(c, right) - max(a, left), min(d, top) - max(b, bottom)
            covered += max(0.0, width) * max(0.0, height) / whole
    return max(covered, 0.01) if objects else 0.0


def _in_order(text_page: Any, page_box: Box, raw: str) -> str:
    """The page's text with the rows of its tables, and with columns one after the other."""
    boxes = [text_page.get_rect(at) for at in range(min(text_page.count_rects(), _MOST_BOXES))]
    if _lines_with_gaps(boxes) < 2 or text_page.count_chars() > _MOST_CHARACTERS:
        return raw
    characters = _characters(text_page, page_box)
    found = stretches(characters)
    if not found:
        return raw
    places = _places_in(raw, characters)
    pieces: list[str] = []
    done = 0
    for stretch in found:
        pieces += [raw[done : places[stretch.start]], "\n", "\n".join(stretch.lines), "\n"]
        done = places[stretch.end]
        done += len(raw[done:]) - len(raw[done:].lstrip())
    return "".join([*pieces, raw[done:]])


def _places_in(raw: str, characters: Sequence[Character]) -> list[int]:
    """Where each character, and the end, stands in the raw text, whose white space differs.

    What the raw text lacks takes the place of what follows it.
    """
    places: list[int] = []
    at = 0
    for each in characters:
        if each.text.strip() and each.text not in HYPHENS:
            found = raw.find(each.text, at, at + _NEAR)
            if found >= 0:
                places.append(found)
                at = found + len(each.text)
                continue
        places.append(at)
    return [*places, at]


def _characters(text_page: Any, page_box: Box) -> list[Character]:
    """The characters of a page; those that stand outside it are empty."""
    box = pdfium_raw.FS_RECTF()
    left, bottom, right, top = page_box
    found = []
    for at in range(text_page.count_chars()):
        code = pdfium_raw.FPDFText_GetUnicode(text_page, at)
        text = chr(code) if code < 0x110000 else "\ufffd"
        if text == CELL_BORDER:
            text = " "
        if pdfium_raw.FPDFText_IsGenerated(text_page, at) == 1 or not (
            pdfium_raw.FPDFText_GetLooseCharBox(text_page, at, box)
        ):
            found.append(Character(text))
        elif not (
            left <= (box.left + box.right) / 2 <= right
            and bottom <= (box.bottom + box.top) / 2 <= top
        ):
            found.append(Character(""))
        else:
            found.append(Character(text, box.left, box.bottom, box.right, box.top))
    return found


def _lines_with_gaps(boxes: Sequence[Box]) -> int:
    """How many boxes stand apart from the one before on one line: a quick no for most pages."""
    return sum(
        min(a[3], b[3]) - max(a[1], b[1]) > 0.5 * min(a[3] - a[1], b[3] - b[1])
        and b[0] - a[2] > 0.45 * (b[3] - b[1])
        for a, b in pairwise(boxes)
    )


def printed_lines(raw: str) -> list[str]:
    """Lines as printed, empty ones kept, words put together that were cut at a line end."""
    text = _SOFT_HYPHEN.sub(_at_line_end, raw).replace("\r\n", "\n").replace("\r", "\n")
    return [CELL_BORDER.join(map(_clean, line.split(CELL_BORDER))) for line in text.split("\n")]


def _at_line_end(hyphen: re.Match[str]) -> str:
    """What stands for a hyphen at a line's end: nothing where the word goes on.

    It stays before a digit and between a small letter and a capital ("COVID-19", "Knight-
    Commander"). At the bottom of a page the line's end stays, too: what follows may be the foot,
    and the word goes on on the next page.
    """
    page, end = hyphen.string, hyphen.end()
    before, following = page[max(0, hyphen.start() - 1) : hyphen.start()], page[end : end + 1]
    if not following:
        return "-"
    if not (following.isupper() or following.isdigit()):
        return ""
    if len(page) - end <= _FOOT and page[end:].strip().count("\n") < 2:
        return "-\n"
    return "-" if following.isdigit() or before.islower() else ""


def _clean(line: str) -> str:
    return re.sub(r"[ \t\u00a0]+", " ", _UNWANTED.sub("", line)).strip()


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
