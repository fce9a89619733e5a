"""Spreadsheets and separated values → one line per row, each with its column names.

XLSX, XLSB, XLS and ODS come through calamine; CSV and TSV are split here. A sheet is a section, so
that a citation can name it.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import name_title
from assistant.reading.tables import table_lines
from assistant.reading.writing import NO_DETAILS, Details, Writer, one_line
from assistant.types import ParsedDocument

_DELIMITERS = (",", ";", "\t", "|")
_PASSWORD = re.compile(r"password|encrypt", re.IGNORECASE)


def read_sheets(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The cells of all sheets that have any."""
    import io

    import python_calamine as calamine

    details = _check_package(data, name, limits)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (calamine.CalamineError, OSError, ValueError) as exc:
        raise _unreadable(name, exc) from exc
    writer = Writer(name, limits)
    problems = []
    for sheet_name in book.sheet_names:
        try:
            sheet = book.get_sheet_by_name(sheet_name)
            rows = sheet.to_python(skip_empty_area=True)
        except (calamine.CalamineError, OSError, ValueError) as exc:
            problems.append(f"sheet {sheet_name}: {exc}")
            continue  # a chart sheet, or one that is damaged
        cells = ([cell_text(value) for value in row] for row in rows)
        _write_sheet(writer, f"Sheet: {sheet_name}", cells)
    if not writer.has_words:
        if problems:
            raise DocumentError(f"{name} cannot be read: {problems[0]}")
        raise DocumentError(f"{name} has only empty sheets", outcome="empty")
    kind = "ods" if data[:4] == b"PK\x03\x04" and b"opendocument" in data[:200] else "xlsx"
    details = replace(details, title=details.title or name_title(name))
    return writer.finish(kind, details, notes=tuple(problems[:5]))


def read_csv(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """Comma, semicolon, tab or bar separated values in any encoding."""
    text = decode(data, name)
    if not text.strip():
        raise DocumentError(f"{name} holds no text", outcome="empty")
    limits.check_characters(name, len(text))
    writer = Writer(name, limits)
    rows = ([one_line(cell) for cell in row] for row in _split(text, name))
    _write_sheet(writer, "", rows)
    return writer.finish("csv", Details(title=name_title(name)))


def _write_sheet(writer: Writer, heading: str, rows: Iterable[Sequence[str]]) -> None:
    for line in table_lines(rows, "likely"):
        if line:
            if heading:
                writer.heading(1, heading, is_generated=True)
                heading = ""
            writer.line(line)
        else:
            writer.gap()


def cell_text(value: Any) -> str:
    """A cell as people write it: ``5`` for 5.0, ISO dates, no binary noise in fractions."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return format(value, ".12g")
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    return "" if value is None else str(value)


def _split(text: str, name: str) -> Iterator[list[str]]:
    delimiter = _delimiter(text, name)
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        yield from csv.reader(
            text.split("\n") if '"' not in text else _lines(text), _dialect(delimiter)
        )
    except csv.Error:
        for line in text.split("\n"):
            yield line.split(delimiter)


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, as the csv module wants them when cells hold line ends."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end + 1
        yield text[start:end]
        start = end


def _dialect(delimiter: str) -> type[csv.Dialect]:
    class _Separated(csv.excel):
        pass

    _Separated.delimiter = delimiter
    return _Separated


def _delimiter(text: str, name: str) -> str:
    """The separator that splits the first lines into the same number of cells, the most of them."""
    if name.lower().endswith((".tsv", ".tab")) and "\t" in text[:20_000]:
        return "\t"
    lines = [line for line in text[:50_000].split("\n")[:30] if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [_outside_quotes(line, delimiter) for line in lines]
        usual = max(set(counts), key=counts.count)
        if usual:
            score = counts.count(usual) / len(counts) * (1 + min(usual, 10) / 10)
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])


def _check_package(data: bytes, name: str, limits: ReadingLimits) -> Details:
    """For zip formats: unpack every XML part once within the limits, before calamine does.

    calamine knows no limit of its own; 0.3 s for 100 MB unpacked is the price. Returns the
    document's properties.
    """
    from assistant.reading.packages import ZipPackage

    if data[:2] != b"PK":
        return NO_DETAILS
    package = ZipPackage(data, name, limits)
    for part in package.names:
        if part.lower().endswith((".xml", ".rels", ".bin")) and not part.lower().endswith(
            ("vbaproject.bin",)
        ):
            content = package.read(part)
            if b"<!DOCTYPE" in content[:2000]:
                raise DocumentError(f"{name} declares a document type in its XML, which is refused")
            if b":encryption-data" in content[:20_000]:
                raise _unreadable(name, ValueError("encrypted"))
    return package.details()


def _unreadable(name: str, exc: Exception) -> DocumentError:
    if _PASSWORD.search(str(exc)):
        return DocumentError(
            f"{name} is protected by a password",
            hint="save a copy without the password",
            outcome="password",
        )
    return DocumentError(f"{name} is not a readable spreadsheet: {exc}")
