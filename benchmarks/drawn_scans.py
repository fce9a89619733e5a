"""Pictures of text that we draw ourselves: letters, tables, columns, as clean as print and as poor
as a photo of it. The words are ours, so that a reader's can be counted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_LETTER = """Harbour Office, Port of Wexmouth
14 March 2024
To: Mrs Edith Lowry, Quay Street 7

Dear Mrs Lowry,

Thank you for your request of 2 March. The harbour master has approved a berth
for the sloop Kittiwake at pier 6 from 1 April to 30 September. The fee for the
season is 1,480 euros; it is due before the boat arrives. Electricity is metered
and costs 0.38 euros for each kilowatt hour. Boats longer than 12 metres must be
announced a week ahead, because only two moorings can hold them.

The slipway stays closed for repairs until 22 May. During that time the crane at
pier 2 lifts boats of up to 9 tonnes on Tuesdays and Fridays, from 8 to 11 in the
morning. Please bring the insurance certificate when you collect the key.

Yours sincerely,
Tobias Renfrew
Harbour master"""

TABLE = (
    ("Station", "Opened", "Height", "Staff", "Rain in 2023"),
    ("Alder Ridge", "1968", "1,240 m", "6", "1,812 mm"),
    ("Bleak Moor", "1975", "655 m", "4", "1,377 mm"),
    ("Cairn Point", "1981", "88 m", "11", "942 mm"),
    ("Dunlin Bay", "1990", "3 m", "5", "806 mm"),
    ("Elder Falls", "2002", "417 m", "7", "1,590 mm"),
    ("Fern Hollow", "2016", "233 m", "3", "1,104 mm"),
)

_LEFT = """The museum of clocks opened in
1931 in a former tannery. Its
founder, Agnes Whitlock, gave 212
clocks that she had collected in
forty years. The oldest was built
in 1588 by a smith in Augsburg
and still strikes the hours."""
_RIGHT = """Visitors may wind one of three
tower clocks on the first Sunday
of each month. A guided tour
takes 50 minutes and costs four
euros. The workshop repairs about
90 clocks a year, most of them
for other museums in the region."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How a page was photographed: pixels of its letters, turned by degrees, blurred, noisy."""

    name: str
    letters: int = 30
    degrees: float = 0.0
    blur: float = 0.0
    noise: float = 0.0


PRINT = Quality("print")
SCAN = Quality("scan", degrees=0.7, blur=0.6, noise=12)
PHOTO = Quality("photo", degrees=-1.6, blur=0.9, noise=18)
FAX = Quality("fax", letters=22, degrees=0.4, blur=0.6, noise=10)
QUALITIES = (PRINT, SCAN, PHOTO, FAX)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture and the words on it."""

    name: str
    picture: Any
    words: str


def letter(quality: Quality = PRINT) -> Drawn:
    """A letter of one page."""
    return Drawn(f"letter, {quality.name}", _spoiled(_page(quality, [_LETTER]), quality), _LETTER)


def columns(quality: Quality = PRINT) -> Drawn:
    """A page of two columns."""
    page = _page(quality, [_LEFT, _RIGHT])
    return Drawn(f"two columns, {quality.name}", _spoiled(page, quality), f"{_LEFT}\n{_RIGHT}")


def table(quality: Quality = PRINT, rows: Sequence[Sequence[str]] = TABLE) -> Drawn:
    """A table with lines around its cells."""
    size = quality.letters
    font = ImageFont.load_default(size)
    widths = [round(max(font.getlength(row[at]) for row in rows) + 2 * size) for at in range(5)]
    height = round(2.2 * size)
    page = Image.new("RGB", (sum(widths) + 4 * size, height * len(rows) + 4 * size), "white")
    draw = ImageDraw.Draw(page)
    for down, row in enumerate(rows):
        left = 2 * size
        for width, cell in zip(widths, row, strict=True):
            top = 2 * size + down * height
            draw.rectangle((left, top, left + width, top + height), outline="black", width=2)
            draw.text((left + size, top + size // 2), cell, "black", font)
            left += width
    words = "\n".join(" ".join(row) for row in rows)
    return Drawn(f"table, {quality.name}", _spoiled(page, quality), words)


def _page(quality: Quality, texts: Sequence[str]) -> Any:
    size = quality.letters
    font = ImageFont.load_default(size)
    lines = [text.split("\n") for text in texts]
    widths = [round(max(map(font.getlength, column))) + 3 * size for column in lines]
    line = round(1.45 * size)
    height = max(map(len, lines)) * line + 6 * size
    page = Image.new("RGB", (sum(widths) + 3 * size, height), "white")
    draw = ImageDraw.Draw(page)
    left = 3 * size
    for column, width in zip(lines, widths, strict=True):
        for down, words in enumerate(column):
            draw.text((left, 3 * size + down * line), words, "black", font)
        left += width
    return page


def _spoiled(page: Any, quality: Quality) -> Any:
    if quality.degrees:
        page = page.rotate(
            quality.degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white"
        )
    if quality.blur:
        page = page.filter(ImageFilter.GaussianBlur(quality.blur))
    if quality.noise:
        noise = np.random.default_rng(7).normal(0, quality.noise, (page.height, page.width, 1))
        page = Image.fromarray(np.clip(np.asarray(page) + noise, 0, 255).astype(np.uint8))
    return page


def as_pdf(*drawn: Drawn) -> bytes:
    """A PDF that holds nothing but the pictures, a page each."""
    file = io.BytesIO()
    pages = [each.picture for each in drawn]
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return file.getvalue()


def as_file(drawn: Drawn, kind: str = "PNG") -> bytes:
    """A picture file."""
    file = io.BytesIO()
    drawn.picture.save(file, kind)
    return file.getvalue()
