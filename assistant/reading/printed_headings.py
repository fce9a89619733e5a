"""Headings of plain text, as manuals and standards set them: underlined or numbered lines. Pure.

Activities            6.2.  Your pet
----------
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from assistant.types import Heading

_UNDERLINE = re.compile(
    r"^(?P<title>[^\s#|>+*-][^\n]{1,98})\n(?P<line>={3,}|-{3,}|~{3,}|\^{3,})[ \t]*$", re.M
)
_LENGTH_DIFFERS = 2
"""Characters by which an underline may be shorter or longer than its title."""
_NUMBERED = re.compile(
    r"^[ ]{0,12}(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})\.?[ ]{1,4}"
    r"(?P<title>[^\W\d_][^\n]{1,78}(?:\n[ ]{2,12}[^\W\d_][^\n]{1,78})?)$",
    re.M,
)
_CONTENTS = re.compile(r"\.{3}|\. \. |\s\d{1,4}$")
"""A line of a table of contents: it leads to a number of a page."""
_FEWEST_NUMBERED = 4
_LEAST_BELOW = 60
"""Characters below a numbered line that is a heading."""
_MOST_LEVELS = 6


def printed_headings(text: str) -> tuple[Heading, ...]:
    """The headings of a plain text, in order; none where no line is set as one."""
    return tuple(sorted([*_underlined(text), *_numbered(text)], key=lambda found: found.start))


def _underlined(text: str) -> list[Heading]:
    """Lines with an empty one before them and a line of signs, as long as they are, below."""
    levels: dict[str, int] = {}
    found = []
    for match in _UNDERLINE.finditer(text):
        title = match["title"].rstrip()
        is_as_long = abs(len(match["line"]) - len(title)) <= _LENGTH_DIFFERS
        if is_as_long and _is_free(text, match.start()) and not title.endswith((".", ",", ";")):
            level = levels.setdefault(match["line"][0], len(levels) + 1)
            found.append(Heading(level, title, match.start()))
    return found


def _numbered(text: str) -> list[Heading]:
    """Short lines between empty ones whose numbers count up: the longest run of them. Some may be
    sentences ("4. compress() returns an error."), most may not."""
    lines = []
    for match in _NUMBERED.finditer(text):
        title = " ".join(match["title"].split())
        is_alone = _is_free(text, match.start()) and _ends_free(text, match.end())
        if is_alone and not title.endswith((",", ";", ":")) and not _CONTENTS.search(title):
            number = tuple(int(part) for part in match["number"].split("."))
            lines.append((number, f"{match['number']}. {title}", match.start()))
    rising = _longest_rising([number for number, _, _ in lines])
    titles = sum(not lines[at][1].endswith(".") for at in rising)
    if titles < _FEWEST_NUMBERED or 2 * titles <= len(rising):
        return []
    if not _stand_above_text(text, [lines[at] for at in rising]):
        return []
    return [Heading(min(_MOST_LEVELS, len(lines[at][0])), *lines[at][1:]) for at in rising]


def _stand_above_text(text: str, lines: Sequence[tuple[tuple[int, ...], str, int]]) -> bool:
    """Whether most of the lines have text below them: the steps of a list have none."""
    starts = [start for _, _, start in lines]
    ends = [*starts[1:], len(text)]
    above = sum(
        len(text[start:end].strip()) > len(title) + _LEAST_BELOW
        for start, end, (_, title, _) in zip(starts, ends, lines, strict=True)
    )
    return above > len(lines) / 2


def _longest_rising(numbers: list[tuple[int, ...]]) -> list[int]:
    """The places of a longest strictly rising run (Schensted 1961, by patience sorting)."""
    tails: list[tuple[int, ...]] = []
    ends: list[int] = []
    before: list[int] = []
    for at, number in enumerate(numbers):
        place = bisect_left(tails, number)
        before.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [number]
        ends[place : place + 1] = [at]
    chain = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(at)
        at = before[at]
    return chain[::-1]


def _is_free(text: str, start: int) -> bool:
    """Whether the line before is empty, or there is none."""
    end = start - 1
    return start == 0 or not text[text.rfind("\n", 0, max(0, end)) + 1 : max(0, end)].strip()


def _ends_free(text: str, end: int) -> bool:
    following = text.find("\n", end + 1)
    return not text[end : following if following >= 0 else len(text)].strip()
