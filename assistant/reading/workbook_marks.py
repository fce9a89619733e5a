"""What an XLSX keeps beside the values of its cells: what is hidden or struck, formats, comments.

In goes the package; out comes a ``SheetMarks`` for each sheet by its name, with places counted from
0. Values themselves are read elsewhere. Only parts that hold something of the kind are walked.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from assistant.errors import DocumentError
from assistant.reading.number_formats import BUILT_IN
from assistant.reading.packages import ZipPackage
from assistant.reading.safexml import attribute, children, descendants, first, local

CellPlace = tuple[int, int]

_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_MOST_COMMENTS, _MOST_COLUMNS = 5_000, 16_384
_ON = ("1", "true", "on", "")


@dataclass(slots=True)
class SheetMarks:
    """The marks of one sheet. ``formats`` are codes of number formats; ``texts`` replace what a
    cell holds, without its struck words; ``comments`` are (place, author, words). ``unsolved``
    counts formulas whose result is not stored."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: set[CellPlace] = field(default_factory=set)
    texts: dict[CellPlace, str] = field(default_factory=dict)
    formats: dict[CellPlace, str] = field(default_factory=dict)
    comments: list[tuple[CellPlace, str, str]] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    unsolved: int = 0


def workbook_marks(package: ZipPackage) -> dict[str, SheetMarks]:
    """The marks of each sheet by its name."""
    main = package.main_part("xl/workbook.xml")
    root = package.optional_xml(main)
    if root is None:
        return {}
    relations = package.relations(main)
    by_kind = dict(relations.values())
    styles = _Styles(package.optional_xml(by_kind.get("styles", "")))
    struck_texts = _struck_texts(package, by_kind.get("sharedStrings", ""))
    people = _people(package, by_kind.get("person", ""))
    found: dict[str, SheetMarks] = {}
    for sheet in descendants(root, "sheet"):
        kind, part = relations.get(attribute(sheet, "id"), ("", ""))
        if kind != "worksheet" or part not in package:
            continue
        marks = SheetMarks()
        _read_cells(package, part, marks, styles, struck_texts)
        _read_remarks(package, part, marks, people)
        found[attribute(sheet, "name")] = marks
    return found


class _Styles:
    """Which cell styles strike their text, and which formats they show numbers in."""

    def __init__(self, root: Any) -> None:
        self.struck: set[str] = set()
        self.formats: dict[str, str] = {}
        if root is None:
            return
        codes = {str(number): code for number, code in BUILT_IN.items()}
        for each in descendants(root, "numFmt"):
            codes[attribute(each, "numFmtId")] = attribute(each, "formatCode")[:255]
        fonts = first(root, "fonts")
        struck = {
            str(at)
            for at, font in enumerate(children(fonts, "font") if fonts is not None else ())
            if _is_on(first(font, "strike"))
        }
        cells = first(root, "cellXfs")
        for at, style in enumerate(children(cells, "xf") if cells is not None else ()):
            if attribute(style, "fontId") in struck:
                self.struck.add(str(at))
            code = codes.get(attribute(style, "numFmtId"), "")
            if code and code not in ("General", "@"):
                self.formats[str(at)] = code


def _is_on(element: Any) -> bool:
    return element is not None and attribute(element, "val").lower() in _ON


def _struck_texts(package: ZipPackage, part: str) -> dict[str, str]:
    """Shared strings of which some runs are struck, by index: what is left of them."""
    if part not in package or b"strike" not in package.read(part):
        return {}
    root = package.optional_xml(part)
    found = {}
    for at, text in enumerate(children(root, "si") if root is not None else ()):
        if any(_is_struck(run) for run in children(text, "r")):
            found[str(at)] = _left_text(text)
    return found


def _is_struck(run: Any) -> bool:
    return _is_on(first(run, "rPr", "strike"))


def _left_text(text: Any) -> str:
    runs = [run for run in children(text, "r") if not _is_struck(run)]
    return "".join(part.text or "" for run in runs for part in children(run, "t"))


def _read_cells(
    package: ZipPackage, part: str, marks: SheetMarks, styles: _Styles, struck: dict[str, str]
) -> None:
    content = package.read(part)
    signs = (b"hidden", b"strike", b"<f", b":f>")
    if not (styles.struck or styles.formats or struck or any(sign in content for sign in signs)):
        return
    at, column = -1, -1
    for event, element in _elements(package.name, content):
        kind = local(element)
        if event == "end":
            if kind == "row":
                element.clear()  # or all cells of a sheet stay in memory
            elif kind == "c":
                place = _place(element.get("r", ""))
                column = place[1] if place else column + 1
                _mark_cell(element, (at, column), marks, styles, struck)
        elif kind == "row":
            number = element.get("r", "")
            at, column = int(number) - 1 if number.isdecimal() else at + 1, -1
            if _is_hidden(element):
                marks.hidden_rows.add(at)
        elif kind == "col" and _is_hidden(element):
            low, high = element.get("min", ""), element.get("max", "")
            if low.isdecimal() and high.isdecimal():
                marks.hidden_columns.update(range(int(low) - 1, min(int(high), _MOST_COLUMNS)))


def _mark_cell(
    cell: Any, where: CellPlace, marks: SheetMarks, styles: _Styles, struck: dict[str, str]
) -> None:
    style, kind = cell.get("s", ""), cell.get("t", "n")
    value = first(cell, "v")
    if value is None or not value.text:
        marks.unsolved += first(cell, "f") is not None
    if style in styles.struck:
        marks.struck.add(where)
    elif kind == "s" and struck:
        left = struck.get(value.text or "") if value is not None else None
        if left is not None:
            marks.texts[where] = left
    elif kind == "inlineStr":
        inline = first(cell, "is")
        if inline is not None and any(_is_struck(run) for run in children(inline, "r")):
            marks.texts[where] = _left_text(inline)
    elif kind in ("n", "d") and style in styles.formats:
        marks.formats[where] = styles.formats[style]


def _is_hidden(element: Any) -> bool:
    return element.get("hidden", "").lower() in ("1", "true")


def _elements(name: str, content: bytes) -> Iterator[tuple[str, Any]]:
    events = etree.iterparse(
        io.BytesIO(content),
        events=("start", "end"),
        tag=["{*}col", "{*}row", "{*}c"],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        yield from events
    except etree.XMLSyntaxError as exc:
        raise DocumentError(f"{name} holds XML that cannot be read: {exc.msg}") from exc


def _place(reference: str) -> CellPlace | None:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def place_name(place: CellPlace) -> str:
    """A place as people name it: ``B4``."""
    row, column = place[0] + 1, place[1] + 1
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


# ---------------------------------------------------------------- comments and text boxes


def _people(package: ZipPackage, part: str) -> dict[str, str]:
    root = package.optional_xml(part)
    return {
        attribute(person, "id"): attribute(person, "displayName")
        for person in (descendants(root, "person") if root is not None else ())
    }


def _read_remarks(
    package: ZipPackage, part: str, marks: SheetMarks, people: dict[str, str]
) -> None:
    notes: dict[CellPlace, tuple[str, str]] = {}
    threads: dict[CellPlace, list[tuple[str, str]]] = {}
    for kind, target in package.relations(part).values():
        root = package.optional_xml(target) if kind in _REMARKS else None
        if root is None:
            continue
        if kind == "comments":
            authors = [author.text or "" for author in descendants(root, "author")]
            for comment in descendants(root, "comment"):
                place = _place(attribute(comment, "ref"))
                number = attribute(comment, "authorId")
                author = (
                    authors[int(number)]
                    if number.isdecimal() and int(number) < len(authors)
                    else ""
                )
                text = first(comment, "text")
                words = (
                    "".join(e.text or "" for e in descendants(text, "t"))
                    if text is not None
                    else ""
                )
                if place and words.strip():
                    notes[place] = (author, words)
        elif kind == "threadedComment":
            for comment in descendants(root, "threadedComment"):
                place = _place(attribute(comment, "ref"))
                text = first(comment, "text")
                if place and text is not None and (text.text or "").strip():
                    author = people.get(attribute(comment, "personId"), "")
                    threads.setdefault(place, []).append((author, text.text))
        else:
            for box in descendants(root, "txBody"):
                marks.boxes.extend(
                    "".join(run.text or "" for run in descendants(paragraph, "t"))
                    for paragraph in children(box, "p")
                )
    for place in sorted({*notes, *threads})[:_MOST_COMMENTS]:
        # a thread also stands as a note, with a remark that this program is too old to show it
        said = threads.get(place) or [notes[place]]
        marks.comments.extend((place, author, words) for author, words in said)


_REMARKS = ("comments", "threadedComment", "drawing")
