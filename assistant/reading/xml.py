"""Any XML → text: records as ``name: value`` rows, prose as paragraphs, titles as headings.

An element of leaves alone is a record. One with words between its children is a paragraph. Entities
and external parts are never resolved. Broken XML is read as plain text.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import name_title, read_text
from assistant.reading.safexml import local, parse_xml, refused_doctype
from assistant.reading.writing import Details, Writer, one_line
from assistant.types import ParsedDocument

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_PROLOGUE = 100_000
_TITLES = ("title", "head", "heading")
_SILENT = ("script", "style", "binData", "binary-data", "binary")
_MARKUP = re.compile(
    r"</?(?:p|br|div|a|b|i|em|strong|ul|li|span|h\d)\b[^<>]{0,500}>", re.IGNORECASE
)
_NOT_SHOWN = re.compile(
    r"(?:id|lang|space|base|schemaLocation|version|class|style|href|src|\w*id)$"
)


def read_xml(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The words of an XML file."""
    text = decode(data, name)  # bytes and declaration often disagree: the bytes are believed
    if "<!DOCTYPE" in text[:_PROLOGUE] and "<!ENTITY" in text[:_PROLOGUE]:
        raise refused_doctype(name)
    source = _DECLARATION.sub("", text, count=1).lstrip()
    try:
        root = parse_xml(source.encode("utf-8", "replace"), name, allow_doctype=True)
    except DocumentError as exc:
        reason = str(exc).lower()
        if "depth" in reason or "limit" in reason or "huge" in reason:
            raise
        return read_text(data, name, limits)
    special = _special_reader(root)
    if special is not None:
        document: ParsedDocument = special(data, name, limits)
        return document
    writer = Writer(name, limits)
    _write(writer, root, 0)
    title = next((e for e in root.iter() if local(e) in _TITLES and len(e) == 0), None)
    words = (title.text or "") if title is not None else name_title(name)
    return writer.finish("xml", Details(title=words))


def _special_reader(root: Any) -> Any:
    """The reader for formats that are XML and have one of their own."""
    namespace = root.tag.rpartition("}")[0]
    if local(root) == "html":
        from assistant.reading.html import read_html

        return read_html
    if "opendocument" in namespace and local(root) == "document":
        from assistant.reading.opendocument import read_opendocument

        return read_opendocument
    return None


def _write(writer: Writer, element: Any, depth: int) -> None:
    """One element; recursion is as deep as the XML, which the parser keeps under 256."""
    if local(element) in _SILENT or not local(element):
        return
    elements = [child for child in element if local(child)]
    if not elements:
        _leaf(writer, element)
    elif _has_own_words(element):
        writer.paragraph(one_line("".join(element.itertext())))
    elif all(_is_leaf(child) for child in elements):
        _record(writer, element, elements)
    else:
        writer.gap()
        shown = _attributes(element)
        if shown:
            writer.line(" | ".join(shown))
        run: list[Any] = []
        for child in elements:
            if local(child) in _TITLES and _is_leaf(child):
                writer.heading(depth + 1, "".join(child.itertext()))
            elif _is_leaf(child) and len(child.text or "") <= 200:
                run.append(child)
            else:
                _row(writer, run)
                _write(writer, child, depth + 1)
        _row(writer, run)
        writer.gap()


def _leaf(writer: Writer, element: Any) -> None:
    words = _words(element.text or "")
    shown = _attributes(element)
    if words and len(words) > 200:
        writer.paragraph(words)
    elif words or shown:
        writer.line(" | ".join([*([f"{local(element)}: {words}"] if words else []), *shown]))


def _record(writer: Writer, element: Any, leaves: list[Any]) -> None:
    writer.gap() if sum(len(leaf.text or "") for leaf in leaves) > 400 else None
    _row(writer, leaves, _attributes(element))


def _row(writer: Writer, leaves: list[Any], shown: list[str] | None = None) -> None:
    parts = list(shown or [])
    for leaf in leaves:
        words = _words(leaf.text or "")
        if len(words) > 400:
            if parts:
                writer.line(" | ".join(parts))
                parts = []
            writer.paragraph(f"{local(leaf)}: {words}")
        elif words:
            parts.append(f"{local(leaf)}: {words}")
        parts.extend(_attributes(leaf))
    if parts:
        writer.line(" | ".join(parts))
    leaves.clear()


def _attributes(element: Any) -> list[str]:
    """Attributes that say something to a reader."""
    return [
        f"{key}: {one_line(value)}"
        for full, value in element.attrib.items()
        if (key := full.rpartition("}")[2])
        and re.search(r"[^\W\d_]{3}", value)
        and not _NOT_SHOWN.match(key)
        and len(value) <= 300
    ]


def _is_leaf(element: Any) -> bool:
    return not any(local(child) for child in element)


def _has_own_words(element: Any) -> bool:
    words = (element.text or "") + "".join(child.tail or "" for child in element)
    return bool(words.strip())


def _words(text: str) -> str:
    """A value; pages of feeds hold HTML as text, whose tags are no words."""
    if "<" in text and _MARKUP.search(text):
        text = _MARKUP.sub(" ", text)
    return one_line(text)
