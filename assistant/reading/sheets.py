"""Workbooks (XLSX, XLSB, XLS, ODS) → a section with tables for each sheet.

Values come through calamine; what an XLSX keeps beside them (what is hidden or struck, how numbers
are shown, comments) comes from ``workbook_marks``. ODS goes through ``opendocument``, which reads
what is shown in the cells.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.grids import fill_merged
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.number_formats import shown_date, shown_number
from assistant.reading.packages import ZipPackage
from assistant.reading.plain import name_title
from assistant.reading.tables import write_table
from assistant.reading.workbook_marks import SheetMarks, place_name, workbook_marks
from assistant.reading.writing import NO_DETAILS, Writer, one_line
from assistant.types import ParsedDocument

_PASSWORD = re.compile(r"password|encrypt", re.IGNORECASE)
_NO_MARKS = SheetMarks()


def read_sheets(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The cells of all sheets that have any."""
    import python_calamine as calamine

    package = _checked_package(data, name, limits)
    if package is not None and "content.xml" in package:
        from assistant.reading.opendocument import read_opendocument

        return read_opendocument(data, name, limits)
    marks = workbook_marks(package) if package is not None else {}
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (calamine.CalamineError, OSError, ValueError) as exc:
        raise _unreadable(name, exc) from exc
    writer = Writer(name, limits)
    problems = []
    unsolved = sum(each.unsolved for each in marks.values())
    for sheet_data in book.sheets_metadata:
        if sheet_data.visible != calamine.SheetVisibleEnum.Visible:
            writer.left_out.add("sheets", name=one_line(sheet_data.name))
            continue
        try:
            sheet = book.get_sheet_by_name(sheet_data.name)
            values = sheet.to_python(skip_empty_area=True)
            merged = sheet.merged_cell_ranges or ()
        except (calamine.CalamineError, OSError, ValueError) as exc:
            problems.append(f"sheet {sheet_data.name}: {exc}")
            continue  # a chart sheet, or one that is damaged
        origin = sheet.start or (0, 0)
        own = marks.get(sheet_data.name, _NO_MARKS)
        rows = _shown_rows(values, origin, own)
        labels = [next(filter(None, row), "") for row in rows]
        comments = list(_comment_lines(rows, labels, origin, own))
        fill_merged(rows, merged, origin)
        _write_sheet(writer, sheet_data.name, _without_hidden(writer, rows, origin, own))
        for line in (*own.boxes, *comments):
            writer.paragraph(line)
    if unsolved:
        problems.append(f"{unsolved} formulas have no stored value")
    if not writer.has_words:
        if problems:
            raise DocumentError(f"{name} cannot be read: {problems[0]}")
        hidden = writer.left_out.note() and " or hidden"
        raise DocumentError(f"{name} has only empty{hidden} sheets", outcome="empty")
    details = package.details() if package is not None else NO_DETAILS
    details = replace(details, title=details.title or name_title(name))
    return writer.finish("xlsx", details, notes=tuple(problems[:5]))


def _write_sheet(writer: Writer, name: str, rows: Sequence[Sequence[str]]) -> None:
    if any(any(row) for row in rows):
        writer.heading(1, f"Sheet: {name}", is_generated=True)
        write_table(writer, rows, "likely")


def _shown_rows(
    values: Sequence[Sequence[Any]], origin: tuple[int, int], marks: SheetMarks
) -> list[list[str]]:
    """The cells as they are seen, without what is struck."""
    top, left = origin
    rows = [[cell_text(value) for value in row] for row in values]
    for (row, column), code in marks.formats.items():
        if 0 <= row - top < len(rows) and 0 <= column - left < len(rows[row - top]):
            shown = formatted(values[row - top][column - left], code)
            rows[row - top][column - left] = shown or rows[row - top][column - left]
    for place, text in (*marks.texts.items(), *((place, "") for place in marks.struck)):
        row, column = place[0] - top, place[1] - left
        if 0 <= row < len(rows) and 0 <= column < len(rows[row]):
            rows[row][column] = one_line(text)
    return rows


def _without_hidden(
    writer: Writer, rows: Sequence[list[str]], origin: tuple[int, int], marks: SheetMarks
) -> list[list[str]]:
    """The rows and columns that are seen; what is left out is counted."""
    top, left = origin
    struck = sum(1 for place in marks.struck if place[0] not in marks.hidden_rows)
    if struck + len(marks.texts):
        writer.left_out.add("struck", struck + len(marks.texts))
    hidden_columns = {at - left for at in marks.hidden_columns}
    hidden = [at for at in range(len(rows)) if at + top in marks.hidden_rows and any(rows[at])]
    columns = (
        {at for row in rows for at in hidden_columns if 0 <= at < len(row) and row[at]}
        if hidden_columns
        else set()
    )
    if hidden:
        writer.left_out.add("rows", len(hidden))
    if columns:
        writer.left_out.add("columns", len(columns))
    emptied = {place[0] for place in marks.struck} | {place[0] for place in marks.texts}
    kept = []
    for at, row in enumerate(rows):
        if at + top in marks.hidden_rows:
            continue
        if hidden_columns:
            row = [cell for column, cell in enumerate(row) if column not in hidden_columns]
        if not any(row) and at + top in emptied:
            continue  # a row that is struck altogether parts no table
        kept.append(row)
    return kept


def _comment_lines(
    rows: Sequence[Sequence[str]],
    labels: Sequence[str],
    origin: tuple[int, int],
    marks: SheetMarks,
) -> list[str]:
    """What people remarked on cells, with the cell's place and words."""
    lines = []
    for (row, column), author, words in marks.comments:
        if row in marks.hidden_rows or column in marks.hidden_columns:
            continue
        at, across = row - origin[0], column - origin[1]
        has_cell = 0 <= at < len(rows) and 0 <= across < len(rows[at])
        about = dict.fromkeys(filter(None, (labels[at], rows[at][across]))) if has_cell else ()
        where = place_name((row, column)) + (f" ({', '.join(about)})" if about else "")
        by = f" by {one_line(author)}" if author.strip() else ""
        lines.append(f"Comment{by} on cell {where}: {one_line(words)}")
    return lines


def formatted(value: Any, code: str) -> str:
    """A number or date as its format shows it; empty when it is shown as it is stored."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float | int):
        return shown_number(value, code)
    return shown_date(value, code) if isinstance(value, datetime.date) else ""


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


def _checked_package(data: bytes, name: str, limits: ReadingLimits) -> ZipPackage | None:
    """For zip formats: unpack every XML part once within the limits, before calamine does.

    calamine knows no limit of its own; 0.3 s for 100 MB unpacked is the price.
    """
    if data[:2] != b"PK":
        return None
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
    return ZipPackage(data, name, limits)


def _unreadable(name: str, exc: Exception) -> DocumentError:
    if _PASSWORD.search(str(exc)):
        return DocumentError(
            f"{name} is protected by a password",
            hint="save a copy without the password",
            outcome="password",
        )
    return DocumentError(f"{name} is not a readable spreadsheet: {exc}")
