"""PPTX → text slide by slide: title, boxes (also in groups), tables, charts, diagrams, notes.

A slide is a page: a citation names its number. Slide numbers are dropped; a footer that stands on
every slide is written once.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.drawings import Relations, drawing_lines
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.packages import ZipPackage, no_words
from assistant.reading.safexml import attribute, children, descendants, first, local
from assistant.reading.tables import table_lines
from assistant.reading.writing import Writer, one_line
from assistant.types import ParsedDocument

_TITLES = ("title", "ctrTitle")
_ONCE = ("ftr", "dt", "hdr")


def read_pptx(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The text of a presentation with its slides as pages."""
    package = ZipPackage(data, name, limits)
    writer = Writer(name, limits)
    seen: set[str] = set()
    parts = _slide_parts(package)
    limits.check_pages(name, len(parts))
    problems = []
    for number, part in enumerate(parts, start=1):
        writer.page(number)
        try:
            root = package.xml(part)
        except DocumentError as exc:
            if exc.outcome != "failed":
                raise
            problems.append(exc)
            continue
        _Slide(package, package.relations(part), writer, seen).write(root, number)
    if problems and len(problems) == len(parts):
        raise problems[0]
    if not writer.has_words:
        raise no_words(name, has_pictures=package.has_pictures())
    notes = (f"{len(problems)} of {len(parts)} slides are damaged",) if problems else ()
    return writer.finish("pptx", package.details(), notes=notes)


def _slide_parts(package: ZipPackage) -> list[str]:
    """The slides in their order; by their names when the presentation's own list is broken."""
    main = package.main_part("ppt/presentation.xml")
    root = package.optional_xml(main)
    relations = package.relations(main)
    parts: dict[str, None] = {}
    if root is not None:
        for slide in descendants(root, "sldId"):
            keys = [value for key, value in slide.attrib.items() if key.endswith("}id")]
            part = relations.get(keys[0], ("", ""))[1] if keys else ""
            if part in package:
                parts.setdefault(part)
    if parts:
        return list(parts)
    found = [n for n in package.names if re.search(r"ppt/slides/slide\d+\.xml$", n)]
    return sorted(found, key=lambda name: int(re.findall(r"\d+", name)[-1]))


class _Slide:
    """Writes one slide."""

    def __init__(
        self, package: ZipPackage, relations: Relations, writer: Writer, seen: set[str]
    ) -> None:
        self._package = package
        self._relations = relations
        self._writer = writer
        self._seen = seen

    def write(self, root: Any, number: int) -> None:
        tree = first(root, "cSld", "spTree")
        shapes = list(_shapes(tree)) if tree is not None else []
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        title = one_line(" ".join(_text(shape) for shape in titles))
        has_title = 0 < len(title) <= 300
        self._writer.heading(
            2, title if has_title else f"Slide {number}", is_generated=not has_title
        )
        for shape in shapes:
            if not (has_title and shape in titles):
                self._shape(shape)
        self._extras()

    def _shape(self, shape: Any) -> None:
        kind = _placeholder(shape)
        if kind == "sldNum":
            return
        if local(shape) == "graphicFrame":
            self._frame(shape)
            return
        self._writer.gap()
        for text in _paragraphs(shape):
            if kind in _ONCE:
                if text in self._seen:
                    continue
                self._seen.add(text)
            self._writer.line(text)

    def _frame(self, shape: Any) -> None:
        self._writer.gap()
        for table in descendants(shape, "tbl"):
            for line in table_lines(_grid(table), _rule(table)):
                self._writer.line(line) if line else self._writer.gap()
        for line in drawing_lines(self._package, self._relations, shape):
            self._writer.line(line)

    def _extras(self) -> None:
        """The speaker's notes and the remarks."""
        for kind, part in self._relations.values():
            if kind not in ("notesSlide", "comments"):
                continue
            root = self._package.optional_xml(part)
            if root is None:
                continue
            if kind == "notesSlide":
                bodies = [s for s in descendants(root, "sp") if _placeholder(s) == "body"]
                text = "\n".join(line for body in bodies for line in _paragraphs(body))
                label = "Notes"
            else:
                text = "\n".join("".join(e.itertext()) for e in descendants(root, "text", "txBody"))
                label = "Comment"
            if text.strip():
                self._writer.paragraph(f"{label}: {text}")


def _shapes(tree: Any) -> list[Any]:
    """Shapes and frames, those in groups too; of alternatives the first."""
    found: list[Any] = []
    for element in tree:
        kind = local(element)
        if kind in ("sp", "graphicFrame", "cxnSp"):
            found.append(element)
        elif kind in ("grpSp", "AlternateContent", "Choice", "pic"):
            found.extend(_shapes(element))
    return found


def _placeholder(shape: Any) -> str:
    element = next(descendants(shape, "ph"), None)
    return "" if element is None else attribute(element, "type") or "obj"


def _paragraphs(shape: Any) -> list[str]:
    texts = []
    for body in children(shape, "txBody"):
        for paragraph in children(body, "p"):
            text = _words(paragraph)
            if text.strip():
                texts.append(text)
    return texts


def _text(shape: Any) -> str:
    return " ".join(_paragraphs(shape))


def _words(paragraph: Any) -> str:
    parts = []
    for element in paragraph.iter():
        kind = local(element)
        if kind == "t":
            parts.append(element.text or "")
        elif kind == "br":
            parts.append("\n")
    return "".join(parts)


def _rule(table: Any) -> Any:
    properties = first(table, "tblPr")
    marked = properties is not None and attribute(properties, "firstRow") in ("1", "true")
    return "likely" if marked else "unknown"  # the mark is PowerPoint's default style


def _grid(table: Any) -> list[list[str]]:
    grid: list[list[str]] = []
    for row in children(table, "tr"):
        line: list[str] = []
        for at, cell in enumerate(children(row, "tc")):
            text = one_line(" ".join(_words(p) for p in descendants(cell, "p")))
            if not text and attribute(cell, "vMerge") in ("1", "true") and grid:
                text = grid[-1][at] if at < len(grid[-1]) else ""
            line.append(text)
        grid.append(line)
    return grid
