"""A page of a PDF, or a picture → a PNG with a quote marked on it, drawn in a child process with
limits.

The parent sends the file and the quote. The child (``python -m assistant.chat.page_picture``) has
limits on memory and time, and can open no connection and write no file. The quote is found by its
letters and digits alone, since the stored text has other spaces and joined lines; on a page whose
words were read from its picture, their boxes are marked.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.opening import OpeningRules, read_file
from assistant.types import RecognisedWord, Source

_SECONDS = 10.0
_CPU_SECONDS = 8
_MEMORY_BYTES = 900_000_000
_ACCESS = OpeningRules(100_000_000, setting="the most that is drawn")
_WIDTH = 1100
"""Pixels of a page's width: sharp on common screens, about 150 kB."""
_TALLEST = 4000
_GRID = 10_000
"""The units of the boxes of words that were read from a picture."""
_PLACES = threading.Semaphore(2)


def draw_page(source: Source, page: int, quote: str, words: Sequence[RecognisedWord] = ()) -> bytes:
    """A PNG of one page, numbered from 1, with the quote, or the words, marked where they stand.

    Raises ``DocumentError`` when the file is gone, has changed since it was read, or cannot be
    drawn inside the limits.
    """
    data, _ = read_file(source.path, source.name, _ACCESS)
    if sha256(data).hexdigest() != source.sha256:
        raise DocumentError(
            f"{source.name} has changed since it was indexed", hint="sync the folder"
        )
    boxes = tuple((word.left, word.top, word.right, word.bottom) for word in words)
    kind = "picture" if source.kind == "picture" else "pdf"
    return _drawn(_Bytes(source.sha256, data), kind, page, quote, boxes)


class _Bytes:
    """A file's bytes that compare and hash by their SHA-256, for the cache."""

    def __init__(self, digest: str, data: bytes) -> None:
        self.digest, self.data = digest, data

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bytes) and other.digest == self.digest


@lru_cache(maxsize=32)
def _drawn(
    file: _Bytes, kind: str, page: int, quote: str, boxes: tuple[tuple[int, ...], ...]
) -> bytes:
    header = {"kind": kind, "page": page, "quote": quote, "boxes": boxes, "bytes": len(file.data)}
    request = json.dumps(header).encode() + b"\n"
    command = [sys.executable, "-m", "assistant.chat.page_picture"]
    with _PLACES:
        try:
            done = subprocess.run(
                command, input=request + file.data, capture_output=True, timeout=_SECONDS,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as exc:
            raise DocumentError(f"Page {page} took longer than {_SECONDS:g} s to draw") from exc
    if done.returncode or not done.stdout.startswith(b"\x89PNG"):
        raise DocumentError(f"Page {page} cannot be drawn")
    file.data = b""  # only the key stays in the cache
    return done.stdout


# ---------------------------------------------------------------- in the child


def _main() -> int:
    import resource

    from assistant.reading.worker import forbid

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    from PIL import Image, ImageChops, ImageDraw

    Image.init()
    header = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(header["bytes"])
    if header["kind"] == "pdf":
        import pypdfium2  # noqa: F401  # before the limits
    else:
        import assistant.reading.pictures  # noqa: F401
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES + 2 * len(data),) * 2)
    sys.addaudithook(forbid)
    draw_kind = _pdf_page if header["kind"] == "pdf" else _picture_page
    image, boxes = draw_kind(data, header["page"], header["quote"])
    for left, top, right, bottom in header["boxes"]:
        across, down = image.width / _GRID, image.height / _GRID
        boxes.append((left * across, top * down, right * across, bottom * down))
    marks = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(marks)
    for left, upper, right, lower in boxes:
        draw.rectangle((left - 2, upper - 2, right + 2, lower + 2), fill=(255, 228, 110))
    image = ImageChops.multiply(image, marks)
    image.save(sys.stdout.buffer, "PNG", compress_level=6)
    return 0


_Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the drawing."""


def _pdf_page(data: bytes, number: int, quote: str) -> tuple[Any, list[_Box]]:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    page = document[number - 1]
    scale = min(_WIDTH / max(1.0, page.get_width()), _TALLEST / max(1.0, page.get_height()))
    image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    boxes = [
        (left * scale, (page.get_height() - top) * scale,
         right * scale, (page.get_height() - bottom) * scale)
        for left, bottom, right, top in _boxes(page.get_textpage(), quote)
    ]  # fmt: skip
    return image, boxes


def _picture_page(data: bytes, number: int, _quote: str) -> tuple[Any, list[_Box]]:
    from PIL import Image

    from assistant.reading.pictures import picture_at, unpacked

    image = Image.fromarray(unpacked(picture_at(data, "The picture", number)))
    image.thumbnail((_WIDTH, _TALLEST))
    return image, []


def _boxes(page: Any, quote: str) -> list[tuple[float, float, float, float]]:
    """The boxes of a quote's lines: (left, bottom, right, top) in points."""
    raw = page.get_text_range()
    places = [at for at, character in enumerate(raw) if character.isalnum()]
    letters = "".join(raw[at] for at in places)
    wanted = "".join(character for character in quote if character.isalnum())
    start = letters.find(wanted) if wanted else -1
    end = start + len(wanted)
    if start < 0:  # the quote may begin or end on another page
        start, end = _longest_part(letters, wanted)
    if end <= start:
        return []
    lines: list[list[float]] = []
    for at in places[start:end]:
        left, bottom, right, top = page.get_charbox(at)
        middle = (bottom + top) / 2
        if lines and lines[-1][1] <= middle <= lines[-1][3] and left >= lines[-1][0] - 1:
            line = lines[-1]
            line[1], line[3] = min(line[1], bottom), max(line[3], top)
            line[2] = max(line[2], right)
        else:
            lines.append([left, bottom, right, top])
    return [(a, b, c, d) for a, b, c, d in lines]


def _longest_part(letters: str, wanted: str) -> tuple[int, int]:
    """Where the page ends with the quote's beginning, or begins with its end."""
    for size in range(min(len(wanted), len(letters)), 11, -1):
        if letters.endswith(wanted[:size]):
            return len(letters) - size, len(letters)
        if letters.startswith(wanted[-size:]):
            return 0, size
    return 0, 0


if __name__ == "__main__":
    sys.exit(_main())
