"""JSON, lines of JSON → lines that can be read alone: ``name: Alice | age: 30``.

A record, which is an object in a list or a line of its own, is one row with all that it holds. Keys
of the two outer levels that hold more than a value become headings; deeper ones a dotted
path before the value. Nothing is dropped, not even a key that stands twice. What is no valid JSON
is read as plain text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import name_title, read_text
from assistant.reading.writing import Details, Writer, one_line
from assistant.tables.model import escaped
from assistant.types import ParsedDocument

_ROW, _RECORD = 600, 4000
"""Characters that still make one readable line, and those of a record that stays one row."""

_IN_LIST = 9
"""Depth of what stands in a list: a heading for each record would drown its words."""

_PACKED = re.compile(r"(?:data:[\w/+.-]+;base64,)?[A-Za-z0-9+/_-]{1000,}={0,2}$")


class _Object(list[tuple[str, Any]]):
    """A JSON object with all its keys in order; a list inside, so that doubles stay."""


def read_json(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """One JSON value, or one per line."""
    text = decode(data, name)
    limits.check_characters(name, len(text))
    writer = Writer(name, limits)
    try:
        values = _load(text)
        if values is None:
            return read_text(data, name, limits)
        for value in values:
            _write(writer, value, "", 0 if len(values) == 1 else _IN_LIST)
    except RecursionError as exc:
        raise DocumentError(f"{name} is nested too deeply", outcome="too_large") from exc
    return writer.finish("json", Details(title=_title(values) or name_title(name)))


def _load(text: str) -> list[Any] | None:
    try:
        return [json.loads(text, object_pairs_hook=_Object)]
    except ValueError:
        pass
    lines = [line for line in text.split("\n") if line.strip()]
    try:
        return [json.loads(line, object_pairs_hook=_Object) for line in lines]
    except ValueError:
        return None


def _write(writer: Writer, value: Any, path: str, depth: int) -> None:
    if isinstance(value, _Object):
        _write_object(writer, value, path, depth)
    elif isinstance(value, list):
        if all(_is_plain(each) for each in value):
            joined = ", ".join(_plain(each) for each in value)
            writer.line(f"{path}: {joined}" if path else joined)
            return
        for each in value:
            _write(writer, each, path, _IN_LIST)
    else:
        writer.line(f"{path}: {_plain(value)}" if path else _plain(value))


def _record(value: Any, path: str) -> Iterator[str]:
    """``path: value`` of all that a record holds, at any depth."""
    if isinstance(value, _Object):
        for key, inner in value:
            yield from _record(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and not all(_is_plain(each) for each in value):
        for inner in value:
            yield from _record(inner, path)
    else:
        several = isinstance(value, list) and bool(value)
        shown = ", ".join(map(_plain, value)) if several else _plain(value)
        yield f"{path}: {escaped(shown)}" if path else escaped(shown)


def _write_object(writer: Writer, pairs: _Object, path: str, depth: int) -> None:
    if depth >= _IN_LIST:
        parts = list(islice(_record(pairs, path), _RECORD))
        line = " | ".join(parts)
        if len(line) <= _RECORD and all(len(part) <= _ROW for part in parts):
            writer.line(line)
            return
    row: list[str] = []
    rest: list[tuple[str, Any]] = []
    for key, value in pairs:
        where = f"{path}.{key}" if path else key
        if _is_plain(value) and len(text := f"{where}: {escaped(_plain(value))}") <= _ROW:
            row.append(text)
        else:
            rest.append((key, value))
    for line in _rows(row):
        writer.line(line)
    for key, value in rest:
        where = f"{path}.{key}" if path else key
        if depth < 2 and not path and isinstance(value, list) and _is_long(value):
            writer.heading(depth + 1, key)
            _write(writer, value, "", depth + 1)
        elif _is_plain(value):
            writer.gap()
            writer.paragraph(f"{where}: {_plain(value, keeps_lines=True)}")
        else:
            _write(writer, value, where, depth + 1)
    writer.gap()


def _rows(parts: list[str]) -> list[str]:
    """Short pairs joined to lines of a readable length, each with the first of them."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 3 <= _ROW:
            lines[-1] += f" | {part}"
        else:
            lines.append(f"{parts[0]} | {part}" if lines and len(parts[0]) < 100 else part)
    return lines


def _is_plain(value: Any) -> bool:
    return not isinstance(value, list) or (not value)


def _is_long(value: list[Any]) -> bool:
    """Whether a key's value fills more than a line or two, so that the key is a heading."""
    if not isinstance(value, _Object) and all(_is_plain(each) for each in value):
        return False
    return len(json.dumps(value)) > _ROW


def _plain(value: Any, *, keeps_lines: bool = False) -> str:
    if isinstance(value, str):
        if _PACKED.match(value):
            return "(packed data)"
        return value if keeps_lines else one_line(value)
    if value is None or isinstance(value, bool | list):
        return json.dumps(value)
    return str(value)


def _title(values: list[Any]) -> str:
    """The top object's own title or name."""
    top = values[0] if len(values) == 1 and isinstance(values[0], _Object) else []
    for wanted in ("title", "name"):
        for key, value in top:
            if key.lower() == wanted and isinstance(value, str) and len(value) <= 200:
                return value
    return ""
