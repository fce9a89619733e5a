"""Separated values (CSV, TSV, and what ends with other separators) → the lines of a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import name_title
from assistant.reading.tables import write_table
from assistant.reading.writing import Details, Writer, one_line
from assistant.types import ParsedDocument

_DELIMITERS = (",", ";", "\t", "|")


def read_csv(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """Comma, semicolon, tab or bar separated values in any encoding."""
    text = decode(data, name)
    if not text.strip():
        raise DocumentError(f"{name} holds no text", outcome="empty")
    limits.check_characters(name, len(text))
    writer = Writer(name, limits)
    write_table(writer, [[one_line(cell) for cell in row] for row in _split(text, name)], "likely")
    return writer.finish("csv", Details(title=name_title(name)))


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
