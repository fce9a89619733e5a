"""OpenDocument texts, presentations and sheets (ODT, ODP, ODS, and their flat XML) → text.

Headings by outline level, lists with their numbers, slides as pages, sheets as sections, notes
after their paragraph. What is struck, hidden or deleted stays out.
"""

from __future__ import annotations

from typing import Any

from assistant.errors import DocumentError
from assistant.reading.headers import HeaderRule
from assistant.reading.labels import comment, footnote, picture, speaker_notes
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.odf_styles import ListNumbers, OdfStyles
from assistant.reading.odf_tables import read_table
from assistant.reading.packages import ZipPackage, no_words
from assistant.reading.plain import name_title
from assistant.reading.safexml import attribute, children, descendants, first, local, parse_xml
from assistant.reading.tables import write_table
from assistant.reading.writing import Details, Writer, one_line
from assistant.types import ParsedDocument

_SILENT = frozenset(
    """tracked-changes deletion sequence-decls variable-decls user-field-decls forms note
    annotation annotation-end bookmark-start change-start change-end automatic-styles
    table-of-content-source alphabetical-index-source illustration-index-source
    bibliography-source index-title-template page-number object-ole binary-data plugin
    desc calculation-settings content-validations shapes named-expressions
    database-ranges""".split()
)
_BOXES = ("text-box", "custom-shape", "rect", "ellipse", "line", "connector", "polygon", "path")
_HANGING = ("note", "annotation", "frame", *_BOXES)


def read_opendocument(
    data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS
) -> ParsedDocument:
    """The text of an ODT, ODP or ODS file with its headings, and slides as pages."""
    writer = Writer(name, limits)
    styles_root = None
    if data[:2] == b"PK":
        package = ZipPackage(data, name, limits)
        _refuse_encrypted(package)
        content = package.xml("content.xml")
        meta = package.optional_xml("meta.xml")
        styles_root = package.optional_xml("styles.xml")
        has_pictures = package.has_pictures()
    else:
        content = meta = parse_xml(data, name)
        has_pictures = next(descendants(content, "binary-data"), None) is not None
    body = first(content, "body")
    walk = _OpenDocumentWalk(writer, OdfStyles(styles_root, content))
    for part in body if body is not None else ():
        walk.blocks(part)
    if not writer.has_words:
        if body is not None and first(body, "spreadsheet") is not None:
            hidden = writer.left_out.note() and " or hidden"
            raise DocumentError(f"{name} has only empty{hidden} sheets", outcome="empty")
        raise no_words(name, has_pictures=has_pictures)
    kinds = {"presentation": "odp", "spreadsheet": "ods"}
    kind = next((kinds[k] for part in body if (k := local(part)) in kinds), "odt")
    details = _details(meta)
    if kind == "ods" and not details.title:
        details = Details(name_title(name), details.author, details.date, details.language)
    return writer.finish(kind, details)


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

    def __init__(self, writer: Writer, styles: OdfStyles) -> None:
        self._writer = writer
        self._styles = styles
        self._slide = 0
        self._lists: dict[str, ListNumbers] = {}
        self._last_list: dict[str, ListNumbers] = {}

    def blocks(self, parent: Any) -> None:
        for element in parent:
            kind = local(element)
            if kind == "tracked-changes":
                for _ in descendants(element, "deletion"):
                    self._writer.left_out.add("deleted")
            if kind in _SILENT:
                continue
            if self._is_hidden(element):
                self._leave_out("hidden", element)
            elif kind == "h":
                level = attribute(element, "outline-level")
                self._writer.heading(int(level) if level.isdigit() else 1, self.inline(element))
                self._attached(element)
            elif kind == "p":
                self._writer.paragraph(self.inline(element))
                self._attached(element)
            elif kind == "list":
                self._whole_list(element)
            elif kind == "table":
                self._table(element)
            elif kind == "page":
                self._page(element)
            elif kind == "notes":
                text = "\n".join(self.inline(p) for p in descendants(element, "p")).strip()
                if text:
                    self._writer.paragraph(speaker_notes(text))
            else:
                self.blocks(element)  # sections, frames, text boxes, indexes
                if kind == "frame":
                    self._description(element)

    def _is_hidden(self, element: Any) -> bool:
        return (
            local(element) in ("hidden-paragraph", "hidden-text")
            or attribute(element, "is-hidden") == "true"
            or (local(element) == "section" and attribute(element, "display") == "none")
            or (local(element) in ("p", "h") and self._styles.is_hidden(_style(element)))
        )

    def _leave_out(self, kind: Any, element: Any) -> None:
        if "".join(element.itertext()).strip():
            self._writer.left_out.add(kind)

    def _page(self, element: Any) -> None:
        self._slide += 1
        if self._styles.is_hidden(_style(element)):
            self._writer.left_out.add("slides", name=str(self._slide))
            return
        self._writer.page(self._slide)
        titles = [f for f in children(element, "frame") if attribute(f, "class") == "title"]
        words = " ".join(self.inline(p) for frame in titles for p in descendants(frame, "p", "h"))
        title = one_line(words)
        has_title = 0 < len(title) <= 300
        self._writer.heading(
            2, title if has_title else f"Slide {self._slide}", is_generated=not has_title
        )
        for child in element:
            if not (has_title and child in titles):
                self.blocks([child])

    # ------------------------------------------------------------ lists

    def _whole_list(self, element: Any) -> None:
        style = attribute(element, "style-name") or next(
            (
                listed
                for p in descendants(element, "p", "h")
                if (listed := self._styles.list_of(_style(p)))
            ),
            "",
        )
        goes_on = attribute(element, "continue-numbering") == "true"
        numbers = self._lists.get(attribute(element, "continue-list")) or (
            self._last_list.get(style) if goes_on else None
        )
        numbers = numbers or ListNumbers(self._styles, style)
        self._last_list[style] = numbers
        if identity := attribute(element, "id"):
            self._lists[identity] = numbers
        self._writer.gap()
        self._list(element, numbers, 1)
        self._writer.gap()

    def _list(self, element: Any, numbers: ListNumbers, depth: int) -> None:
        for item in children(element, "list-item", "list-header"):
            label = "" if local(item) == "list-item" else " "  # a list's own caption has no number
            for child in item:
                is_text = local(child) in ("p", "h") and not self._is_hidden(child)
                text = self.inline(child).strip() if is_text else ""
                if local(child) == "list":
                    self._list(child, numbers, depth + 1)
                elif not text:
                    self.blocks([child])
                elif label:
                    self._writer.line(text)
                    self._attached(child)
                else:
                    label = numbers.label(depth, attribute(item, "start-value"))
                    self._item(child, label, text, depth)
                    self._attached(child)

    def _item(self, paragraph: Any, label: str, text: str, depth: int) -> None:
        if local(paragraph) == "h":
            level = attribute(paragraph, "outline-level")
            numbered = text if label == "-" else f"{label} {text}"
            self._writer.heading(int(level) if level.isdigit() else 1, numbered)
        else:
            self._writer.item(label, text, depth - 1)

    # ------------------------------------------------------------ tables

    def _table(self, table: Any) -> None:
        name = attribute(table, "name")
        is_sheet = local(table.getparent()) == "spreadsheet"
        if is_sheet and self._styles.is_hidden(_style(table)):
            self._writer.left_out.add("sheets", name=one_line(name))
            return
        found = read_table(table, self.inline)
        self._writer.left_out.add("rows", found.hidden_rows)
        self._writer.left_out.add("columns", found.hidden_columns)
        if is_sheet and any(map(any, found.rows)):
            self._writer.heading(1, f"Sheet: {name}", is_generated=True)
        rule: HeaderRule = "marked" if found.heads else "likely" if is_sheet else "unknown"
        write_table(self._writer, found.rows, rule, found.heads)
        for remark, about in found.remarks:
            self._remark(remark, about)
        if not is_sheet:
            self._attached(table)
        for inner in found.inner:
            self._table(inner)
        for shapes in children(table, "shapes") if is_sheet else ():
            for box in descendants(shapes, "p"):
                self._writer.paragraph(self.inline(box))

    # ------------------------------------------------------------ words and what hangs on them

    def inline(self, element: Any) -> str:
        """The words of a paragraph that are shown."""
        if self._styles.is_struck(_style(element)):
            self._leave_out("struck", element)
            return ""
        parts = [element.text or ""]
        for child in element:
            kind = local(child)
            if kind in ("s", "tab"):
                parts.append(" ")
            elif kind == "line-break":
                parts.append("\n")
            elif kind in ("hidden-text", "hidden-paragraph") or (
                kind == "span" and self._styles.is_hidden(_style(child))
            ):
                self._leave_out("hidden", child)
            elif kind not in _SILENT and kind not in _BOXES and kind != "frame":
                parts.append(self.inline(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def _attached(self, element: Any) -> None:
        """Notes, remarks, pictures and boxes that hang on a paragraph come after it."""
        for each in element.iter():
            kind = local(each)
            if kind not in _HANGING or _is_inside(each, element, (*_BOXES, "table")):
                continue
            if kind == "note":
                self._note(each)
            elif kind == "annotation" and local(element) != "table":
                self._remark(each)
            elif kind == "frame":
                self._description(each)
            elif kind in _BOXES:
                self.blocks(each)

    def _note(self, note: Any) -> None:
        body, sign = first(note, "note-body"), first(note, "note-citation")
        text = " ".join(self.inline(p) for p in descendants(body, "p")) if body is not None else ""
        if text.strip():
            number = "".join(sign.itertext()) if sign is not None else ""
            kind = "Endnote" if attribute(note, "note-class") == "endnote" else "Footnote"
            self._writer.paragraph(footnote(text, number, kind))

    def _remark(self, remark: Any, about: str = "") -> None:
        text = " ".join(self.inline(p) for p in descendants(remark, "p"))
        author = first(remark, "creator")
        if text.strip():
            by = (author.text or "") if author is not None else ""
            self._writer.paragraph(comment(text, by, about))

    def _description(self, frame: Any) -> None:
        said = [e.text or "" for e in children(frame, "desc", "title")]
        shown = next(filter(None, (picture(each) for each in said)), "")
        if shown:
            self._writer.paragraph(shown)


def _style(element: Any) -> str:
    return attribute(element, "style-name")


def _is_inside(element: Any, top: Any, kinds: tuple[str, ...]) -> bool:
    parent = element.getparent()
    while parent is not None and parent is not top:
        if local(parent) in kinds:
            return True
        parent = parent.getparent()
    return False
