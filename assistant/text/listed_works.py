"""Works that a text lists with their authors: a title, and a line of names below it. Pure.

Programmes, guides and pages of publications are written so. A quoted title before its names in
one line, and entries of a list of references ("Sunde, K. (2014), Slack water."), are read too. Each
work knows the short line that it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKS = "#*_-•–> \t"
_LONGEST_TITLE, _SHORTEST_TITLE = 220, 2
"""Characters, and words."""
_LONGEST_LINE = 900
_MOST_HEADING = 6
"""Words of a line that names what follows it."""
_MOST = 400
"""Works of one text."""
_PARTED = re.compile(r",|;|&|·|\b(?:and|und|et|y)\b")
_PARTICLES = frozenset(
    "de da di del della van von der den la le el al bin ibn dos das du ter ten zu".split()
)
_WORD_OF_NAME = re.compile(r"[A-ZÀ-Þ](?:[\w'’-]{0,30}|\.)\.?|\([\w'’ -]{1,20}\)")
_REFERENCE = re.compile(
    r"(?P<names>[A-ZÀ-Þ][^()\n]{2,200}?),? \((?:1[5-9]|20)\d\d[a-z]?\)[,.:;]? [\"“]?"
    r"(?P<title>[^\n.?!\"”]{8,200})"
)
_QUOTED = re.compile(
    r"[\"“„«](?P<title>[^\"”“»\n]{6,220})[\"”“»](?: \([^()\n]{1,80}\))?(?:,? (?:is )?by|:| [–—-]) "
    r"(?P<names>[A-ZÀ-Þ][^\n]{5,880})"
)


@dataclass(frozen=True, slots=True)
class ListedWork:
    """A work; it stands from ``start`` to ``end``, both lines of it.

    ``authors`` is the line of names as written; ``heading`` the short line above, if there is one.
    """

    title: str
    authors: str
    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _BareLine:
    text: str
    start: int
    end: int


def listed_works(text: str) -> list[ListedWork]:
    """The works that a text lists, in order."""
    found: list[ListedWork] = []
    heading = ""
    lines = list(_lines(text))
    taken: set[int] = set()
    for at, line in enumerate(lines):
        if len(found) >= _MOST:
            break
        reference = _REFERENCE.match(line.text)
        if reference is not None:
            found.append(
                ListedWork(reference["title"].strip(), reference["names"], heading,
                           line.start, line.end)
            )  # fmt: skip
            continue
        quoted = _QUOTED.match(line.text)
        if quoted is not None and is_names(quoted["names"]):
            found.append(
                ListedWork(quoted["title"], quoted["names"], heading, line.start, line.end)
            )
            continue
        title = lines[at - 1] if at else None
        if (
            title is not None
            and at - 1 not in taken
            and _is_title(title.text)
            and is_names(line.text)
        ):
            taken |= {at - 1, at}
            above = lines[at - 2].text if at > 1 and at - 2 not in taken else ""
            if above and _is_heading(above):
                heading = above
            found.append(ListedWork(title.text, line.text, heading, title.start, line.end))
    return found


def is_names(line: str) -> bool:
    """Whether a line holds nothing but the names of two persons or more."""
    if not 8 <= len(line) <= _LONGEST_LINE or ("," not in line and " and " not in line):
        return False
    parts = [part for part in map(str.strip, _PARTED.split(line.strip(" .*_"))) if part]
    return len(parts) >= 2 and all(map(_is_name, parts))


def _is_name(part: str) -> bool:
    words = part.split()
    if not 2 <= len(words) <= 6 or not words[-1][:1].isalpha():
        return False
    return all(word in _PARTICLES or _WORD_OF_NAME.fullmatch(word) for word in words)


def _is_title(line: str) -> bool:
    words = line.split()
    return (
        len(words) >= _SHORTEST_TITLE
        and len(line) <= _LONGEST_TITLE
        and not line.endswith((".", ";", ","))
        and any(word[:1].islower() for word in words)
        and not is_names(line)
    )


def _is_heading(line: str) -> bool:
    return len(line.split()) <= _MOST_HEADING and not line.endswith((".", ":", "?", "!", ","))


def _lines(text: str) -> Iterator[_BareLine]:
    """The lines with words, without the marks around them."""
    at = 0
    for raw in text.split("\n"):
        bare = raw.strip(_MARKS + "\r")
        if bare:
            start = at + raw.index(bare)
            yield _BareLine(bare, start, start + len(bare))
        at += len(raw) + 1
