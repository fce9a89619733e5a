"""Sentences of a text that state a day, a month of a year, or a year. Pure.

A number is a year after a word such as "in" or "since", in a span ("from 1811 to 1850"), or after a
name ("the Harbour Act 1906"). Other numbers of four digits are left out: they may be anything. So
are entries of lists of references, whose years tell when somebody wrote, and code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.text.dates import Date, take_dates
from assistant.text.sentences import sentences

_HAS_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)|(?<!\d)\d{2}\.\d{2}\.\d{2}(?!\d)")
_NUMBER = r"(?:1[0-9]|20)\d\d(?![\d,.'’]\d|\w|[%€$£°]| ?[-–] ?[a-z])"
_SAID = (
    r"(?i:in|since|until|till|during|early|mid|late|year|around|circa|im jahr|im jahre|seit|bis|um|"
    r"en|depuis|desde|hasta|nel|dal|fino al)"
)
_SPAN = rf"\b(?i:from|between|von|de|entre) (?P<from>{_NUMBER}) ?(?:to|and|bis|und|à|et|a|y|–|-) ?"
_YEAR = re.compile(
    rf"{_SPAN}(?P<to>{_NUMBER})|\b{_SAID}[ -](?P<year>{_NUMBER})"
    r"|(?:^|(?<=[ (“\"]))[A-ZÀ-Þ][\w-]{1,30} (?P<named>(?:19|20)\d\d)(?![\d,.]\d|\w|[%€$£°])"
)
_REFERENCE = re.compile(r"\bet al\b|\barXiv\b|\bdoi\b|\bpp\. ?\d|\bIn Proc|https?://")
_LONGEST = 600
"""Characters of a sentence; a longer one is a list that was written as one."""
_MOST_DATES = 4
"""Dates of one sentence; with more it is a table."""


@dataclass(frozen=True, slots=True)
class DatedSentence:
    """A sentence from ``start`` to ``end`` of its text. ``when`` is ``2021-05-05``, ``2021-05`` or
    ``2021``: of a day that can be read in two ways, the year."""

    when: str
    start: int
    end: int


def dated_sentences(text: str) -> Iterator[DatedSentence]:
    """All of a text in its order; a sentence comes once for each date that it states."""
    for span in sentences(text):
        if span.kind not in ("prose", "item", "label") or span.end - span.start > _LONGEST:
            continue
        words = text[span.start : span.end]
        if _HAS_YEAR.search(words) is None or _REFERENCE.search(words):
            continue
        whens = list(dict.fromkeys(_whens(words, is_label=span.kind == "label")))
        if len(whens) <= _MOST_DATES:
            for when in whens:
                if not any(each != when and each.startswith(when) for each in whens):
                    yield DatedSentence(when, span.start, span.end)


def _whens(words: str, *, is_label: bool) -> Iterator[str]:
    dates, rest = take_dates(words)
    for date in dates:
        if when := _when(date):
            yield when
    if is_label:  # "Copenhagen 2018" is a heading, "Day: 12 March 2018" a statement
        return
    for found in _YEAR.finditer(rest):
        for name in ("from", "to", "year", "named"):
            if found[name]:
                yield found[name]


def _when(date: Date) -> str:
    years = {year for year, _, _ in date.spellings}
    year = years.pop() if len(years) == 1 else None
    return date.iso or (f"{year:04}" if year else "")
