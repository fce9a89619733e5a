"""Dates and numbers of a question in the other ways that texts write them. Pure.

``5 May 2021`` asks for ``2021-05-05`` and ``05.05.2021`` too, ``2,871.40`` for ``2.871,40`` and
``2’871.40``, ``8.25 %`` for ``0.0825``, ``ten`` for ``10``, ``H1 2022`` for ``January–June 2022``;
and each the other way round. All is
done to the question: the index holds the texts' own terms and nothing more.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from assistant.retrieval.periods import period_forms
from assistant.retrieval.question import Question
from assistant.text.dates import date_forms, take_dates
from assistant.text.folding import fold
from assistant.text.terms import terms
from assistant.text.value_words import NOT_COUNTED, NUMBER_WORDS, ONLY_WITH_DAY

_NUMBER = re.compile(
    r"(?<![\w.,'’/:-])"
    r"(?P<digits>\d{1,3}(?:(?P<group>[.,'’\u00a0\u202f ])\d{3})(?:(?P=group)\d{3})*(?:[.,]\d+)?"
    r"|\d+(?:[.,]\d+)?)"
    r"(?P<share>\s?(?:%|per ?cent\b|prozent\b))?(?![\w/:'’-])(?![.,]\d)",
    re.IGNORECASE,
)
_MOST_VALUES = 8
"""Values of a question that are looked for in other forms."""
_MOST_DIGITS = 15


def with_values(question: Question, holds: Callable[[str], bool]) -> Question:
    """The question with the other forms of its dates and numbers; ``holds`` says whether the index
    has a term."""
    same: dict[frozenset[str], set[str]] = defaultdict(set)
    dates, rest = take_dates(question.text)
    for date in dates[:_MOST_VALUES]:
        own = _own(question, date.text)
        for run in date_forms(date) if own and date.iso else ():
            same[frozenset(run)].update(own)
    written_values = [*period_forms(question.text), *_numbers(rest), *_number_words(rest)]
    for written, forms in written_values[:_MOST_VALUES]:
        own = _own(question, written)
        for form in forms if own else ():
            needed = frozenset(terms(form))
            if needed and not needed <= own:
                same[needed].update(own)
    if not same:
        return question
    sought = {
        term: 1.0
        for needed in same
        for term in needed
        if _is_telling(term, needed) and term not in question.weights and holds(term)
    }
    pairs = tuple((needed, frozenset(given)) for needed, given in same.items())
    return replace(
        question, same_as=(*question.same_as, *pairs), sought={**sought, **question.sought}
    )


def _own(question: Question, written: str) -> frozenset[str]:
    """The question's terms of one of its values."""
    mine = question.weights.keys() | question.values
    return frozenset(term for term in terms(written, question.language) if term in mine)


def _is_telling(term: str, needed: frozenset[str]) -> bool:
    """Whether a term of a form is worth a search: a whole value, or the name of a month."""
    if term.isdigit():
        return len(needed) == 1
    return term not in _EVERYDAY


_EVERYDAY = ONLY_WITH_DAY | set("may mar sept des dec jan first second third fourth".split())


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
