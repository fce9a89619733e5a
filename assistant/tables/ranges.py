"""Labels that are spans of numbers: "2 to 5 years", "below £100", "200 kg and more". Pure.

English, German, French, Spanish and Italian words; numbers as digits with the usual separators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

NUMBER = r"\d{1,3}(?:[,.'\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,3})?"
"""The pattern of a number with its separators."""
_SIGN = r"[€$£¥%]"
_NO_JOINT = r"(?!(?:to|and|bis|und|à|a|et|y|or|oder|ou)\b)"
_UNIT = rf"(?:°? ?{_NO_JOINT}[^\W\d_]+\.?|[%°])(?: (?:of )?{_NO_JOINT}[^\W\d_]+){{0,3}}"
_MINUS = r"(?:minus |[-−])?"
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
_SPACED = re.compile(r"[' \u00a0\u202f](?=\d)")
_GROUP = 3
_TIMES = {
    "k": 1e3, "thousand": 1e3, "million": 1e6, "mio": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9,
}  # fmt: skip
_DECIMAL_POINT = frozenset({"", "en", "zh", "ja", "ko", "th", "hi"})
"""Languages that write "1.250" for one and a quarter; in the others that is 1250."""


@cache
def _spans() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What is open or shut, and the form of the label; compiled when a question holds a number."""
    low, high = (
        rf"(?P<{end}sign>{_SIGN}?) ?(?P<{end}>{_MINUS}(?:{NUMBER})) ?(?P<{end}unit>(?:{_UNIT})?)"
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


def number_of(written: str, language: str = "en") -> float:
    """What digits with the separators of a language stand for; ``minus`` and its sign count.

    A separator of thousands that cannot be one ("2,5", "0,375") is a decimal sign.
    """
    bare = _SPACED.sub("", written.strip().lower())
    is_minus = bare.startswith(("minus", "-", "−"))
    bare = bare.removeprefix("minus").strip(" -−")
    thousands, decimal = (",", ".") if language in _DECIMAL_POINT else (".", ",")
    _, _, last = bare.rpartition(thousands)
    is_one = bare.count(thousands) == 1 and decimal not in bare
    if is_one and (len(last) != _GROUP or bare.startswith("0")):
        thousands, decimal = decimal, thousands
    bare = bare.replace(thousands, "")
    bare = bare.replace(decimal, "." if bare.count(decimal) == 1 else "")
    return -float(bare) if is_minus else float(bare)


def times_of(word: str) -> float:
    """By what a word behind a number multiplies it: 1 for any that does not."""
    return _TIMES.get(word.lower(), 1.0)


def span_of(label: str, language: str = "en") -> NumberSpan | None:
    """The span that a label is, whole, written as its language does; None for any other text, for a
    single number, and where both ends have units of their own ("6 months to 12 years")."""
    bare = in_digits(" ".join(label.split())).strip(" .:;*()[]")
    if len(bare) > _LONGEST or not any(map(str.isdigit, bare)):
        return None
    for kind, pattern in _spans():
        match = pattern.fullmatch(bare)
        if match is None:
            continue
        found = match.groupdict()
        low, high = (
            number_of(found[end], language) if found.get(end) else None for end in ("low", "high")
        )
        if low is not None and high is not None and low >= high:
            return None
        units = {(found.get(name) or "").strip() for name in ("lowunit", "highunit")} - {""}
        if len(units) > 1 or any(times_of(unit) > 1.0 for unit in units):
            return None
        names = ("highunit", "highsign", "lowunit", "lowsign", "rest")
        unit = next((found[name].strip() for name in names if (found.get(name) or "").strip()), "")
        return NumberSpan(low, high, unit, kind != "above", kind != "below")
    return None
