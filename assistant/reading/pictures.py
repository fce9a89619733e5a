"""A picture file → its words, a page for each picture in it (a TIFF of a fax machine holds many).

The size is looked at before a picture is unpacked. Only formats that scanners, cameras and screens
write are opened, by Pillow.
"""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from assistant.errors import DocumentError
from assistant.reading.furniture import without_furniture
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.pdf import join_pages, pages_as_text
from assistant.reading.pdf_source import LEAST_PIXELS, MOST_PIXELS, printed_lines
from assistant.reading.plain import name_title
from assistant.reading.recognised_text import place_words, printed_text
from assistant.reading.recognition import (
    HARDLY_READ,
    AskForPage,
    RecognisedPage,
    how_to_read_pictures,
)
from assistant.types import ParsedDocument

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "DIB", "GIF", "MPO")
_MOST_PIXELS = 120_000_000
"""Of one picture as it is packed; cameras give up to 108 million. Unpacked these take 360 MB."""

_ORIENTATION = 0x0112
_TURNED = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""How the picture of a camera that was held otherwise is turned, in Pillow's numbers."""


def read_picture(
    data: bytes,
    name: str,
    limits: ReadingLimits = DEFAULT_LIMITS,
    ask: AskForPage | None = None,
) -> ParsedDocument:
    """The words of a picture.

    Raises ``DocumentError`` with outcome ``needs_ocr`` when nobody reads it, ``empty`` when it
    holds no words, ``too_large`` or ``failed``.
    """
    if ask is None:
        raise _needs_ocr(name, f"{name} is a picture; its words, if any, need OCR")
    file = opened(data, name)
    count = int(getattr(file, "n_frames", 1)) if file.format == "TIFF" else 1
    limits.check_pages(name, count)
    recognised: dict[int, RecognisedPage] = {}
    damaged: list[int] = []
    unread: list[int] = []
    lines: list[list[str]] = []
    for number in range(1, count + 1):
        lines.append([])
        try:
            found = ask(partial(_picture, data, name, number), number, count)
        except (MemoryError, DocumentError):
            raise
        except Exception as exc:
            if count == 1:
                raise DocumentError(f"{name} is a damaged picture: {exc}") from exc
            damaged.append(number)
            continue
        if found is None:
            unread.append(number)
            continue
        recognised[number] = found
        lines[-1] = printed_lines(printed_text(found))
    page_texts, goes_on = pages_as_text(without_furniture(lines))
    text, pages = join_pages(page_texts, goes_on)
    if not text.strip():
        if unread:
            raise _needs_ocr(name, f"{name} is a picture that took too long to read")
        raise DocumentError(f"{name} is a picture without words that can be read", outcome="empty")
    notes = [
        f"{len(numbers)} of {count} pages {what}: {', '.join(map(str, numbers[:10]))}"
        for numbers, what in (
            (unread, "took too long to read"),
            (damaged, "are damaged"),
            ([n for n, each in recognised.items() if each.is_hardly_read], HARDLY_READ),
        )
        if numbers
    ]
    return ParsedDocument(
        text=text,
        title=name_title(name),
        kind="picture",
        pages=pages,
        notes=tuple(notes),
        recognised=place_words(text, pages, recognised),
        unread_pages=len(unread),
    )


def opened(data: bytes, name: str) -> Any:
    """The file, of which nothing is unpacked yet. Raises ``DocumentError``."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own limit refuses, where Pillow's warns
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except MemoryError:
        raise
    except Exception as exc:  # Pillow meets damage with many kinds of error
        raise DocumentError(f"{name} is no readable picture: {exc}") from exc


def picture_at(data: bytes, name: str, number: int) -> Any:
    """A file at one of its pictures, counted from 1. Raises ``DocumentError`` for one that would
    unpack to too much."""
    file = opened(data, name)
    file.seek(number - 1)
    check_pixels(name, file)
    return file


def check_pixels(name: str, file: Any) -> None:
    """Raises ``DocumentError`` for a picture that would unpack to too much."""
    pixels = file.width * file.height
    if pixels > _MOST_PIXELS:
        raise DocumentError(
            f"{name} holds {pixels / 1e6:,.0f} million pixels, more than {_MOST_PIXELS / 1e6:.0f}",
            hint="save a smaller copy",
            outcome="too_large",
        )


def _picture(data: bytes, name: str, number: int) -> Any:
    return unpacked(picture_at(data, name, number))


def unpacked(file: Any) -> Any:
    """The current picture of a file as it is to be seen: red, green and blue bytes by row and
    column, turned as the camera says, on white, its longer side within bounds."""
    import numpy as np
    from PIL import Image

    if file.format in ("JPEG", "MPO"):
        file.draft("RGB", (MOST_PIXELS, MOST_PIXELS))  # unpacks a photo at half or a quarter
    picture = file
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256, "L")
    elif picture.mode in ("P", "LA", "PA", "RGBA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.new("RGBA", clear.size, "white")
        picture.alpha_composite(clear)
    if picture.mode != "RGB":
        picture = picture.convert("RGB")
    long = max(picture.size)
    scale = min(1.0, MOST_PIXELS / long) * max(1.0, min(2.0, LEAST_PIXELS / long))
    if scale != 1.0:
        picture = picture.resize(
            (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        )
    turned = _TURNED.get(file.getexif().get(_ORIENTATION, 1))
    if turned is not None:
        picture = picture.transpose(turned)
    return np.asarray(picture).copy()


def _needs_ocr(name: str, what: str) -> DocumentError:
    hint = how_to_read_pictures(
        "run OCR on it, for example `ocrmypdf --image-dpi 300 in.png out.pdf`"
    )
    return DocumentError(what, hint=hint, outcome="needs_ocr")
