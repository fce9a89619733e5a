"""A cell's number and the code of its format → what a reader of the sheet sees. Pure.

Shown are per cent, currencies, units and other words of the format, its decimals and its scale;
thousands stand without separators, so that a number is the same in every format and language. A
format that shows something else (fractions, exponents) leaves the number as it is stored.
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import NamedTuple

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    17: "mmm-yy", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 49: "@",
}  # fmt: skip
"""Codes that a file need not spell out; the others show what is stored."""

_BRACKET = re.compile(r"\[(?:\$([^\]\[-]*+)(?:-[^\]\[]*+)?|[^\]\[]*+)\]")
_DATE_PART = re.compile(r"y+|m+|d+|h+|s+", re.IGNORECASE)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_CORE = re.compile(r"[#0?][#0?,. ]*")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MOST_DECIMALS = 12


class _Shown(NamedTuple):
    before: str
    after: str
    decimals: int
    scale: float


def shown_number(value: float, code: str) -> str:
    """A number as its format shows it, or an empty text when that is how it is stored."""
    shown = _number_format(code)
    if shown is None:
        return ""
    number = f"{abs(value) * shown.scale:.{shown.decimals}f}"
    is_negative = value < 0 and number.strip("0.") != ""
    return f"{'-' if is_negative else ''}{shown.before}{number}{shown.after}".strip()


@lru_cache(maxsize=1000)
def _number_format(code: str) -> _Shown | None:
    section = _first_section(code)
    if "@" in section or "General" in section or not section:
        return None
    plain = _BRACKET.sub(lambda match: (match[1] or "").replace("%", ""), section)
    literal = _LITERAL.sub(lambda match: "\0" * len(match.group()), plain)
    core = _CORE.search(literal)
    rest = literal[: core.start()] + literal[core.end() :] if core else literal
    if core is None or re.search(r"[/#?0]|[eE][+-]", rest):
        return None
    digits = core.group().rstrip(" ")
    decimals = len(re.findall(r"[0#?]", digits.partition(".")[2]))
    thousands = len(digits) - len(digits.rstrip(","))
    scale = (100.0 if "%" in rest else 1.0) / 1000.0**thousands
    before, after = plain[: core.start()], plain[core.start() + len(digits) :]
    return _Shown(_words(before), _words(after), min(decimals, _MOST_DECIMALS), scale)


def _words(piece: str) -> str:
    words = _LITERAL.sub(lambda match: match[1] or match[2] or "", piece)
    return words.replace("(", "").replace(")", "")


def _first_section(code: str) -> str:
    """What stands before the first semicolon outside quotes: the format of positive numbers."""
    in_quotes = False
    for at, character in enumerate(code):
        if character == '"':
            in_quotes = not in_quotes
        elif character == ";" and not in_quotes:
            return code[:at]
    return code


def shown_date(value: datetime.date, code: str) -> str:
    """A date whose format leaves the day out: a month, a year, a day of the week; else nothing."""
    bare = _BRACKET.sub("", _LITERAL.sub("", code.partition(";")[0])).lower()
    parts = {match.group()[0]: len(match.group()) for match in _DATE_PART.finditer(bare)}
    if set(parts) == {"y", "m"}:
        return f"{_MONTHS[value.month - 1]} {value.year}"
    if set(parts) == {"y"}:
        return str(value.year)
    if set(parts) == {"m"} and parts["m"] >= 3:
        return _MONTHS[value.month - 1]
    if set(parts) == {"d"} and parts["d"] >= 3:
        return _DAYS[value.weekday()]
    return ""
