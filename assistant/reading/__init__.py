"""Files → text. In comes the bytes of one file and its name; out goes a ``ParsedDocument``.

A reader is a function ``(data: bytes, name: str) -> ParsedDocument``. The explicit table below is
the seam: a new format is one row and one module. Readers are imported only when their format
occurs. The bytes decide before the suffix does.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import PurePath

from assistant.errors import DocumentError
from assistant.types import ParsedDocument

Reader = Callable[[bytes, str], ParsedDocument]

READER_VERSION = 2
"""Raised when a reader's output changes, so that files are read again."""

_KINDS_BY_SUFFIX = {
    ".txt": "text",
    ".text": "text",
    ".log": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
}

_READERS = {
    "text": ("assistant.reading.plain", "read_text"),
    "markdown": ("assistant.reading.plain", "read_markdown"),
    "html": ("assistant.reading.html", "read_html"),
    "pdf": ("assistant.reading.pdf", "read_pdf"),
}

SUPPORTED_SUFFIXES = tuple(sorted(_KINDS_BY_SUFFIX))


def kind_of(data: bytes, name: str) -> str:
    """The kind of a file by its first bytes, then by its suffix; ``""`` when unsupported."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    suffix = PurePath(name).suffix.lower()
    kind = _KINDS_BY_SUFFIX.get(suffix, "")
    lowered = head[:64].lower()
    if lowered.startswith((b"<!doctype html", b"<html")) and kind in ("", "text"):
        return "html"
    if kind == "pdf":
        return ""  # called a PDF, but it is none
    return kind


def read_document(data: bytes, name: str) -> ParsedDocument:
    """Read one file's bytes.

    Raises ``DocumentError`` whose ``outcome`` says why there is no text: ``empty``,
    ``needs_ocr``, ``password``, ``unsupported`` or ``failed``.
    """
    if not data.strip(b"\xef\xbb\xbf \t\r\n\f"):
        raise DocumentError(f"{name} is empty", outcome="empty")
    kind = kind_of(data, name)
    if not kind:
        suffix = PurePath(name).suffix or "no suffix"
        raise DocumentError(
            f"{name} is of a kind that cannot be read ({suffix})",
            hint=f"readable are {', '.join(SUPPORTED_SUFFIXES)}",
            outcome="unsupported",
        )
    module, function = _READERS[kind]
    reader: Reader = getattr(importlib.import_module(module), function)
    document = reader(data, name)
    if not document.text.strip():
        raise DocumentError(f"{name} holds no text", outcome="empty")
    return document
