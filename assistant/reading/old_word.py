"""DOC (Word 97 and later) → text by its piece table; no headings, because styles are not read.

The text is kept in pieces, each either UTF-16 or a Windows code page, listed in the table stream.
"""

from __future__ import annotations

import re
import struct

from assistant.errors import DocumentError
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.ole import OleFile
from assistant.reading.tables import write_table
from assistant.reading.writing import Writer, one_line
from assistant.types import ParsedDocument

_FIELD_CODE = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x15]*))?\x15")
_CELL = "\x07"
_ROW = re.compile("\x07\x07")


def read_doc(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The text of an old Word document."""
    file = OleFile(data, name)
    stream = file.read("WordDocument")
    if len(stream) < 0x1AA:
        raise DocumentError(f"{name} is a damaged Word document: its first part is cut off")
    version, flags = struct.unpack_from("<H6xH", stream, 2)
    if flags & 0x0100:
        raise DocumentError(
            f"{name} is protected by a password",
            hint="save a copy without the password",
            outcome="password",
        )
    if version < 101:  # Word 6 and 95: one stretch of the Windows code page
        start, end = struct.unpack_from("<II", stream, 0x18)
        raw = stream[start:end].decode("cp1252", "replace")
    else:
        table = file.read("1Table" if flags & 0x0200 else "0Table")
        offset, length = struct.unpack_from("<II", stream, 0x1A2)
        raw = _pieces(stream, table[offset : offset + length], name)
    writer = Writer(name, limits)
    rows: list[list[str]] = []
    for paragraph in [*re.split("[\r\x0c]", _readable(raw)), ""]:
        if _CELL in paragraph:
            rows.append([one_line(cell) for cell in paragraph.rstrip(_CELL).split(_CELL)])
            continue
        if rows:
            write_table(writer, rows)
            rows = []
        writer.paragraph(paragraph)
    if not writer.has_words and any(entry in file for entry in ("Data", "ObjectPool")):
        raise DocumentError(
            f"{name} holds pictures and no text",
            hint="export it as a PDF and run OCR on that, for example `ocrmypdf in.pdf out.pdf`",
            outcome="needs_ocr",
        )
    return writer.finish("doc", file.details())


def _pieces(stream: bytes, clx: bytes, name: str) -> str:
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:  # formatting, before the piece table
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at + 5 > len(clx) or clx[at] != 2:
        raise DocumentError(f"{name} is a damaged Word document: its piece table is missing")
    (size,) = struct.unpack_from("<I", clx, at + 1)
    table = clx[at + 5 : at + 5 + size]
    count = (len(table) - 4) // 12
    if count < 1:
        raise DocumentError(f"{name} is a damaged Word document: its piece table is empty")
    places = struct.unpack_from(f"<{count + 1}I", table, 0)
    texts = []
    total = 0
    for number in range(count):
        length = places[number + 1] - places[number]
        (where,) = struct.unpack_from("<2xI", table, 4 * (count + 1) + 8 * number)
        if length <= 0:
            continue
        total += length
        if total > 2 * len(stream):  # pieces of a sane file do not overlap
            raise DocumentError(f"{name} is a damaged Word document: its pieces overlap")
        if where & 0x40000000:
            start = (where & 0x3FFFFFFF) // 2
            texts.append(stream[start : start + length].decode("cp1252", "replace"))
        else:
            texts.append(stream[where : where + 2 * length].decode("utf-16-le", "replace"))
    return "".join(texts)


def _readable(raw: str) -> str:
    """Word's own marks made plain: fields show their result, cells are parted, rows end lines."""
    for _ in range(5):  # fields inside fields
        raw, found = _FIELD_CODE.subn(lambda match: match.group(1) or "", raw)
        if not found:
            break
    raw = _ROW.sub(f"{_CELL}\r", raw)
    return raw.replace("\x1e", "-").replace("\x1f", "").replace("\x0b", "\n")
