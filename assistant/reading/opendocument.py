"""OpenDocument text and presentations (ODT, ODP, and their flat XML) → text.

Headings by outline level, tables as named rows, slides as pages, notes after their paragraph.
Spreadsheets (ODS) are read by ``sheets``.
"""

from __future__ import annotations

from typing import Any

from assistant.errors import DocumentError
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.packages import ZipPackage, no_words
from assistant.reading.safexml import attribute, children, descendants, first, local, parse_xml
from assistant.reading.tables import table_lines
from assistant.reading.writing import Details, Writer, one_line
from assistant.types import ParsedDocument

_SILENT = frozenset(
    """tracked-changes deletion sequence-decls variable-decls user-field-decls forms note
    annotation annotation-end bookmark-start change-start change-end automatic-styles
    table-of-content-source alphabetical-index-source illustration-index-source
    bibliography-source index-title-template page-number object-ole binary-data plugin
    desc""".split()
)
_BOXES = ("text-box", "custom-shape", "rect", "ellipse", "line", "connector", "polygon", "path")


def read_opendocument(
    data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS
) -> ParsedDocument:
    """The text of an ODT or ODP file with its headings, and slides as pages."""
    writer = Writer(name, limits)
    if data[:2] == b"PK":
        package = ZipPackage(data, name, limits)
        _refuse_encrypted(package)
        content = package.xml("content.xml")
        meta = package.optional_xml("meta.xml")
        has_pictures = package.has_pictures()
    else:
        content = meta = parse_xml(data, name)
        has_pictures = next(descendants(content, "binary-data"), None) is not None
    body = first(content, "body")
    walk = _OpenDocumentWalk(writer)
    for part in body if body is not None else ():
        walk.blocks(part)
    if not writer.has_words:
        raise no_words(name, has_pictures=has_pictures)
    kind = "odp" if body is not None and first(body, "presentation") is not None else "odt"
    return writer.finish(kind, _details(meta))


def _refuse_encrypted(package: ZipPackage) -> None:
    manifest = package.optional_xml("META-INF/manifest.xml")
    if manifest is not None and next(descendants(manifest, "encryption-data"), None) is not None:
        raise DocumentError(
            f"{package.name} is protected by a password",
            hint="save a copy without the password",
            outcome="password",
        )


def _details(root: Any) -> Details:
    values: dict[str, str] = {}
    meta = first(root, "meta") if root is not None else None
    for element in meta if meta is not None else ():
        if element.text:
            values.setdefault(local(element), element.text.strip())
    return Details(
        title=values.get("title", ""),
        author=values.get("creator", "") or values.get("initial-creator", ""),
        date=values.get("date", "") or values.get("creation-date", ""),
        language=values.get("language", ""),
    )


class _OpenDocumentWalk:
    """Goes over the blocks in order."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._slide = 0

    def blocks(self, parent: Any) -> None:
        for element in parent:
            kind = local(element)
            if kind == "h":
                level = attribute(element, "outline-level")
                self._writer.heading(int(level) if level.isdigit() else 1, inline(element))
                self._attached(element)
            elif kind == "p":
                self._writer.paragraph(inline(element))
                self._attached(element)
            elif kind == "list":
                self._writer.gap()
                self._list(element)
                self._writer.gap()
            elif kind == "table":
                self._table(element)
            elif kind == "page":
                self._page(element)
            elif kind == "notes":
                text = "\n".join(inline(p) for p in descendants(element, "p")).strip()
                if text:
                    self._writer.paragraph(f"Notes: {text}")
            elif kind not in _SILENT:
                self.blocks(element)  # sections, frames, text boxes, indexes

    def _page(self, element: Any) -> None:
        self._slide += 1
        self._writer.page(self._slide)
        titles = [f for f in children(element, "frame") if attribute(f, "class") == "title"]
        words = " ".join(inline(p) for frame in titles for p in descendants(frame, "p", "h"))
        title = one_line(words)
        has_title = 0 < len(title) <= 300
        self._writer.heading(
            2, title if has_title else f"Slide {self._slide}", is_generated=not has_title
        )
        for child in element:
            if not (has_title and child in titles):
                self.blocks([child])

    def _list(self, element: Any) -> None:
        for item in children(element, "list-item", "list-header"):
            for child in item:
                kind = local(child)
                if kind == "h":
                    self.blocks([child])
                elif kind == "p":
                    text = inline(child).strip()
                    if text:
                        self._writer.line(f"- {text}")
                    self._attached(child)
                elif kind == "list":
                    self._list(child)

    def _table(self, table: Any) -> None:
        self._writer.gap()
        heads = first(table, "table-header-rows") is not None
        for line in table_lines(_grid(table), "marked" if heads else "unknown"):
            self._writer.line(line) if line else self._writer.gap()

    def _attached(self, element: Any) -> None:
        """Notes, remarks and boxes that hang on a paragraph come after it."""
        for each in element.iter():
            kind = local(each)
            if kind == "note":
                body = first(each, "note-body")
                text = (
                    one_line(" ".join(inline(p) for p in descendants(body, "p")))
                    if (body is not None)
                    else ""
                )
                if text:
                    self._writer.paragraph(f"(Note: {text})")
            elif kind == "annotation":
                text = one_line(" ".join(inline(p) for p in descendants(each, "p")))
                if text:
                    self._writer.paragraph(f"Comment: {text}")
            elif kind in _BOXES and not _is_nested(each, element):
                self.blocks(each)


def _is_nested(element: Any, top: Any) -> bool:
    parent = element.getparent()
    while parent is not None and parent is not top:
        if local(parent) in _BOXES:
            return True
        parent = parent.getparent()
    return False


def inline(element: Any) -> str:
    """The words of a paragraph."""
    parts = [element.text or ""]
    for child in element:
        kind = local(child)
        if kind in ("s", "tab"):
            parts.append(" ")
        elif kind == "line-break":
            parts.append("\n")
        elif kind not in _SILENT and kind not in _BOXES:
            parts.append(inline(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _grid(table: Any) -> list[list[str]]:
    """The cells' words in columns; repeats of empty cells and rows are not written out."""
    grid: list[list[str]] = []
    for row in descendants(table, "table-row"):
        line: list[str] = []
        for cell in children(row, "table-cell", "covered-table-cell"):
            text = one_line(" ".join(inline(p) for p in descendants(cell, "p", "h")))
            repeated = attribute(cell, "number-columns-repeated")
            times = min(int(repeated), 100) if repeated.isdigit() and len(repeated) < 9 else 1
            line.extend([text] * times)
        while line and not line[-1]:
            line.pop()
        grid.append(line)
    return grid
