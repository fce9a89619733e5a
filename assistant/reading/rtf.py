"""RTF → text with striprtf; table rows come as named rows."""

from __future__ import annotations

import re

from assistant.errors import DocumentError
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.rtf_sight import as_read
from assistant.reading.tables import write_table
from assistant.reading.writing import Details, Writer
from assistant.types import ParsedDocument

_TITLE = re.compile(r"\{\\title ([^{}\\]{1,300})\}")
_AUTHOR = re.compile(r"\{\\author ([^{}\\]{1,200})\}")
_CHANGED = re.compile(r"\{\\revtim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_BINARY = re.compile(rb"\\bin(\d{1,9}) ?")
_PICTURE = re.compile(rb"[0-9A-Fa-f\s]{400,}")


def read_rtf(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The text of an RTF document."""
    from striprtf.striprtf import rtf_to_text  # type: ignore[import-untyped]

    has_pictures = b"\\pict" in data
    # Pictures are long runs of hexadecimal digits: taken out first, they cost nothing.
    source = _PICTURE.sub(b" ", _without_binary(data)).decode("latin-1")
    writer = Writer(name, limits)
    source = as_read(source, writer.left_out)
    try:
        text = rtf_to_text(source, errors="replace")
    except (ValueError, LookupError, IndexError, UnicodeError, RecursionError) as exc:
        raise DocumentError(f"{name} is not readable RTF: {exc}") from exc
    rows: list[list[str]] = []
    for line in text.split("\n"):
        if "|" in line and line.rstrip().endswith("|"):
            rows.append([cell.strip() for cell in line.rstrip().rstrip("|").split("|")])
            continue
        _write_rows(writer, rows)
        writer.paragraph(line)
    _write_rows(writer, rows)
    if not writer.has_words and has_pictures:
        raise DocumentError(
            f"{name} holds pictures and no text",
            hint="export it as a PDF and run OCR on that, for example `ocrmypdf in.pdf out.pdf`",
            outcome="needs_ocr",
        )
    head = source[:20_000]
    changed = _CHANGED.search(head)
    return writer.finish(
        "rtf",
        Details(
            title=_first_group(_TITLE, head),
            author=_first_group(_AUTHOR, head),
            date=f"{changed[1]}-{changed[2]:0>2}-{changed[3]:0>2}" if changed else "",
        ),
    )


def _write_rows(writer: Writer, rows: list[list[str]]) -> None:
    if rows:
        write_table(writer, rows)
        rows.clear()


def _without_binary(data: bytes) -> bytes:
    """Without raw ``\\binN`` data, whose braces would end groups."""
    pieces = []
    start = 0
    while match := _BINARY.search(data, start):
        pieces.append(data[start : match.start()])
        start = match.end() + min(int(match.group(1)), len(data))
    return b"".join([*pieces, data[start:]]) if pieces else data


def _first_group(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(1) if match else ""
