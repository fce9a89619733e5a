"""DOCX → text: headings by style, numbered clauses with their numbers, tables as named rows.

An own walk over the XML, because libraries drop text in odd files: text boxes, content controls,
footnotes, inserted text, charts. What was deleted under track changes stays out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from assistant.reading.drawings import Relations, drawing_lines
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.packages import ZipPackage, no_words
from assistant.reading.safexml import attribute, children, descendants, first, local
from assistant.reading.tables import table_lines
from assistant.reading.word_styles import Numbers, Styles
from assistant.reading.writing import Writer, one_line
from assistant.types import ParsedDocument

_SILENT = frozenset(
    """pPr rPr del moveFrom delText delInstrText instrText Fallback sectPr txbxContent
    footnoteReference endnoteReference commentReference annotationRef posOffset align pctWidth
    pctHeight tblPr tblGrid trPr tcPr sdtPr sdtEndPr fldChar binData""".split()
)
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}
_PAGE_NUMBER = re.compile(
    r"\W*+(?:page|seite|página|pagina)?+\W*+\d*+(?:\s*+(?:of|von|de|/)\s*+\d*+)?+\W*$"
)


def read_docx(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The text of a Word document with its headings."""
    package = ZipPackage(data, name, limits)
    part = package.main_part("word/document.xml")
    root = package.xml(part)
    relations = package.relations(part)
    writer = Writer(name, limits)
    walk = _WordWalk(package, relations, writer)
    walk.margins("header")
    body = first(root, "body")
    walk.blocks(body if body is not None else root)
    walk.comments()
    walk.margins("footer")
    if not writer.has_words:
        raise no_words(name, has_pictures=package.has_pictures())
    details = package.details()
    return writer.finish("docx", replace(details, title=walk.title or details.title))


class _WordWalk:
    """Goes over the blocks of one document in order."""

    def __init__(self, package: ZipPackage, relations: Relations, writer: Writer) -> None:
        self._package = package
        self._relations = relations
        self._writer = writer
        by_kind = dict(relations.values())
        self._styles = Styles(package.optional_xml(by_kind.get("styles", "word/styles.xml")))
        self._numbers = Numbers(package.optional_xml(by_kind.get("numbering", "")))
        self._notes = {
            kind: self._read_notes(by_kind.get(f"{kind}s", "")) for kind in ("footnote", "endnote")
        }
        self._comments_part = by_kind.get("comments", "")
        self._has_styled_headings = False
        self.title = ""

    def blocks(self, parent: Any) -> None:
        """Paragraphs and tables, also those inside content controls."""
        for element in parent:
            kind = local(element)
            if kind == "p":
                self._paragraph(element)
            elif kind == "tbl":
                self._table(element)
            elif kind == "altChunk":
                self._other_document(element)
            elif kind not in _SILENT:
                self.blocks(element)  # sdt, sdtContent, customXml, ins, smartTag

    def margins(self, kind: str) -> None:
        """Headers or footers, each different one once."""
        seen: set[str] = set()
        for relation, part in self._relations.values():
            root = self._package.optional_xml(part) if relation == kind else None
            if root is None:
                continue
            for paragraph in descendants(root, "p"):
                text = one_line(_inline(paragraph))
                if text not in seen and not _PAGE_NUMBER.match(text.lower()):
                    seen.add(text)
                    self._writer.paragraph(text)

    def comments(self) -> None:
        """Remarks in the margin, with who made them."""
        root = self._package.optional_xml(self._comments_part)
        for comment in children(root, "comment") if root is not None else ():
            text = one_line(" ".join(_inline(each) for each in descendants(comment, "p")))
            if text:
                author = attribute(comment, "author")
                self._writer.paragraph(f"Comment by {author}: {text}" if author else text)

    # ------------------------------------------------------------ paragraphs

    def _paragraph(self, element: Any) -> None:
        text = _inline(element)
        properties = first(element, "pPr")
        style = _style_of(properties)
        label = self._label(properties, style) if text.strip() else ""
        level = self._styles.heading_level(style, properties) if text.strip() else 0
        if level and len(text) <= 300:
            self._has_styled_headings = True
            if self._styles.is_title(style) and not self.title:
                self.title = text
            self._writer.heading(level, text if label in ("", "-") else f"{label} {text}")
        elif label:
            self._writer.line(f"{label} {text.strip()}")
        elif not self._has_styled_headings and _looks_like_heading(element, text):
            self._writer.heading(2, text)
        else:
            self._writer.paragraph(text)
        self._attached(element)

    def _label(self, properties: Any, style: str) -> str:
        own = first(properties, "numPr") if properties is not None else None
        inherited = self._styles.numbering(style)
        if own is None and inherited is None:
            return ""
        return self._numbers.label(own, inherited)

    def _attached(self, element: Any) -> None:
        """Text boxes, charts and notes that hang on a paragraph come after it."""
        for each in element.iter():
            kind = local(each)
            if kind == "txbxContent" and not _inside_fallback(each, element):
                self.blocks(each)
            elif kind in ("footnoteReference", "endnoteReference"):
                note = self._notes[kind.removesuffix("Reference")].get(attribute(each, "id"))
                if note:
                    self._writer.paragraph(f"(Note: {note})")
            elif kind == "graphicData":
                for line in drawing_lines(self._package, self._relations, each):
                    self._writer.line(line)

    def _read_notes(self, part: str) -> dict[str, str]:
        root = self._package.optional_xml(part)
        return {
            attribute(note, "id"): one_line(" ".join(_inline(p) for p in descendants(note, "p")))
            for note in (children(root, "footnote", "endnote") if root is not None else ())
            if attribute(note, "type") in ("", "normal")
        }

    # ------------------------------------------------------------ tables and inserted documents

    def _table(self, table: Any) -> None:
        rows = _rows(table)
        if len(rows) == 1 or all(len(row) <= 1 for row in rows):
            for row in rows:  # a frame around text, not a table
                for cell in row:
                    self._writer.gap()
                    self.blocks(cell)
            return
        grid = _grid(rows)
        heads = first(table, "tr", "trPr", "tblHeader") is not None
        self._writer.gap()
        for line in table_lines(grid, "marked" if heads else "unknown"):
            if line:
                self._writer.line(line)
            else:
                self._writer.gap()
        for row in rows:
            for cell in row:
                self._attached(cell)

    def _other_document(self, element: Any) -> None:
        """A document that was put in whole and that Word converts when it opens the file."""
        from assistant.reading import read_document

        part = self._relations.get(attribute(element, "id"), ("", ""))[1]
        if part in self._package:
            self._writer.embed(read_document(self._package.read(part), part), deeper=0)


def _inline(element: Any) -> str:
    """The words of a paragraph or cell."""
    parts: list[str] = []
    for child in element:
        kind = local(child)
        if kind == "t":
            parts.append(child.text or "")
        elif kind in _BREAKS:
            parts.append(_BREAKS[kind])
        elif kind == "sym":
            parts.append(_symbol(attribute(child, "char")))
        elif kind not in _SILENT:
            parts.append(_inline(child))
            if kind == "p":
                parts.append("\n")
    return "".join(parts)


def _symbol(code: str) -> str:
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    # private characters of symbol fonts say nothing without the font
    return chr(value) if 0x20 <= value < 0xD800 or 0xF900 <= value < 0x10000 else ""


def _style_of(properties: Any) -> str:
    element = first(properties, "pStyle") if properties is not None else None
    return attribute(element, "val") if element is not None else ""


def _looks_like_heading(element: Any, text: str) -> bool:
    """A short line that is bold throughout, in a document that uses no heading styles."""
    text = text.strip()
    if not 2 < len(text) <= 100 or "\n" in text or text[-1] in ".,;:!?|":
        return False
    runs = [run for run in descendants(element, "r") if "".join(_inline(run)).strip()]
    return bool(runs) and all(_is_bold(run) for run in runs)


def _is_bold(run: Any) -> bool:
    bold = first(run, "rPr", "b")
    return bold is not None and attribute(bold, "val") not in ("0", "false", "off")


def _inside_fallback(element: Any, top: Any) -> bool:
    """Whether it repeats for old programs what stands there already, or lies in another box."""
    parent = element.getparent()
    while parent is not None and parent is not top:
        if local(parent) in ("Fallback", "txbxContent", "del"):
            return True
        parent = parent.getparent()
    return False


def _rows(table: Any) -> list[list[Any]]:
    rows = []
    for child in table:
        kind = local(child)
        if kind == "tr":
            rows.append(_nearest(child, "tc"))
        elif kind in ("sdt", "sdtContent", "ins", "customXml"):
            rows.extend(_rows(child))
    return rows


def _nearest(element: Any, name: str) -> list[Any]:
    """The nearest descendants of this name, none inside another."""
    found = []
    for child in element:
        if local(child) == name:
            found.append(child)
        elif local(child) not in _SILENT:
            found.extend(_nearest(child, name))
    return found


def _grid(rows: list[list[Any]]) -> list[list[str]]:
    """The cells' words in columns; merged cells stand in each row they span."""
    grid: list[list[str]] = []
    for row in rows:
        line: list[str] = []
        for cell in row:
            text = one_line(_inline(cell))
            spanning = first(cell, "tcPr", "gridSpan")
            span = attribute(spanning, "val") if spanning is not None else ""
            merge = first(cell, "tcPr", "vMerge")
            at = len(line)
            if merge is not None and attribute(merge, "val") != "restart" and grid and not text:
                text = grid[-1][at] if at < len(grid[-1]) else ""
            line.append(text)
            line.extend([""] * (min(int(span[:4]), 200) - 1 if span.isdigit() else 0))
        grid.append(line)
    return grid
