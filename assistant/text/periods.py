"""Halves, quarters and fiscal years of a question in the other ways that texts write them. Pure.

``the first half of 2022`` asks for ``January–June 2022``, ``H1 2022`` and ``1H22`` too, ``Q2'23``
for ``the second quarter of 2023``, ``FY22`` for ``fiscal 2022``; and each the other way round. A
fiscal year may begin in any month, so that only halves and quarters are turned into months.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ORDINAL = r"(?:first|1st|second|2nd|third|3rd|fourth|4th)"
_NUMBERS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
}
_LENGTHS = {"H": 6, "Q": 3}
"""Months of a half and of a quarter."""
_WORDS = ("", "first", "second", "third", "fourth")
_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_YEAR = r"(?:(?:fy|fiscal|fiscal year)?[ ]?['’]?(?P<year>(?:19|20)\d\d|\d\d(?!\d)))"
_HALF = re.compile(
    rf"\b(?:(?P<word>{_ORDINAL}) (?:half(?:[- ]year)?|six months)|h(?P<h>[12])|(?P<h2>[12])h)"
    rf"(?:(?: of| in)? ?{_YEAR})?\b",
    re.IGNORECASE,
)
_QUARTER = re.compile(
    rf"\b(?:(?P<word>{_ORDINAL}) (?:quarter|three months)|q(?P<h>[1-4])|(?P<h2>[1-4])q)"
    rf"(?:(?: of| in)? ?{_YEAR})?\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    rf"\b(?P<from>{'|'.join(_MONTHS)})"
    rf"(?: to | through | until | ?[-–—] ?)(?P<to>{'|'.join(_MONTHS)})"
    rf"(?P<h2>)(?: (?:of )?{_YEAR})?\b",
    re.IGNORECASE,
)
_FISCAL = re.compile(
    r"\b(?:fy ?['’]?|(?:fiscal|financial)(?: year)? ['’]?)(?P<year>(?:19|20)\d\d|\d\d(?!\d))\b",
    re.IGNORECASE,
)


def period_forms(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each period of a text as written, and in other forms.

    A period with a year comes with and without it: a table may name the year in another place.
    """
    for match, letter, number in _parts_of_years(text):
        year = match["year"] or ""
        if year:
            yield match.group(), _with_year(letter, number, _whole(year))
        if not match["h2"]:
            yield match.group().removesuffix(year), _without_year(letter, number)
    for match in _FISCAL.finditer(text):
        year = _whole(match["year"])
        short = year[-2:]
        yield match.group(), [f"FY{short}", f"FY{year}", f"FY {year}", f"fiscal {year}",
                              f"financial {year}"]  # fmt: skip


def _parts_of_years(text: str) -> Iterator[tuple[re.Match[str], str, int]]:
    """The halves (H) and quarters (Q) that a text names, each with its number."""
    for pattern, letter in ((_HALF, "H"), (_QUARTER, "Q")):
        for match in pattern.finditer(text):
            digit = match["h"] or match["h2"]
            number = int(digit) if digit else _NUMBERS.get(match["word"].lower(), 0)
            if 0 < number <= len(_MONTHS) // _LENGTHS[letter]:
                yield match, letter, number
    for match in _SPAN.finditer(text):
        first, last = (_MONTHS.index(match[name].lower()) for name in ("from", "to"))
        for letter, length in _LENGTHS.items():
            if last - first == length - 1 and first % length == 0:
                yield match, letter, first // length + 1


def _without_year(letter: str, number: int) -> list[str]:
    length = _LENGTHS[letter]
    first, last = _MONTHS[(number - 1) * length], _MONTHS[number * length - 1]
    name = "half" if letter == "H" else "quarter"
    return [f"{letter}{number}", f"{_WORDS[number]} {name}", f"{first} {last}"]


def _with_year(letter: str, number: int, year: str) -> list[str]:
    short = year[-2:]
    glued = [f"{number}{letter}{short}", f"{letter}{number}{short}", f"{number}{letter}{year}"]
    runs = [f"{run} {year}" for run in _without_year(letter, number)]
    return [*runs, *glued, f"{letter}{number} {short}"]


def _whole(year: str) -> str:
    """A year with its century: 22 is 2022, 95 is 1995."""
    if len(year) != 2:
        return year
    return f"20{year}" if int(year) < 60 else f"19{year}"
