"""A document or a refusal ↔ bytes on a pipe; shared by the parent and the parsing child.

The child has touched hostile bytes, so the parent takes nothing from it but JSON whose every value
it checks: no pickle, no span outside the text.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.limits import ReadingLimits
from assistant.reading.recognition import RecognisedPage, unpack_page
from assistant.registry import Brought
from assistant.types import Heading, Page, ParsedDocument, RecognisedWord

OUTCOMES = frozenset({"empty", "needs_ocr", "password", "unsupported", "too_large", "failed"})
READY = b"R"
"""What a child sends first, when it is up: the time for its first file counts from here."""

_LENGTH = 8
"""Bytes before a reply that give its length, most significant first."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one file: the document or the refusal, and how the child stands.

    ``peak_bytes`` is the most memory it has held; ``is_last`` says that it ends now, worn out.
    """

    result: ParsedDocument | DocumentError
    peak_bytes: int
    is_last: bool = False


SKIP, READ = "skip", "read"
"""What the parent answers about a page: leave it out, or read its picture."""


def pack_request(
    data: bytes,
    name: str,
    limits: ReadingLimits,
    brought: Brought | None = None,
    page_seconds: int = 0,
) -> bytes:
    """The frame that asks for one file to be read: a line of JSON, then the file. With
    ``page_seconds`` the pictures of its pages are read too, and asked about one by one."""
    header = {
        "name": name.encode("utf-8", "replace").decode(),
        "bytes": len(data),
        "limits": {field: getattr(limits, field) for field in ReadingLimits.__slots__},
        "brought": [brought.name, brought.maker, brought.package] if brought else None,
        "page_seconds": page_seconds,
    }
    return json.dumps(header).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """What a child says of a page before it is done with the file: that it has come to it, then the
    ``key`` of its picture, then, unless the parent knew them, its ``words``."""

    page: int
    pages: int
    key: str = ""
    words: RecognisedPage | None = None


def pack_question(
    page: int, pages: int, key: str = "", words: dict[str, Any] | None = None
) -> bytes:
    """The frame of a question, or of a page that was read."""
    message = {"page": page, "pages": pages, "key": key, "words": words}
    return _framed(message)


def unpack_question(received: bytes | bytearray) -> PageQuestion | None:
    """The question in a frame; None when it is the reply. Raises ``ValueError`` for neither."""
    if not received[_LENGTH:].startswith(b'{"page":'):
        return None
    message = json.loads(received[_LENGTH:])
    words = message.get("words")
    return PageQuestion(
        _number(message.get("page")),
        _number(message.get("pages")),
        _words(message.get("key"))[:100],
        unpack_page(words) if words is not None else None,
    )


def _framed(message: dict[str, Any]) -> bytes:
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    return len(body).to_bytes(_LENGTH, "big") + body


def pack_reply(reply: Reply) -> bytes:
    """The frame that answers: its length, then JSON."""
    result = reply.result
    if isinstance(result, DocumentError):
        message: dict[str, Any] = {
            "what": result.what,
            "hint": result.hint,
            "outcome": result.outcome,
        }
    else:
        message = {
            "text": result.text,
            "title": result.title,
            "kind": result.kind,
            "pages": [[page.number, page.start, page.end] for page in result.pages],
            "headings": [[each.level, each.title, each.start] for each in result.headings],
            "is_markdown": result.is_markdown,
            "date": result.date,
            "language": result.language,
            "author": result.author,
            "notes": list(result.notes),
            "recognised": [list(astuple(word)) for word in result.recognised],
            "unread_pages": result.unread_pages,
        }
    message["peak_bytes"] = reply.peak_bytes
    message["is_last"] = reply.is_last
    return _framed(message)


def missing_bytes(received: bytes | bytearray, limits: ReadingLimits) -> int:
    """How many bytes of a reply are still to come. Raises ``ValueError`` for an impossible one."""
    if len(received) < _LENGTH:
        return _LENGTH - len(received)
    length = int.from_bytes(received[:_LENGTH], "big")
    if length > 12 * limits.max_characters + 50_000_000:  # JSON escapes take up to 6 bytes
        raise ValueError("the reply is longer than any document may be")
    return _LENGTH + length - len(received)


def unpack_reply(received: bytes | bytearray, name: str) -> Reply:
    """What the child answered. Raises ``ValueError`` for a reply that is none."""
    message = json.loads(received[_LENGTH:])
    if not isinstance(message, dict):
        raise ValueError("the reply is no object")
    result = _refusal(message) if "outcome" in message else _document(message, name)
    return Reply(result, _number(message.get("peak_bytes")), bool(message.get("is_last")))


def _refusal(message: dict[str, Any]) -> DocumentError:
    outcome = _words(message["outcome"])
    if outcome not in OUTCOMES:
        raise ValueError("the reply has an unknown outcome")
    what, hint = _words(message.get("what"))[:2000], _words(message.get("hint"))[:5000]
    return DocumentError(what, hint=hint, outcome=outcome)


def _document(message: dict[str, Any], name: str) -> ParsedDocument:
    text = _words(message.get("text"))
    length = len(text)
    return ParsedDocument(
        text=text,
        title=_words(message.get("title"))[:1000] or name,
        kind=_words(message.get("kind"))[:40],
        pages=tuple(
            Page(_number(number), _place(start, length), _place(end, length))
            for number, start, end in message.get("pages", ())
        ),
        headings=tuple(
            Heading(min(max(_number(level), 1), 6), _words(title), _place(start, length))
            for level, title, start in message.get("headings", ())
        ),
        is_markdown=bool(message.get("is_markdown")),
        date=_words(message.get("date"))[:10],
        language=_words(message.get("language"))[:3],
        author=_words(message.get("author"))[:200],
        notes=tuple(_words(note)[:500] for note in message.get("notes", ())),
        recognised=tuple(_recognised(word, length) for word in message.get("recognised", ())),
        unread_pages=max(0, _number(message.get("unread_pages", 0))),
    )


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("the reply holds something else where text belongs")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("the reply holds something else where a number belongs")
    return value


def _recognised(values: Any, length: int) -> RecognisedWord:
    start, end, page, left, top, right, bottom, score = values
    return RecognisedWord(
        _place(start, length), _place(end, length), _number(page),
        _number(left), _number(top), _number(right), _number(bottom), _share(score),
    )  # fmt: skip


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("the reply holds something else where a share belongs")
    return float(value)


def _place(value: Any, length: int) -> int:
    place = _number(value)
    if not 0 <= place <= length:
        raise ValueError("the reply points outside its text")
    return place
