"""Numbers as they are printed: in lists (``4``, ``d``, ``iv``) and raised (10³). Pure."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_MAY_RAISE = frozenset("0123456789+-−=()ni ")
_NOTE_PLACE = re.compile(r"(?:[^\W\d_]{4}|[.,;:!?)\]\"'”’»])$")
_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
)


def numeral(number: int, form: str) -> str:
    """A number in the form ``1``, ``01``, ``a``, ``A``, ``i`` or ``I``; in digits where it has no
    such form."""
    if form in ("a", "A") and 0 < number <= 26 * 50:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "a" else letter.upper()
    if form in ("i", "I") and 0 < number < 4000:
        text = ""
        for value, sign in _ROMAN:
            text += sign * (number // value)
            number %= value
        return text.lower() if form == "i" else text
    return f"{number:02d}" if form == "01" else str(number)


def raised(text: str, before: str = "") -> str:
    """Superscript as people see it: ``10`` and ``3`` are 10³ and not 103; ``th`` stays.

    A number behind a word or a sentence is a note's: ``[^1]``, which leaves the word what it is.
    """
    if text.strip().isdecimal() and _NOTE_PLACE.search(before):
        return f"[^{text.strip()}]"
    return text.translate(_RAISED) if text and set(text) <= _MAY_RAISE else text
