"""Files → text. In comes the bytes of one file and its name; out goes a ``ParsedDocument``.

A reader is a function ``(data: bytes, name: str) -> ParsedDocument``; what one file may cost is its
third argument, with a default. A new format needs one row in the table below, its suffixes in
``kinds``, and one module. Readers are imported only when their format occurs. Files from outside
are read in a child process with limits (``pool``), which calls ``read_document`` there. Readers
that are not ours, of packages and of whoever uses this as a library: ``added``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol

from assistant.errors import DocumentError
from assistant.reading.kinds import KIND_OF_SUFFIX, find_kind, kind_of
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.types import ParsedDocument

if TYPE_CHECKING:
    from assistant.reading.recognition import AskForPage

__all__ = ["READER_VERSION", "SUPPORTED_SUFFIXES", "ReadingLimits", "kind_of", "read_document"]


class Reader(Protocol):
    """Reads the bytes of one file of its kind."""

    def __call__(self, data: bytes, name: str, limits: ReadingLimits = ..., /) -> ParsedDocument:
        """The document, or a ``DocumentError`` whose ``outcome`` says why not."""


READER_VERSION = 14
"""Raised when a reader's output changes, so that files are read again."""

_READERS = {
    "text": ("assistant.reading.plain", "read_text"),
    "markdown": ("assistant.reading.markdown", "read_markdown"),
    "subtitles": ("assistant.reading.subtitles", "read_subtitles"),
    "cards": ("assistant.reading.cards", "read_cards"),
    "markup": ("assistant.reading.markup", "read_markup"),
    "code": ("assistant.reading.source", "read_code"),
    "html": ("assistant.reading.html", "read_html"),
    "pdf": ("assistant.reading.pdf", "read_pdf"),
    "docx": ("assistant.reading.word", "read_docx"),
    "pptx": ("assistant.reading.slides", "read_pptx"),
    "sheets": ("assistant.reading.sheets", "read_sheets"),
    "csv": ("assistant.reading.separated", "read_csv"),
    "opendocument": ("assistant.reading.opendocument", "read_opendocument"),
    "epub": ("assistant.reading.epub", "read_epub"),
    "rtf": ("assistant.reading.rtf", "read_rtf"),
    "eml": ("assistant.reading.mail", "read_eml"),
    "mbox": ("assistant.reading.mail", "read_mbox"),
    "msg": ("assistant.reading.outlook", "read_msg"),
    "doc": ("assistant.reading.old_word", "read_doc"),
    "ppt": ("assistant.reading.old_slides", "read_ppt"),
    "json": ("assistant.reading.json_data", "read_json"),
    "notebook": ("assistant.reading.notebook", "read_notebook"),
    "xml": ("assistant.reading.xml", "read_xml"),
    "picture": ("assistant.reading.pictures", "read_picture"),
}
WITH_PICTURES = frozenset({"pdf", "picture"})
"""Kinds whose readers take, as a fourth argument, whom to ask for the words of a picture."""

SUPPORTED_SUFFIXES = tuple(sorted(KIND_OF_SUFFIX))


def read_document(
    data: bytes,
    name: str,
    limits: ReadingLimits = DEFAULT_LIMITS,
    ask: AskForPage | None = None,
) -> ParsedDocument:
    """Read one file's bytes; ``ask`` gives the words of pictured pages, which need OCR without it.

    Raises ``DocumentError`` whose ``outcome`` says why there is no text: ``empty``,
    ``needs_ocr``, ``password``, ``unsupported``, ``too_large`` or ``failed``.
    """
    check_bytes(data, name)
    kind = find_kind(data, name)
    module, function = _READERS[kind]
    read = getattr(importlib.import_module(module), function)
    if ask is not None and kind in WITH_PICTURES:
        return checked_text(read(data, name, limits, ask), name, limits)
    reader: Reader = read
    return checked_text(reader(data, name, limits), name, limits)


def check_bytes(data: bytes, name: str) -> None:
    """Raises ``DocumentError`` for a file of nothing but white space."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n\f"):
        raise DocumentError(f"{name} is empty", outcome="empty")


def checked_text(document: ParsedDocument, name: str, limits: ReadingLimits) -> ParsedDocument:
    """The same document. Raises ``DocumentError`` for one without text, or with too much of it."""
    if not document.text.strip():
        raise DocumentError(f"{name} holds no text", outcome="empty")
    limits.check_characters(name, len(document.text))
    return document
