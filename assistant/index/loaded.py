"""A file that was read, as one value and as JSON: for pipes between processes, and to keep."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from typing import Any

import orjson

from assistant.errors import DocumentError
from assistant.index.rows import FileState
from assistant.text.noise import Spans
from assistant.types import Chunk, DocumentField, Heading, Page, ParsedDocument, RecognisedWord


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that was read: its parts, its hash, the state it had when it was opened, its noise,
    and what its first page says of it.

    ``is_taken_up`` when an ingest that did not finish had read and cut it.
    """

    parsed: ParsedDocument
    chunks: tuple[Chunk, ...]
    sha256: str
    state: FileState
    noise: Spans = ()
    is_taken_up: bool = False
    fields: tuple[DocumentField, ...] = ()


def packed(result: Loaded | DocumentError) -> dict[str, Any]:
    """A result as JSON can hold it; a chunk is told by its place."""
    if isinstance(result, DocumentError):
        return {"what": result.what, "hint": result.hint, "outcome": result.outcome}
    parsed = result.parsed
    return {
        "parsed": [
            parsed.text, parsed.title, parsed.kind,
            [[p.number, p.start, p.end] for p in parsed.pages],
            [[h.level, h.title, h.start] for h in parsed.headings],
            parsed.is_markdown, parsed.date, parsed.language, parsed.author, parsed.notes,
        ],
        "chunks": [[c.start, c.end, c.page, c.heading_path, c.context] for c in result.chunks],
        "rest": [result.sha256, packed_state(result.state), result.noise, result.is_taken_up],
        "fields": [[f.name, f.value, f.start, f.end] for f in result.fields],
        "recognised": [astuple(word) for word in parsed.recognised],
        "unread_pages": parsed.unread_pages,
    }  # fmt: skip


def to_line(result: Loaded | DocumentError) -> bytes:
    """A result as one line of JSON, without its end."""
    message = packed(result)
    try:
        return orjson.dumps(message)  # 8 times as fast
    except TypeError:  # half of a surrogate pair, which some texts hold
        return json.dumps(message).encode()


def from_line(line: bytes) -> Loaded | DocumentError:
    """What ``to_line`` was given. Raises ``ValueError``."""
    try:
        return unpacked(orjson.loads(line))
    except orjson.JSONDecodeError:
        return unpacked(json.loads(line))


def unpacked(message: dict[str, Any]) -> Loaded | DocumentError:
    """What ``packed`` was given."""
    if "what" in message:
        return DocumentError(message["what"], hint=message["hint"], outcome=message["outcome"])
    text, title, kind, pages, headings, is_markdown, date, language, author, notes = message[
        "parsed"
    ]
    parsed = ParsedDocument(
        text,
        title,
        kind,
        tuple(Page(*page) for page in pages),
        tuple(Heading(*heading) for heading in headings),
        is_markdown,
        date,
        language,
        author,
        tuple(notes),
        tuple(RecognisedWord(*word) for word in message["recognised"]),
        message["unread_pages"],
    )
    chunks = tuple(
        Chunk(text[start:end], start, end, page, tuple(path), context)
        for start, end, page, path, context in message["chunks"]
    )
    sha256, state, noise, is_taken_up = message["rest"]
    fields = tuple(DocumentField(*field) for field in message["fields"])
    spans = tuple((start, end) for start, end in noise)
    return Loaded(parsed, chunks, sha256, FileState(*state), spans, is_taken_up, fields)


def packed_state(state: FileState) -> list[int]:
    """A state as JSON can hold it; ``FileState(*…)`` reads it back."""
    return [state.size, state.mtime_ns, state.ctime_ns, state.inode, state.checked_ns]
