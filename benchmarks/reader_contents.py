"""What a made file of ``benchmarks.readers`` holds: sentences, headings, a table, and where.

The same for the same number; another number, other sentences. The makers (``reader_files``)
write it in their formats and note what they have written.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from benchmarks.corpus import sentence

EXTRA = "footnote, note or attachment"
"""The part of a file that is good to have, and counted apart."""
COLUMNS = ("Place", "Rooms", "Visitors", "Fee")

_NAMES = """Aldersund Birkholt Cronfeld Dalsmark Elvebro Fennholm Grimstow Harlby Ingersal Jorvik
Kestrup Lindholt Morvang Nordstad Osterby Pellworm Quarnby Rosgard Stenvik Tolmark Ulvang Vestbro
Wendholm Ystad Zandvik""".split()
_THINGS = "granary,ferry landing,drying loft,tide gauge,reading room,boat shed,weir".split(",")
_LONG = (
    "correspondence administration responsibilities documentation characteristics "
    "representatives interpretations accommodation"
).split()


@dataclass(slots=True)
class Contents:
    """What is written into a file, and what is known of it."""

    title: str
    headings: tuple[str, ...]
    paragraphs: tuple[tuple[str, ...], ...]
    """Of each heading."""
    rows: tuple[tuple[str, ...], ...]
    """Of a table below ``COLUMNS``."""
    last: str
    extra: str
    phrases: list[tuple[str, str]] = field(default_factory=list)
    """(part, text): what the maker has really written."""
    must_not: list[str] = field(default_factory=list)
    has_table: bool = True


def contents(number: int) -> Contents:
    """The contents of a file with this number; another number, other sentences."""
    chance = random.Random(f"readers-{number}")
    place = chance.choice(_NAMES)
    headings = tuple(
        f"{chance.choice(_THINGS).capitalize()} of {chance.choice(_NAMES)} {number}-{part}"
        for part in range(1, chance.randint(3, 6))
    )
    paragraphs = tuple(
        tuple(_paragraph(chance, number) for _ in range(chance.randint(2, 4))) for _ in headings
    )
    rows = tuple(
        (name, str(chance.randint(100, 999)), str(chance.randint(1000, 9999)), f"K{number}x{at}")
        for at, name in enumerate(chance.sample(_NAMES, chance.randint(6, 18)))
    )
    return Contents(
        f"Survey of {place} {number}",
        headings,
        paragraphs,
        rows,
        f"This survey was closed in {place} on page {number} of the green ledger.",
        f"The clerk of {place} added remark {number} after the second reading.",
    )


def _paragraph(chance: random.Random, number: int) -> str:
    """Sentences, of which the second tells its file's number and has a long word in it."""
    marked = (
        f"The {chance.choice(_THINGS)} of {chance.choice(_NAMES)} keeps the "
        f"{chance.choice(_LONG)} of {chance.randint(1000, 9999)} households in drawer {number}."
    )
    others = [sentence(chance) for _ in range(chance.randint(2, 5))]
    return " ".join([others[0], marked, *others[1:]])


def marked_sentence(paragraph: str, number: int) -> str:
    """The sentence of a paragraph that tells its file's number."""
    end = f"in drawer {number}."
    start = paragraph.rindex(". ", 0, paragraph.index(end)) + 2
    return paragraph[start : paragraph.index(end) + len(end)]


def tell(known: Contents, number: int, part: str = "text") -> None:
    """Note what a file of headings and paragraphs holds: in the first section, in the others, on
    its last page."""
    known.phrases.append(("title or heading", known.title))
    known.phrases += [("title or heading", heading) for heading in known.headings]
    known.phrases += [
        (part, marked_sentence(paragraph, number))
        for paragraphs in known.paragraphs
        for paragraph in paragraphs[:2]
    ]
    known.phrases.append(("last page", known.last))
