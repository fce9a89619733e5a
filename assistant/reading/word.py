"""DOCX → text: headings by style, numbered clauses with their numbers, tables.

An own walk over the XML, because libraries drop text in odd files: text boxes, content controls,
footnotes, inserted text, charts. What was deleted, struck or hidden stays out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from assistant.reading.drawings import Relations, drawing_lines
from assistant.reading.labels import comment, footnote, picture
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.packages import ZipPackage, no_words
from assistant.reading.safexml import attribute, children, descendants, first, local
from assistant.reading.tables import write_table
from assistant.reading.word_styles import ParagraphNumbers, Styles
from assistant.reading.word_tables import (
    WordTable,
    grid_of,
    inner_tables,
    own_paragraphs,
    take_table,
)
from assistant.reading.word_text import SILENT, WordText
from assistant.reading.writing import Writer, one_line
from assistant.types import ParsedDocument

_PAGE_NUMBER = re.compile(
    r"\W*+(?:page|seite|página|pagina)?+\W*+\d*+(?:\s*+(?:of|von|de|/)\s*+\d*+)?+\W*$"
)

_HANGING = frozenset(
    """txbxContent footnoteReference endnoteReference commentReference docPr graphicData""".split()
)
_LONGEST_ABOUT = 120


def read_docx(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The text of a Word document with its headings."""
    package = ZipPackage(data, name, limits)
    part = package.main_part("word/document.xml")
    root = package.xml(part)
    relations = package.relations(part)
    writer = Writer(name, limits)
    walk = _WordWalk(package, relations, writer)
    walk.margins("header")
    walk.body(root)
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
        styles = package.optional_xml(by_kind.get("styles", "word/styles.xml"))
        self._styles = Styles(styles)
        self._text = WordText(self._styles)
        self._numbers = ParagraphNumbers(package.optional_xml(by_kind.get("numbering", "")))
        self._notes = {
            kind: self._read_notes(by_kind.get(f"{kind}s", "")) for kind in ("footnote", "endnote")
        }
        self._noted = {"footnote": 0, "endnote": 0}
        self._comments = self._read_comments(by_kind.get("comments", ""))
        self._about: dict[str, str] = {}
        self._has_styled_headings = False
        self._caption = ""
        self.title = ""

    def body(self, root: Any) -> None:
        """The document itself, then remarks that nothing refers to."""
        self._text.count(root, self._writer.left_out)
        if self._comments:
            self._about = _commented_words(root)
        body = first(root, "body")
        self.blocks(body if body is not None else root)
        for number in list(self._comments):
            self._remark(number)

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
            elif kind not in SILENT:
                self.blocks(element)  # sdt, sdtContent, customXml, ins, smartTag

    def margins(self, kind: str) -> None:
        """Headers or footers, each different one once."""
        seen: set[str] = set()
        for relation, part in self._relations.values():
            root = self._package.optional_xml(part) if relation == kind else None
            if root is None:
                continue
            self._text.count(root, self._writer.left_out)
            for paragraph in descendants(root, "p"):
                text = one_line(self._text.inline(paragraph))
                if text not in seen and not _PAGE_NUMBER.match(text.lower()):
                    seen.add(text)
                    self._writer.paragraph(text)

    # ------------------------------------------------------------ paragraphs

    def _paragraph(self, element: Any) -> None:
        text = self._text.inline(element)
        properties = first(element, "pPr")
        style = _style_of(properties)
        label, depth = self._label(properties, style) if text.strip() else ("", 0)
        level = self._styles.heading_level(style, properties) if text.strip() else 0
        if level and len(text) <= 300:
            self._has_styled_headings = True
            if self._styles.is_title(style) and not self.title:
                self.title = text
            self._writer.heading(level, text if label in ("", "-") else f"{label} {text}")
        elif label:
            self._writer.item(label, text, depth)
        elif self._styles.is_caption(style) and _is_before_table(element):
            self._caption = one_line(text)
        elif not self._has_styled_headings and self._looks_like_heading(element, text):
            self._writer.heading(2, text)
        else:
            self._writer.paragraph(text)
        self._attached(element, text)

    def _label(self, properties: Any, style: str) -> tuple[str, int]:
        own = first(properties, "numPr") if properties is not None else None
        inherited = self._styles.numbering(style)
        if own is None and inherited is None:
            return "", 0
        return self._numbers.label(own, inherited)

    def _looks_like_heading(self, element: Any, text: str) -> bool:
        """A short line that is bold throughout, in a document that uses no heading styles."""
        text = text.strip()
        if not 2 < len(text) <= 100 or "\n" in text or text[-1] in ".,;:!?|":
            return False
        runs = [run for run in descendants(element, "r") if self._text.inline(run).strip()]
        return bool(runs) and all(_is_bold(run) for run in runs)

    def _attached(self, element: Any, text: str = "") -> None:
        """Text boxes, charts, pictures, notes and remarks that hang on a paragraph come after it.

        Those in a text box or in a table inside are the box's and the table's own.
        """
        for each in element.iter():
            kind = local(each)
            if kind not in _HANGING or _is_inside(each, element):
                continue
            if kind == "txbxContent":
                self.blocks(each)
            elif kind in ("footnoteReference", "endnoteReference"):
                self._note(kind.removesuffix("Reference"), attribute(each, "id"))
            elif kind == "commentReference":
                self._remark(attribute(each, "id"))
            elif kind == "docPr":
                self._writer.paragraph(picture(attribute(each, "descr"), text))
            else:
                for line in drawing_lines(self._package, self._relations, each):
                    self._writer.line(line)

    def _note(self, kind: str, number: str) -> None:
        note = self._notes[kind].get(number)
        if note:
            self._noted[kind] += 1
            self._writer.paragraph(footnote(note, str(self._noted[kind]), kind.capitalize()))

    def _read_notes(self, part: str) -> dict[str, str]:
        root = self._package.optional_xml(part)
        if root is not None:
            self._text.count(root, self._writer.left_out)
        return {
            attribute(note, "id"): self._words(note)
            for note in (children(root, "footnote", "endnote") if root is not None else ())
            if attribute(note, "type") in ("", "normal")
        }

    def _read_comments(self, part: str) -> dict[str, tuple[str, str]]:
        root = self._package.optional_xml(part)
        return {
            attribute(each, "id"): (self._words(each), attribute(each, "author"))
            for each in (children(root, "comment") if root is not None else ())
        }

    def _remark(self, number: str) -> None:
        words, author = self._comments.pop(number, ("", ""))
        if words:
            about = self._about.get(number, "")
            self._writer.paragraph(comment(words, author, about and f"“{about}”"))

    def _words(self, element: Any) -> str:
        return one_line(" ".join(self._text.inline(each) for each in descendants(element, "p")))

    # ------------------------------------------------------------ tables and inserted documents

    def _table(self, element: Any) -> None:
        caption, self._caption = self._caption, ""
        table = take_table(element, self._writer.left_out)
        if table.is_frame():
            self._writer.paragraph(caption)
            for cell in table.cells:
                self._writer.gap()
                self.blocks(cell)
            return
        grid = grid_of(table, self._cell_paragraph)
        write_table(
            self._writer, grid, "marked" if table.heads else "unknown", table.heads, caption
        )
        self._after_table(table)

    def _cell_paragraph(self, paragraph: Any) -> str:
        text = self._text.inline(paragraph)
        properties = first(paragraph, "pPr")
        label, _ = self._label(properties, _style_of(properties)) if text.strip() else ("", 0)
        return f"{label} {text}" if label and label != "-" else text

    def _after_table(self, table: WordTable) -> None:
        for cell in table.cells:
            for paragraph in own_paragraphs(cell):
                self._attached(paragraph)
            for inner in inner_tables(cell):
                self._table(inner)

    def _other_document(self, element: Any) -> None:
        """A document that was put in whole and that Word converts when it opens the file."""
        from assistant.reading import read_document

        part = self._relations.get(attribute(element, "id"), ("", ""))[1]
        if part in self._package:
            self._writer.embed(read_document(self._package.read(part), part), deeper=0)


def _style_of(properties: Any) -> str:
    element = first(properties, "pStyle") if properties is not None else None
    return attribute(element, "val") if element is not None else ""


def _is_before_table(paragraph: Any) -> bool:
    following = paragraph.getnext()
    return following is not None and local(following) == "tbl"


def _is_bold(run: Any) -> bool:
    bold = first(run, "rPr", "b")
    return bold is not None and attribute(bold, "val") not in ("0", "false", "off")


def _is_inside(element: Any, top: Any) -> bool:
    """Whether it repeats for old programs what stands there already, or is another box's."""
    parent = element.getparent()
    while parent is not None and parent is not top:
        if local(parent) in ("Fallback", "txbxContent", "del", "tbl"):
            return True
        parent = parent.getparent()
    return False


def _commented_words(root: Any) -> dict[str, str]:
    """The words that each remark is about, by its number."""
    open_now: set[str] = set()
    words: dict[str, list[str]] = {}
    for element in root.iter():
        kind = local(element)
        if kind == "commentRangeStart":
            open_now.add(attribute(element, "id"))
        elif kind == "commentRangeEnd":
            open_now.discard(attribute(element, "id"))
        elif kind == "t" and element.text:
            for number in open_now:
                words.setdefault(number, []).append(element.text)
    found = {number: one_line("".join(parts)) for number, parts in words.items()}
    return {number: text for number, text in found.items() if len(text) <= _LONGEST_ABOUT}
