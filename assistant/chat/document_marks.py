"""Which words of an opened document are marked: the cited places of an answer, or what is searched.

One of them is the current one; the page leads from it to the one before and the one after.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

_MOST_MATCHES = 2_000
MOST_PLACES = 20
"""Other cited places that an address carries."""
_BLANKS, _GAP = re.compile(r"\s+"), re.compile(r"\s{2,}")
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
    them; the current one is the first from ``start`` on, else the first of all.

    Without a pattern: one of a hundred short words took 6 s for ten million characters.
    """
    wanted = " ".join(_level(find).split())
    if not wanted:
        return Marks()
    level = _level(text)
    shown, gaps, lost = _BLANKS.sub(" ", level), [], 0
    for blanks in _GAP.finditer(level):
        lost += len(blanks[0]) - 1
        gaps.append((blanks.end() - 1 - lost, lost))
    spans: list[tuple[int, int]] = []
    found = shown.find(wanted)
    while found >= 0 and len(spans) <= _MOST_MATCHES:
        spans.append((_written_at(found, gaps), _written_at(found + len(wanted), gaps)))
        found = shown.find(wanted, found + len(wanted))
    is_cut = len(spans) > _MOST_MATCHES
    del spans[_MOST_MATCHES:]
    at = next((at for at, (begin, _) in enumerate(spans) if begin >= start), 0)
    return Marks(tuple(spans), at if spans else None, find, is_cut)


def _level(text: str) -> str:
    """In small letters, each in its place."""
    level = text.lower()
    if len(level) == len(text):
        return level
    return "".join(small if len(small := sign.lower()) == 1 else sign for sign in text)


def _written_at(position: int, gaps: Sequence[tuple[int, int]]) -> int:
    """The place in a text of a place in it with single blanks; ``gaps`` are the places of those
    that stand for several, each with how many signs are lost up to there."""
    at = bisect_left(gaps, (position, 0)) - 1
    return position + (gaps[at][1] if at >= 0 else 0)
