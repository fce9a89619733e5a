"""Dates in a text as values, in the spellings of many languages; and the spellings of a date.

``5 May 2021``, ``2021-05-05``, ``05.05.2021``, ``5. Mai 2021``, ``5 de mayo de 2021`` are one day.
``3/4/2021`` may be two. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from assistant.text.terms import terms
from assistant.text.value_words import MONTHS, ONLY_WITH_DAY

Spelling = tuple[int | None, int, int | None]
"""Year, month, day: what is not said is None."""

_ALONE = {name: number for name, number in MONTHS.items() if name not in ONLY_WITH_DAY}


def _names(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_ANY_MONTH = rf"(?P<month>{_names(MONTHS)})\b\.?"
_MONTH = rf"(?P<month>{_names(_ALONE)})\b\.?"
_BEFORE_MONTH = (
    "in|of|since|by|until|from|last|next|this|early|mid|late|to|and|im|vom|seit|bis|ab|en|depuis|"
    "desde|dal|da"
)
_OF = r"(?:(?:of|de|del|di) )?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?"
_YEAR = r"(?P<year>1\d{3}|20\d{2})"
_SHORT_YEAR = r"(?P<year>\d\d)"


@cache
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Compiled when first needed: 7 ms of every command otherwise."""
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_WITH_NAMES = (
    rf"\b{_DAY} {_OF}{_ANY_MONTH},?(?: (?:de |del )?{_YEAR}\b)?",
    rf"\b{_MONTH} {_DAY}\b(?:,? {_YEAR}\b)?",
    rf"\b{_MONTH},? {_OF}{_YEAR}\b",
    rf"\b(?:{_BEFORE_MONTH})[ -]{_MONTH}(?! \d)",
)
_IN_DIGITS = (
    rf"(?<![\d.]){_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?!\d)",
    rf"(?<![\d.])(?P<day>\d{{1,2}})\. ?(?P<month>\d{{1,2}})\. ?{_YEAR}(?!\d)",
    rf"\b(?P<a>\d{{1,2}})[-/](?P<b>\d{{1,2}})[-/]{_YEAR}\b",
    rf"(?<![\d.])(?P<day>\d{{2}})\.(?P<month>\d{{2}})\.{_SHORT_YEAR}(?![\d.])",
    rf"(?<![\d/])(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/{_SHORT_YEAR}(?![\d/])",
)
_EAST_ASIAN = (
    rf"{_YEAR}年(?P<month>\d{{1,2}})月(?:(?P<day>\d{{1,2}})日)?",
    rf"{_YEAR}년 ?(?P<month>\d{{1,2}})월(?: ?(?P<day>\d{{1,2}})일)?",
)
_LETTERS = re.compile(r"[^\W\d_]+")
_PARTED = re.compile(r"\d[-/.] ?\d")
_CENTURY = 70
"""Two digits from 70 on are of the century before."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day or a month as written at ``start`` to ``end``; ``spellings`` has one entry, or two."""

    text: str
    spellings: tuple[Spelling, ...]
    start: int = 0
    end: int = 0

    @property
    def iso(self) -> str:
        """``2021-05-05`` or ``2021-05``; empty when year or day are in doubt."""
        if len(self.spellings) != 1 or self.spellings[0][0] is None:
            return ""
        year, month, day = self.spellings[0]
        return f"{year:04}-{month:02}" + (f"-{day:02}" if day else "")


def dates_of(text: str) -> tuple[Date, ...]:
    """All dates of a text in order; none lies inside another."""
    return take_dates(text)[0]


def take_dates(text: str) -> tuple[tuple[Date, ...], str]:
    """All dates of a text, and the text with blanks in their places."""
    patterns = _fitting(text)
    if not patterns:
        return (), text
    found: list[Date] = []

    def taken(match: re.Match[str]) -> str:
        spellings = tuple(_spellings(match.groupdict()))
        written = match.group()
        if not spellings:
            return written
        start = match.start() + len(written) - len(written.lstrip())
        shown = written.strip(" ,")
        found.append(Date(shown, spellings, start, start + len(shown)))
        return " " * len(written)

    for pattern in patterns:
        text = pattern.sub(taken, text)
    return tuple(sorted(found, key=lambda date: date.start)), text


def _fitting(text: str) -> list[re.Pattern[str]]:
    """The patterns that could find something: most sentences hold no date, and their test takes a
    tenth of the time."""
    patterns: list[re.Pattern[str]] = []
    if not MONTHS.keys().isdisjoint(_LETTERS.findall(text.lower())):
        patterns += _compiled(_WITH_NAMES)
    if _PARTED.search(text):
        patterns += _compiled(_IN_DIGITS)
    if "年" in text or "년" in text:
        patterns += _compiled(_EAST_ASIAN)
    return patterns


def _spellings(parts: dict[str, str | None]) -> Iterator[Spelling]:
    written = parts.get("year") or ""
    year = int(written) if written else None
    if year is not None and len(written) == 2:
        year += 1900 if year >= _CENTURY else 2000
    if "a" in parts:
        a, b = int(parts["a"] or 0), int(parts["b"] or 0)
        options = {(a, b), (b, a)}
    else:
        name = (parts["month"] or "").lower()
        month = int(name) if name.isdecimal() else MONTHS[name]
        options = {(int(parts.get("day") or 0), month)}
    for day, month in sorted(options):
        if 1 <= month <= 12 and 0 <= day <= 31:
            yield year, month, day or None


def date_forms(date: Date) -> tuple[tuple[str, ...], ...]:
    """How texts may write a date, each as a run of index terms, without the date's own."""
    written: list[str] = []
    for year, month, day in date.spellings:
        names = [name for name, number in MONTHS.items() if number == month]
        if day is None:
            written += [f"{name} {year}" for name in names] if year else []
            written += [f"{year}-{month:02}", f"{month:02}.{year}"] if year else []
            continue
        written += [f"{day} {name}" for name in names] + [f"{name} {day}" for name in names]
        if year:
            written += [
                f"{year}-{month:02}-{day:02}", f"{year}.{month:02}.{day:02}",
                f"{day:02}.{month:02}.{year}", f"{day}.{month}.{year}",
                f"{day:02}.{month:02}.{year % 100:02}",
                f"{day}/{month}/{year}", f"{day:02}/{month:02}/{year}",
                f"{month}/{day}/{year}", f"{month:02}/{day:02}/{year}",
                f"{day}/{month}/{year % 100:02}", f"{month}/{day}/{year % 100:02}",
            ]  # fmt: skip
    own = tuple(terms(date.text))
    return tuple(form for form in dict.fromkeys(tuple(terms(w)) for w in written) if form != own)
