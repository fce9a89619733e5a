"""The date and version of a document, from its first lines, its name or its file, for ordering.

Pure. A line such as "In force from 1 March 2026" takes precedence over a date in the name or
title, and that over the file's own date, which is often the day of a copy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from assistant.text.folding import fold
from assistant.text.languages import language, language_codes

_HEAD = 800
"""Characters at the beginning of a document in which it may say from when it is."""
_ISO = re.compile(
    r"(?<!\d)((?:1[5-9]|20)\d\d)([-_./]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?(?!\d)"
)
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./]((?:1[5-9]|20)\d\d)(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<![\w.])(\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:of\s+|de\s+)?([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?((?:1[5-9]|20)\d\d)"
)
_MONTH_DAY = re.compile(
    r"\b([^\W\d_]{3,12})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?((?:1[5-9]|20)\d\d)\b"
)
_YEAR = re.compile(r"(?<![\d.,/])((?:1[5-9]|20)\d\d)(?![\d/]|[.,]\d)")
_STATES = re.compile(
    r"\b(?:in force|effective|valid|applies|applicable|as of|as at|dated?|updated|last (?:changed|"
    r"updated|revised|modified)|revised|published|issued|version of|status|stand|gultig ab|gultig "
    r"seit|in kraft|gilt ab|vom|datum|aktualisiert|fassung vom|valable|en vigueur|vigente|valido)\b"
)
_VERSION = re.compile(
    r"(?:\b|_)(?:v|ver|version|rev|revision|edition|fassung|ausgabe)[\s._-]?(\d{1,3}(?:\.\d{1,3})*)\b"
)


_ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Age:
    """The day (or month, or year, in ISO form) and the version that a document names.

    ``told_by`` is the source of the day: ``text``, ``name`` or ``file``; empty without a day.
    """

    day: str = ""
    version: tuple[int, ...] = ()
    told_by: str = ""

    def __bool__(self) -> bool:
        return bool(self.day or self.version)


def age_of(name: str, title: str, file_day: str = "", head: str = "") -> Age:
    """The age of a document by its name, title, first lines and the day that its file keeps."""
    called = f"{PurePosixPath(name).stem} {title}"
    day, told_by = _stated_day(head[:_HEAD]), "text"
    if not day:
        day, told_by = first_day(called.replace("_", " ")) or first_day(called), "name"
    if not day:
        day, told_by = file_day, "file"
    found = _VERSION.search(fold(called)) or _VERSION.search(fold(head[:_HEAD]))
    version = tuple(int(part) for part in found[1].split(".")) if found else ()
    return Age(day, version, told_by if day else "")


def _stated_day(head: str) -> str:
    """The day in a line that labels it ("Date: …", "In force from …")."""
    for line in head.splitlines():
        folded = fold(line)
        found = _STATES.search(folded)
        if found:  # "Version 2025, valid from 1 January 2025": the date behind the word
            day = first_day(folded[found.end() :]) or first_day(line)
            if day:
                return day
    return ""


def first_day(text: str) -> str:
    """The first date in a text: a day, a month or a year in ISO form; empty without one."""
    found: list[tuple[int, int, str]] = []
    for match in _ISO.finditer(text):
        year, sign, month, day = match.groups()
        if sign or day:  # six digits in a row are a number
            found.append((match.start(), 0, f"{year}-{month}-{day}" if day else f"{year}-{month}"))
    for match in _DOTTED.finditer(text):
        if 1 <= int(match[2]) <= 12 and 1 <= int(match[1]) <= 31:
            found.append((match.start(), 0, f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"))
    for match in _DAY_MONTH.finditer(text):
        month_number = _month(match[2])
        if month_number and 1 <= int(match[1]) <= 31:
            found.append((match.start(), 0, f"{match[3]}-{month_number:02}-{int(match[1]):02}"))
    for match in _MONTH_DAY.finditer(text):
        month_number = _month(match[1])
        if month_number:
            day = f"-{int(match[2]):02}" if match[2] and 1 <= int(match[2]) <= 31 else ""
            found.append((match.start(), 1, f"{match[3]}-{month_number:02}{day}"))
    found += [(match.start(), 2, match[1]) for match in _YEAR.finditer(text)]
    return min(found)[2] if found else ""


def _month(word: str) -> int:
    """The number of a month by its name in any language, whole or its first letters; 0 for none."""
    folded = fold(word)
    return _months().get(folded) or _months().get(folded[:3] if len(folded) <= 4 else folded, 0)


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for code in language_codes():
        for number, name in enumerate(language(code).months, start=1):
            found.setdefault(name, number)
    for number, name in enumerate(_ENGLISH, start=1):
        found[name] = found[name[:3]] = number
    return found
