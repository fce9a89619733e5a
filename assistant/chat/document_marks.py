"""Which words of an opened document are marked: the cited places of an answer, or what is searched.

One of them is the current one; the page leads from it to the one before and the one after.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MOST_MATCHES = 2_000
MOST_PLACES = 20
"""Other cited places that an address carries."""
_PLACE = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Marks:
    """Spans of a text, sorted. ``current`` is the number of the one the page is opened at, or None
    where there is none; ``find`` is what was searched, and ``is_cut`` says there are more."""

    spans: tuple[tuple[int, int], ...] = ()
    current: int | None = None
    find: str = ""
    is_cut: bool = False

    @property
    def place(self) -> tuple[int, int] | None:
        """The current span."""
        return None if self.current is None else self.spans[self.current]


def cited_marks(text: str, start: int, end: int, also: Sequence[str] = ()) -> Marks:
    """The marks of cited places; ``also`` holds the others as ``start-end``. Clipped to the
    text."""
    place = (min(start, len(text)), min(end, len(text)))
    spans = {place}
    for each in also[:MOST_PLACES]:
        if found := _PLACE.fullmatch(each):
            spans.add((int(found[1]), min(int(found[2]), len(text))))
    known = tuple(sorted(span for span in spans if span[0] < span[1]))
    return Marks(known, known.index(place) if place in known else None)


def searched_marks(text: str, find: str, start: int = 0) -> Marks:
    """All places where words stand one after the other, whatever the case and the blanks between
    them; the current one is the first from ``start`` on, else the first of all."""
    words = find.split()
    if not words:
        return Marks()
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words), re.IGNORECASE)
    spans: list[tuple[int, int]] = []
    is_cut = False
    for match in pattern.finditer(text):
        if len(spans) == _MOST_MATCHES:
            is_cut = True
            break
        spans.append(match.span())
    at = next((at for at, (begin, _) in enumerate(spans) if begin >= start), 0)
    return Marks(tuple(spans), at if spans else None, find, is_cut)
