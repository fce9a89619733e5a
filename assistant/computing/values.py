"""The texts of a column's cells → what they mean: amounts with one unit, days, or words.

Amounts are exact (``Decimal``). A text such as ``1,234`` means two things; what the column, then
the table, then the language says decides, and where nothing does the column is unsure. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from assistant.text.dates import dates_of
from assistant.text.folding import fold

ColumnKind = Literal["number", "date", "text"]

_CURRENCIES = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "usd": "USD", "us$": "USD", "dollar": "USD", "dollars": "USD", "gbp": "GBP", "pound": "GBP",
    "pounds": "GBP", "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN",
    "czk": "CZK", "jpy": "JPY", "kr": "kr", "percent": "%", "per cent": "%", "prozent": "%",
}  # fmt: skip
_BODY = r"\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?|\d[\d.,]*"
_AMOUNT = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+−–]?)\s?(?P<before>[^\W\d_]{{0,3}}[€$£¥]|[A-Z]{{3}}(?=[\s\d])|)"
    rf"\s?(?P<sign2>[-−]?)(?P<body>{_BODY})\s?(?P<after>%|[^\d\s()|][^\d()|]{{0,23}}?)?"
    rf"(?P<close>\))?"
)
_NOTHING = frozenset("- – — n/a na nil none . .. … ? x tbd unknown k.a. k. a. keine s/o".split())
_FOOTNOTE = re.compile(r"(?:\[\^?\d+\]|[*†‡])+$")
_LONGEST = 200
"""Characters of a cell or a name that are looked at."""
_MOST_DIGITS = 27
"""Digits of a number: Python's own 28, and ours of 60 for the sums of large and small ones, hold
all of them."""
_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻^")
_HEAD_UNIT = re.compile(r"[(\[]([^()\[\]]{1,24})[)\]]\s*$|,?\s+in\s+(\S{1,12}(?:\s\S{1,12})?)\s*$")
_NAMES_THINGS = re.compile(
    r"(?:^|\W)(?:id|no|nr|number|num|nummer|code|zip|postcode|plz|phone|telephone|tel|telefon|fax|"
    r"isbn|sku|version|ref|reference|numero|n°|rank|rang|position|pos|#)\.?$",
    re.IGNORECASE,
)
_POINT_LANGUAGES = frozenset("en he ja zh ko th hi".split())
_COMMA_LANGUAGES = frozenset("de fr es it pt nl pl cs sv da no fi ru tr ro el".split())


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit: a currency's code, ``%``, a word as written, or nothing."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column of a table. ``amounts`` or ``days`` are given row by row, None where a cell says
    nothing. ``problem`` says why its numbers cannot be used. ``is_name`` numbers name things
    (years, article numbers); nobody adds them up. ``decimals`` is how many are written.
    """

    name: str
    kind: ColumnKind
    unit: str = ""
    amounts: tuple[Amount | None, ...] = ()
    days: tuple[str, ...] = ()
    problem: str = ""
    is_name: bool = False


def says_nothing(text: str) -> bool:
    """Whether a cell stands for no value: empty, a dash, ``n/a``."""
    return not text.strip() or fold(text.strip()) in _NOTHING


def decimal_signs(texts: Sequence[str]) -> frozenset[str]:
    """The decimal signs that texts of numbers show beyond doubt."""
    found = set()
    for text in texts:
        match = _AMOUNT.fullmatch(_bare(text))
        sign = _shown_sign(match["body"]) if match else ""
        if sign:
            found.add(sign)
    return frozenset(found)


def typed_column(
    name: str,
    texts: Sequence[str],
    *,
    is_first: bool = False,
    signs: frozenset[str],
    language: str,
    is_sheet: bool,
) -> TypedColumn:
    """What a column holds. ``signs`` are the decimal signs of the whole table; a sheet's numbers
    are stored with a point whatever its language."""
    filled = [text for text in texts if not says_nothing(text)]
    if not filled:
        return TypedColumn(name, "text")
    own = decimal_signs(filled)
    if len(own) > 1:
        nothing = (None,) * len(texts)
        shown = ", ".join(f"“{text.strip()}”" for text in filled[:2])
        problem = f"the column “{name}” writes numbers in two ways: {shown}"
        return TypedColumn(name, "number", amounts=nothing, problem=problem)
    point = _decimal_point(filled, own, signs, language, is_sheet, head_unit(name))
    amounts = [None if says_nothing(t) else _amount(t, point or ".") for t in texts]
    read = sum(each is not None for each in amounts)
    if read < max(1, 0.6 * len(filled)):
        return _days_or_words(name, texts, filled)
    if read == len(filled):
        days = _days_or_words(name, texts, filled)
        if days.kind == "date":
            return days
    problem = ""
    if read < len(filled):
        odd = next(
            t for t, a in zip(texts, amounts, strict=True) if a is None and not says_nothing(t)
        )
        problem = f"the cell “{odd.strip()[:40]}” of the column “{name}” is no plain number"
    elif not point:
        shown = next(text for text in filled if _in_doubt(text))
        problem = f"“{shown.strip()}” in the column “{name}” can be read in two ways"
    head = head_unit(name)
    units = {each.unit for each in amounts if each is not None}
    units = {unit or head for unit in units}
    if len(units) > 1 and not problem:
        listed = ", ".join(f"“{unit or 'none'}”" for unit in sorted(units))
        problem = f"the column “{name}” mixes units: {listed}"
    unit = next(iter(units)) if len(units) == 1 else ""
    if head and unit != head and head in {*_CURRENCIES.values(), "%"} and not problem:
        problem = f"the column “{name}” says {head}, its cells say {unit}"
    return TypedColumn(
        name,
        "number",
        unit,
        tuple(Amount(a.value, a.unit or head) if a is not None else None for a in amounts),
        problem=problem,
        is_name=_names_things(name, filled) or (not unit and _counts_up(amounts, is_first)),
    )


def _bare(text: str) -> str:
    """A cell without the signs of footnotes behind it; empty when it is too long for an amount."""
    bare = text.strip()
    return _FOOTNOTE.sub("", bare) if len(bare) <= _LONGEST else ""


def unit_of(text: str) -> str:
    """A unit in one spelling: the code of a currency, else as written."""
    bare = " ".join(text.split()).strip(" .")
    return _CURRENCIES.get(fold(bare), _CURRENCIES.get(bare, bare))


def head_unit(name: str) -> str:
    """The unit that a column's name or a row's label says: "Weight (kg)", "Revenue in EUR"."""
    match = _HEAD_UNIT.search(name) if len(name) <= _LONGEST else None
    if match is None:
        return "%" if name.rstrip().endswith("%") else ""
    unit = unit_of(match[1] or match[2])
    if match[2] and unit == match[2] and len(unit) > 4:
        return ""  # "Days in transit"
    return "" if re.fullmatch(r"[\d\W]*", unit) and unit != "%" else unit


def without_unit(name: str) -> str:
    """A name without the unit at its end."""
    return _HEAD_UNIT.sub("", name).strip() if head_unit(name) else name


def amount_in(text: str) -> Amount | None:
    """The number of a question, as people type one."""
    signs = _shown_sign(text)
    return _amount(text, signs or ".")


def _amount(text: str, point: str) -> Amount | None:
    match = _AMOUNT.fullmatch(_bare(text))
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    body = match["body"]
    if body[-1] in ".,":
        return None
    other = "," if point == "." else "."
    digits = re.sub(r"[ \u00a0\u202f'’]", "", body)
    whole, _, part = digits.rpartition(point) if point in digits else (digits, "", "")
    if other in part or point in whole:
        if digits.count(point) > 1 and other not in digits and _grouped(digits, point):
            whole, part = digits, ""
        else:
            return None
    if other in whole and not _grouped(whole, other):
        return None
    if len(whole) + len(part) > _MOST_DIGITS:
        return None
    number = Decimal(
        (whole.replace(other, "").replace(point, "") or "0") + (f".{part}" * bool(part))
    )
    negative = match["sign"] in ("-", "−", "–") or match["sign2"] or match["open"]
    before, after = match["before"] or "", (match["after"] or "").strip()
    if before and after and unit_of(before) != unit_of(after):
        after = f"{after} {unit_of(before)}"
        before = ""
    if len(after.split()) > 3 or after[:1] in _RAISED:  # 10³ is no ten
        return None
    return Amount(-number if negative else number, unit_of(before or after))


def _grouped(digits: str, sign: str) -> bool:
    return re.fullmatch(rf"\d{{1,3}}(?:{re.escape(sign)}\d{{3}})+", digits) is not None


def _shown_sign(body: str) -> str:
    """The decimal sign that a number shows beyond doubt, else nothing."""
    last = max(body.rfind("."), body.rfind(","))
    if last < 0:
        return ""
    sign = body[last]
    other = "," if sign == "." else "."
    if other in body:
        return sign
    if body.count(sign) > 1:
        return other
    decimals = re.sub(r"\D.*", "", body[last + 1 :])
    before = re.sub(r"\D", "", body[:last])
    if re.search(r"[ \u00a0\u202f'’]", body[:last]):
        return sign
    return sign if len(decimals) != 3 or len(before) > 3 or before.startswith("0") else ""


def _in_doubt(text: str) -> bool:
    match = _AMOUNT.fullmatch(_bare(text))
    return bool(match and re.fullmatch(r"\d{1,3}[.,]\d{3}", match["body"]))


def _body(text: str) -> str:
    match = _AMOUNT.fullmatch(_bare(text))
    return match["body"] if match else ""


def _has_currency(text: str) -> bool:
    amount = _amount(text, ".") or _amount(text, ",")
    return amount is not None and _is_currency(amount.unit)


def _is_currency(unit: str) -> bool:
    return unit in _CURRENCIES.values() and unit != "%"


def _decimal_point(
    filled: Sequence[str],
    own: frozenset[str],
    signs: frozenset[str],
    language: str,
    is_sheet: bool,
    unit: str,
) -> str:
    """The decimal sign of a column; empty where its numbers could mean two things."""
    if len(own) == 1:
        return next(iter(own))
    doubtful = [text for text in filled if _in_doubt(text)]
    if not doubtful or is_sheet:
        return "."
    if len(signs) == 1:
        return next(iter(signs))
    if all(_has_currency(text) for text in doubtful) or _is_currency(unit):
        return "," if "." in _body(doubtful[0]) else "."  # no amount of money has three decimals
    if language in _POINT_LANGUAGES:
        return "."
    return "," if language in _COMMA_LANGUAGES else ""


def _days_or_words(name: str, texts: Sequence[str], filled: Sequence[str]) -> TypedColumn:
    days = []
    for text in texts:
        found = dates_of(text) if len(text) <= 40 else ()
        whole = len(found) == 1 and len(found[0].text) >= len(text.strip()) - 2
        days.append(found[0].iso if whole else "")
    if sum(map(bool, days)) < len(filled):
        return TypedColumn(name, "text")
    return TypedColumn(name, "date", days=tuple(days))


def _names_things(name: str, filled: Sequence[str]) -> bool:
    if _NAMES_THINGS.search(without_unit(name)):
        return True
    if any(re.match(r"0\d", text.strip()) for text in filled):
        return True
    return is_year_name(name) or (
        len(set(filled)) == len(filled)
        and all(re.fullmatch(r"(?:1[89]|20)\d\d", text.strip()) for text in filled)
    )


def _counts_up(amounts: Sequence[Amount | None], is_first: bool) -> bool:
    """Whether whole numbers, none twice, number the rows: in the first column, or one by one."""
    values = [each.value for each in amounts if each is not None]
    if len(values) < 3 or len(set(values)) < len(values) or any(v != int(v) for v in values):
        return False
    return is_first or [b - a for a, b in pairwise(values)] == [1] * (len(values) - 1)


def is_year_name(name: str) -> bool:
    """Whether a column's name is "Year" in a language we know."""
    return fold(name.strip()) in {"year", "jahr", "annee", "ano", "anno", "jaar", "rok", "ar"}
