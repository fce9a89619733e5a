"""A text → its dates, periods and numbers, each with the other ways that texts write it. Pure.

``5 May 2021`` is ``2021-05-05`` and ``05.05.2021`` too, ``2,871.40`` is ``2.871,40`` and
``2’871.40``, ``8.25 %`` is ``0.0825``, ``ten`` is ``10``, ``H1 2022`` is ``January–June 2022``; and
each the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from assistant.text.dates import date_forms, take_dates
from assistant.text.folding import fold
from assistant.text.periods import period_forms
from assistant.text.terms import terms
from assistant.text.value_words import NOT_COUNTED, NUMBER_WORDS

_NUMBER = re.compile(
    r"(?<![\w.,'’/:-])"
    r"(?P<digits>\d{1,3}(?:(?P<group>[.,'’\u00a0\u202f ])\d{3})(?:(?P=group)\d{3})*(?:[.,]\d+)?"
    r"|\d+(?:[.,]\d+)?)"
    r"(?P<share>\s?(?:%|per ?cent\b|prozent\b))?(?![\w/:'’-])(?![.,]\d)",
    re.IGNORECASE,
)
_MOST_VALUES = 8
"""Dates of a text, and numbers of it, that are given other forms."""
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class WrittenValue:
    """The index terms of a date or number as written, and those of each other way to write it."""

    own: frozenset[str]
    forms: tuple[frozenset[str], ...]
    is_date: bool = False


def values_of(text: str, code: str) -> list[WrittenValue]:
    """The dates of a text in a language, then its periods and numbers."""
    dates, rest = take_dates(text)
    found = [
        WrittenValue(
            frozenset(terms(date.text, code)), tuple(map(frozenset, date_forms(date))), True
        )
        for date in dates[:_MOST_VALUES]
        if date.iso
    ]
    others = [*period_forms(text), *_numbers(rest), *_number_words(rest)]
    for written, forms in others[:_MOST_VALUES]:
        needed = (frozenset(terms(form)) for form in forms)
        found.append(WrittenValue(frozenset(terms(written, code)), tuple(n for n in needed if n)))
    return found


def _numbers(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each number of a text as written, and in other forms."""
    for match in _NUMBER.finditer(text):
        digits = match["digits"]
        if len(digits) > _MOST_DIGITS:
            continue
        forms: list[str] = []
        for value in _readings(digits, match["group"] or ""):
            forms += _forms(value)
            if match["share"]:
                forms += _forms(value / 100)
            elif 0 < value < 1:
                forms += _forms(value * 100)
            if value == value.to_integral_value():
                forms += _words_of(int(value))
        yield match.group(), list(dict.fromkeys(forms))


def _readings(digits: str, group: str) -> list[Decimal]:
    """``1.234`` is one thousand or one and a bit; ``1.234,50`` is sure."""
    last = re.fullmatch(r"(.*)([.,])(\d+)", digits)
    if last is None:
        return [Decimal(re.sub(r"\D", "", digits))]
    whole = re.sub(r"\D", "", last[1])
    found = []
    if last[2] != group or digits.count(group) == 1:
        found.append(Decimal(f"{whole}.{last[3]}"))
    if last[2] == group:
        found.append(Decimal(whole + last[3]))
    return found


def _forms(value: Decimal) -> Iterator[str]:
    """How texts write a number: with a period or a comma, thousands parted or not."""
    plain = f"{value.normalize():f}"
    whole, _, decimals = plain.partition(".")
    endings = {decimals, decimals.ljust(2, "0")} if decimals else {""}
    if not decimals and len(whole) > 3:
        endings.add("00")
    for ending in sorted(endings):
        for group, mark in (("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), ("'", ".")):
            parted = _parted(whole, group) if group else whole
            yield f"{parted}{mark}{ending}" if ending else parted


def _parted(whole: str, group: str) -> str:
    return f"{int(whole):,}".replace(",", group) if len(whole) > 3 else whole


def _number_words(text: str) -> Iterator[tuple[str, list[str]]]:
    for word in dict.fromkeys(re.findall(r"[^\W\d_]+", text)):
        value = NUMBER_WORDS.get(word.lower())
        if value is not None and value > 1 and word.lower() not in NOT_COUNTED - {"ten"}:
            yield word, [str(int(value)), *_words_of(int(value))]


@lru_cache(maxsize=64)
def _words_of(value: int) -> tuple[str, ...]:
    """The words for a number in all languages, but those that are other words as well."""
    return tuple(
        w for w, v in NUMBER_WORDS.items() if v == value > 1 and fold(w) not in NOT_COUNTED
    )
