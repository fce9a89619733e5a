"""Labels that are spans of numbers: "2 to 5 years", "below £100", "200 kg and more". Pure.

English, German, French, Spanish and Italian words; numbers as digits with the usual separators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_NUMBER = r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_SIGN = r"[€$£¥%]"
_UNIT = r"(?:[^\W\d_]+\.?|[%°])(?: (?:of )?[^\W\d_]+){0,3}"
_UP = (
    r"up to|at most|no more than|not more than|maximum|max\.?|until|≤|bis(?: zu)?|höchstens|"
    r"jusqu['’]à|au plus|hasta|fino a"
)
_BELOW = (
    r"under|below|less than|fewer than|younger than|shorter than|lighter than|before|<|unter|"
    r"weniger als|kleiner als|moins de|menos de|meno di|sotto"
)
_FROM = (
    r"from|at least|no less than|minimum|min\.?|≥|ab|mindestens|à partir de|au moins|desde|"
    r"a partir de|da"
)
_ABOVE = (
    r"over|above|more than|older than|longer than|heavier than|after|beyond|>|über|mehr als|"
    r"älter als|plus de|más de|oltre|più di"
)
_MORE = (
    r"(?:and|or|und|oder|et|ou|y|o|e) (?:more|over|above|older|longer|heavier|up|upwards|mehr|"
    r"älter|plus|más|più)|\+|or greater"
)
_LESS = r"(?:and|or) (?:less|fewer|under|below|younger|shorter|lighter|weniger|jünger)"
_JOINT = r"(?: ?[-–—] ?| to | bis | à | a | and | und | et | y )"
_LONGEST = 60
_WORDS = {word: str(number) for number, word in enumerate(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty""".split()
)}  # fmt: skip
NUMBER_WORDS = "|".join(_WORDS)
"""The alternatives of a pattern for a number word."""
_NAMED = re.compile(rf"\b(?:{NUMBER_WORDS})\b", re.IGNORECASE)
_SEPARATED = re.compile(r"[,.' ](?=\d{3}(?!\d))")


@cache
def _spans() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What is open or shut, and the form of the label; compiled when a question holds a number."""
    low, high = (
        rf"(?P<{end}sign>{_SIGN}?) ?(?P<{end}>{_NUMBER}) ?(?P<{end}unit>(?:{_UNIT})?)"
        for end in ("low", "high")
    )
    rest = rf"(?P<rest>(?: {_UNIT})?)"
    forms = (
        ("between", rf"(?:between |from |zwischen |von |de |entre |da )?{low}{_JOINT}{high}"),
        ("to", rf"(?:{_UP}) ?{high}"),
        ("below", rf"(?:{_BELOW}) ?{high}"),
        ("from", rf"(?:{_FROM}) ?{low}"),
        ("above", rf"(?:{_ABOVE}) ?{low}"),
        ("from", rf"{low},? ?(?:{_MORE}){rest}"),
        ("to", rf"{high},? ?(?:{_LESS}){rest}"),
    )
    return tuple((kind, re.compile(form, re.IGNORECASE)) for kind, form in forms)


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """Numbers from ``low`` to ``high``, with or without the ends, and the word of their unit, as it
    is written; None where a side is open."""

    low: float | None
    high: float | None
    unit: str
    with_low: bool = True
    with_high: bool = True

    def holds(self, value: float) -> bool:
        """Whether a number lies in it."""
        if self.low is not None and (value < self.low or (value == self.low and not self.with_low)):
            return False
        return self.high is None or value < self.high or (value == self.high and self.with_high)


def in_digits(text: str) -> str:
    """A text with the number words up to twenty as digits."""
    return _NAMED.sub(lambda match: _WORDS[match.group().lower()], text)


def number_of(written: str) -> float:
    """What digits with separators stand for."""
    return float(_SEPARATED.sub("", written).replace(",", "."))


def span_of(label: str) -> NumberSpan | None:
    """The span that a label is, whole; None for any other text, and for a single number."""
    bare = in_digits(" ".join(label.split())).strip(" .:;*()[]")
    if len(bare) > _LONGEST or not any(map(str.isdigit, bare)):
        return None
    for kind, pattern in _spans():
        match = pattern.fullmatch(bare)
        if match is None:
            continue
        found = match.groupdict()
        low, high = (number_of(found[e]) if found.get(e) else None for e in ("low", "high"))
        if low is not None and high is not None and low >= high:
            return None
        names = ("highunit", "highsign", "lowunit", "lowsign", "rest")
        unit = next((found[name].strip() for name in names if (found.get(name) or "").strip()), "")
        return NumberSpan(low, high, unit, kind != "above", kind != "below")
    return None
