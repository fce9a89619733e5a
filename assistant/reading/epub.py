"""EPUB → text: the chapters of the spine in their order, with their headings.

Chapters without a heading of their own take the name that the table of contents gives them.
"""

from __future__ import annotations

import posixpath
from typing import Any
from urllib.parse import unquote

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.html import parse_html, write_blocks
from assistant.reading.html_blocks import html_blocks
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.packages import ZipPackage, no_words
from assistant.reading.safexml import attribute, descendants, first, local
from assistant.reading.writing import Details, Writer
from assistant.types import ParsedDocument

_FONTS = (".otf", ".ttf", ".woff", ".woff2")


def read_epub(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The text of a book."""
    package = ZipPackage(data, name, limits)
    _refuse_protected(package)
    part, book = _book(package)
    folder = posixpath.dirname(part)
    items = {attribute(item, "id"): item for item in descendants(book, "item")}
    writer = Writer(name, limits)
    titles = _chapter_titles(package, folder, items)
    problems: list[str] = []
    for chapter in _chapters(package, folder, book, items):
        try:
            source = decode(package.read(chapter), chapter, is_html=True)
            root = parse_html(source, chapter)
        except DocumentError as exc:
            if exc.outcome not in ("failed", "empty"):
                raise
            if exc.outcome == "failed":
                problems.append(exc.what)
            continue
        blocks = html_blocks(root, keeps_all=True, left_out=writer.left_out)
        if blocks and not any(block.level for block in blocks[:5]):
            writer.heading(2, titles.get(chapter, ""), is_generated=True)
        write_blocks(writer, blocks)
    if not writer.has_words:
        if problems:
            raise DocumentError(f"{name} cannot be read: {problems[0]}")
        raise no_words(name, has_pictures=package.has_pictures())
    return writer.finish("epub", _details(book), notes=tuple(problems[:5]))


def _book(package: ZipPackage) -> tuple[str, Any]:
    container = package.optional_xml("META-INF/container.xml")
    if container is not None:
        for root_file in descendants(container, "rootfile"):
            part = unquote(attribute(root_file, "full-path"))
            if part in package:
                return part, package.xml(part)
    part = next((name for name in package.names if name.lower().endswith(".opf")), "")
    if not part:
        raise DocumentError(f"{package.name} lacks the list of its chapters")
    return part, package.xml(part)


def _chapters(package: ZipPackage, folder: str, book: Any, items: dict[str, Any]) -> list[str]:
    parts: dict[str, None] = {}
    for reference in descendants(book, "itemref"):
        item = items.get(attribute(reference, "idref"))
        if item is not None:
            part = posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href"))))
            if part in package:
                parts.setdefault(part)
    if parts:
        return list(parts)
    pages = (".xhtml", ".html", ".htm")
    return sorted(name for name in package.names if name.lower().endswith(pages))


def _chapter_titles(package: ZipPackage, folder: str, items: dict[str, Any]) -> dict[str, str]:
    """What the table of contents (NCX) calls each chapter file."""
    titles: dict[str, str] = {}
    for item in items.values():
        if attribute(item, "media-type") != "application/x-dtbncx+xml":
            continue
        part = posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href"))))
        root = package.optional_xml(part)
        for point in descendants(root, "navPoint") if root is not None else ():
            label, content = first(point, "navLabel", "text"), first(point, "content")
            if label is not None and content is not None and label.text:
                target = unquote(attribute(content, "src")).partition("#")[0]
                path = posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
                titles.setdefault(path, label.text)
    return titles


def _refuse_protected(package: ZipPackage) -> None:
    """Books under copy protection have their chapters encrypted; many free ones only a font."""
    root = package.optional_xml("META-INF/encryption.xml")
    for reference in descendants(root, "CipherReference") if root is not None else ():
        if not attribute(reference, "URI").lower().endswith(_FONTS):
            raise DocumentError(
                f"{package.name} is under copy protection",
                hint="only the program it was bought for can open it",
                outcome="password",
            )


def _details(book: Any) -> Details:
    values: dict[str, str] = {}
    metadata = first(book, "metadata")
    for element in metadata.iter() if metadata is not None else ():
        if element.text and element.text.strip():
            values.setdefault(local(element), element.text.strip())
    return Details(
        title=values.get("title", ""),
        author=values.get("creator", ""),
        date=values.get("date", ""),
        language=values.get("language", ""),
    )
