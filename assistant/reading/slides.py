"""PPTX → text slide by slide: title, boxes (also in groups), tables, charts, diagrams, notes.

A slide is a page: a citation names its number. Slide numbers are dropped; a footer that stands on
every slide is written once. Hidden slides, hidden shapes and struck text stay out.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.drawings import Relations, drawing_lines
from assistant.reading.headers import HeaderRule
from assistant.reading.labels import comment, picture, speaker_notes
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.packages import ZipPackage, no_words
from assistant.reading.safexml import attribute, children, descendants, first, local
from assistant.reading.slide_text import item_label, slide_grid, slide_words
from assistant.reading.tables import write_table
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
    people = _people(package)
    for number, part in enumerate(parts, start=1):
        try:
            root = package.xml(part)
        except DocumentError as exc:
            if exc.outcome != "failed":
                raise
            problems.append(exc)
            continue
        if attribute(root, "show") in ("0", "false"):
            writer.left_out.add("slides", name=str(number))
            continue
        writer.page(number)
        _Slide(package, package.relations(part), writer, seen, people).write(root, number)
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


def _people(package: ZipPackage) -> dict[str, str]:
    """Who made comments, by number."""
    main = package.main_part("ppt/presentation.xml")
    found: dict[str, str] = {}
    for kind, part in package.relations(main).values():
        root = package.optional_xml(part) if kind in ("commentAuthors", "authors") else None
        for author in descendants(root, "cmAuthor", "author") if root is not None else ():
            found[attribute(author, "id")] = attribute(author, "name")
    return found


class _Slide:
    """Writes one slide."""

    def __init__(
        self,
        package: ZipPackage,
        relations: Relations,
        writer: Writer,
        seen: set[str],
        people: dict[str, str],
    ) -> None:
        self._package = package
        self._relations = relations
        self._writer = writer
        self._seen = seen
        self._people = people

    def write(self, root: Any, number: int) -> None:
        tree = first(root, "cSld", "spTree")
        shapes = self._shown_shapes(tree) if tree is not None else []
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        title = one_line(" ".join(text for shape in titles for _, text in self._paragraphs(shape)))
        has_title = 0 < len(title) <= 300
        self._writer.heading(
            2, title if has_title else f"Slide {number}", is_generated=not has_title
        )
        for shape in shapes:
            if not (has_title and shape in titles):
                self._shape(shape)
        self._extras()

    def _shown_shapes(self, tree: Any) -> list[Any]:
        """Shapes, pictures and frames, those in groups too; of alternatives the first."""
        found: list[Any] = []
        for element in tree:
            kind = local(element)
            if any(attribute(own, "hidden") in ("1", "true") for own in _own_properties(element)):
                if any((run.text or "").strip() for run in descendants(element, "t")):
                    self._writer.left_out.add("hidden")
            elif kind in ("sp", "graphicFrame", "cxnSp", "pic"):
                found.append(element)
            elif kind in ("grpSp", "AlternateContent", "Choice"):
                found.extend(self._shown_shapes(element))
        return found

    def _shape(self, shape: Any) -> None:
        kind = _placeholder(shape)
        if kind == "sldNum":
            return
        if local(shape) == "graphicFrame":
            self._frame(shape)
        else:
            self._writer.gap()
            numbers: dict[int, int] = {}
            for paragraph, text in self._paragraphs(shape):
                if kind in _ONCE:
                    if text in self._seen:
                        continue
                    self._seen.add(text)
                label, depth = item_label(paragraph, numbers)
                if label:
                    self._writer.item(label, text, depth)
                else:
                    self._writer.line(text)
        for own in _own_properties(shape):
            self._writer.paragraph(picture(attribute(own, "descr")))

    def _frame(self, shape: Any) -> None:
        self._writer.gap()
        for table in descendants(shape, "tbl"):
            write_table(self._writer, slide_grid(table, self._words), _rule(table))
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
                text = "\n".join(line for body in bodies for _, line in self._paragraphs(body))
                if text.strip():
                    self._writer.paragraph(speaker_notes(text))
                continue
            for remark in descendants(root, "cm", "reply"):
                said = [each for each in remark if local(each) in ("text", "txBody")]
                text = " ".join("".join(each.itertext()) for each in said)
                if text.strip():
                    author = self._people.get(attribute(remark, "authorId"), "")
                    self._writer.paragraph(comment(text, author))

    def _paragraphs(self, shape: Any) -> list[tuple[Any, str]]:
        found = (
            (paragraph, self._words(paragraph))
            for body in children(shape, "txBody")
            for paragraph in children(body, "p")
        )
        return [(paragraph, text) for paragraph, text in found if text.strip()]

    def _words(self, paragraph: Any) -> str:
        return slide_words(paragraph, self._writer.left_out)


def _own_properties(shape: Any) -> list[Any]:
    """A shape's own ``cNvPr``: its name, description, and whether it is hidden."""
    return [own for holder in shape for own in children(holder, "cNvPr")]


def _placeholder(shape: Any) -> str:
    element = next(descendants(shape, "ph"), None)
    return "" if element is None else attribute(element, "type") or "obj"


def _rule(table: Any) -> HeaderRule:
    properties = first(table, "tblPr")
    marked = properties is not None and attribute(properties, "firstRow") in ("1", "true")
    return "likely" if marked else "unknown"  # the mark is PowerPoint's default style
