"""PPT (PowerPoint 97 to 2003) → text slide by slide.

The file is a tree of records. The newest edit leads to a list of where each slide begins, so text
of slides that were deleted or overwritten does not come back.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from assistant.errors import DocumentError
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.ole import OleFile
from assistant.reading.writing import Writer, one_line
from assistant.types import ParsedDocument

_DOCUMENT, _SLIDE, _NOTES, _LIST, _PERSIST = 0x03E8, 0x03EE, 0x03F0, 0x0FF0, 0x03F3
_HEADER, _CHARS, _BYTES = 0x0F9F, 0x0FA0, 0x0FA8
_USER_EDIT, _DIRECTORY = 0x0FF5, 0x1772
_ENCRYPTED = 0xF3D1C4DF
_TITLES = (0, 6)
_MAX_RECORDS = 2_000_000


def read_ppt(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The text of an old presentation with its slides as pages."""
    file = OleFile(data, name)
    user = file.read("Current User")
    if len(user) >= 20 and struct.unpack_from("<I", user, 12)[0] == _ENCRYPTED:
        raise DocumentError(
            f"{name} is protected by a password",
            hint="save a copy without the password",
            outcome="password",
        )
    stream = file.read("PowerPoint Document")
    writer = Writer(name, limits)
    for number, texts in enumerate(_slides(stream, user), start=1):
        writer.page(number)
        titles = [one_line(text) for kind, text in texts if kind in _TITLES]
        title = next((each for each in titles if 0 < len(each) <= 300), "")
        writer.heading(2, title or f"Slide {number}", is_generated=not title)
        for _, text in texts:
            if not (title and one_line(text) == title):
                writer.paragraph(text)
    if not writer.has_words:
        if "Pictures" in file:
            raise DocumentError(
                f"{name} holds pictures and no text",
                hint="export it as a PDF and run OCR on that: `ocrmypdf in.pdf out.pdf`",
                outcome="needs_ocr",
            )
        raise DocumentError(f"{name} holds no text", outcome="empty")
    return writer.finish("ppt", file.details())


def _slides(stream: bytes, user: bytes) -> list[list[tuple[int, str]]]:
    """(kind of text, text) of each slide in order; of all records when the lists are broken."""
    try:
        places = _places(stream, user)
        document = next(at for at in places.values() if _kind(stream, at) == _DOCUMENT)
        slides = [
            _slide(stream, places, persist, texts) for persist, texts in _outline(stream, document)
        ]
        if any(slides):
            return slides
    except (struct.error, StopIteration, IndexError):
        pass  # damaged lists: take the text wherever it stands
    everything = [text for text in _texts(stream, 0, len(stream)) if text[1].strip()]
    return [everything] if everything else []


def _slide(
    stream: bytes, places: dict[int, int], persist: int, outline: list[tuple[int, str]]
) -> list[tuple[int, str]]:
    """The outline's texts of a slide and those of its own boxes, each once."""
    texts = [each for each in outline if each[1].strip()]
    known = {text for _, text in texts}
    at = places.get(persist)
    if at is not None and _kind(stream, at) == _SLIDE:
        for kind, text in _texts(stream, at, at + 8 + _length(stream, at)):
            if text.strip() and text not in known and text != "*":
                texts.append((kind, text))
                known.add(text)
    return texts


def _places(stream: bytes, user: bytes) -> dict[int, int]:
    """Where each numbered object begins, by the newest edit first."""
    (edit,) = struct.unpack_from("<I", user, 16)
    places: dict[int, int] = {}
    seen: set[int] = set()
    while edit and edit not in seen:
        seen.add(edit)
        if _kind(stream, edit) != _USER_EDIT:
            break
        before, directory = struct.unpack_from("<II", stream, edit + 8 + 8)
        if _kind(stream, directory) == _DIRECTORY:
            at, end = directory + 8, directory + 8 + _length(stream, directory)
            while at + 4 <= min(end, len(stream)):
                (packed,) = struct.unpack_from("<I", stream, at)
                first, count = packed & 0xFFFFF, packed >> 20
                at += 4
                for number in range(count):
                    (place,) = struct.unpack_from("<I", stream, at)
                    places.setdefault(first + number, place)
                    at += 4
        edit = before
    return places


def _outline(stream: bytes, document: int) -> list[tuple[int, list[tuple[int, str]]]]:
    """The slides of the document in order: their object's number and the texts listed there."""
    slides: list[tuple[int, list[tuple[int, str]]]] = []
    for at, instance, kind, length in _records(stream, document + 8, _end(stream, document)):
        if kind != _LIST or instance != 0:  # 1: masters, 2: notes
            continue
        text_kind = 4
        for inner, _, inner_kind, inner_length in _records(stream, at + 8, at + 8 + length):
            body = stream[inner + 8 : inner + 8 + inner_length]
            if inner_kind == _PERSIST:
                slides.append((struct.unpack_from("<I", body, 0)[0], []))
            elif inner_kind == _HEADER and len(body) >= 4:
                text_kind = struct.unpack_from("<I", body, 0)[0]
            elif inner_kind in (_CHARS, _BYTES) and slides:
                slides[-1][1].append((text_kind, _decode(inner_kind, body)))
    return slides


def _texts(stream: bytes, start: int, end: int) -> Iterator[tuple[int, str]]:
    """All texts in a stretch of records, those in containers too."""
    text_kind = 4
    stack = [(start, min(end, len(stream)))]
    count = 0
    while stack:
        at, stop = stack.pop()
        if at + 8 > stop:
            continue
        count += 1
        if count > _MAX_RECORDS:
            return
        head, kind, length = struct.unpack_from("<HHI", stream, at)
        after = at + 8 + length
        stack.append((after, stop))
        body_end = min(after, stop)
        if head & 0xF == 0xF:
            stack.append((at + 8, body_end))
        elif kind == _HEADER and body_end - at >= 12:
            (text_kind,) = struct.unpack_from("<I", stream, at + 8)
        elif kind in (_CHARS, _BYTES):
            yield text_kind, _decode(kind, stream[at + 8 : body_end])


def _records(stream: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(place, instance, kind, length) of the records that stand side by side."""
    at = start
    while at + 8 <= min(end, len(stream)):
        head, kind, length = struct.unpack_from("<HHI", stream, at)
        yield at, head >> 4, kind, length
        at += 8 + length


def _decode(kind: int, body: bytes) -> str:
    # bytes stand for the low halves of UTF-16, which is Latin-1
    return body.decode("utf-16-le", "replace") if kind == _CHARS else body.decode("latin-1")


def _kind(stream: bytes, at: int) -> int:
    kind: int = struct.unpack_from("<H", stream, at + 2)[0]
    return kind


def _length(stream: bytes, at: int) -> int:
    length: int = struct.unpack_from("<I", stream, at + 4)[0]
    return length


def _end(stream: bytes, at: int) -> int:
    return at + 8 + _length(stream, at)
