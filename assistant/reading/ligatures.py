"""What a PDF of TeX tells by numbers and parts: "di\\x1berence" → "difference", "B¨ohm" → "Böhm".

Pure. A font without a table of its letters' names gives pdfium their numbers. In the two text
encodings of TeX (OT1 and T1, as the "LaTeX2e font selection" guide draws them) the five ligatures
stand at 11 to 15 and at 27 to 31; T1 has its quotation marks and dashes at 16 to 22. In fonts of
formulas the same numbers are Greek letters, so only one in a word of small letters is told. A
letter with an accent may be drawn as two, the accent first.
"""

from __future__ import annotations

import re
from unicodedata import normalize

_FORMS = ("ff", "fi", "fl", "ffi", "ffl")
_LIGATURES = {
    chr(first + place): form for first in (0x0B, 0x1B) for place, form in enumerate(_FORMS)
}
_IN_A_WORD = re.compile(
    "(?<=[A-Za-z])[\x0b-\x0f\x1b-\x1f](?=[a-z])"
    "|(?<![^\\s(\"'“‘-])(?:[\x0b-\x0f\x1b-\x1f](?=[a-z]{2})|\x1c(?=t\\b))"
    "|(?:(?<=[a-z]{2})|(?<=\\bo))[\x0b\x1b](?![^\\s.,;:!?)-])"
)
"""Inside a word, at its beginning (fit), and "ff" at its end (stuff, off)."""
_FEWEST = 2
_PLAIN = frozenset("\x1b\x1c\x1d\x1e")
"""Different ligatures on a page, unless one is plain: another alone may be a form feed or a mark
between fields."""
_MARKS = {"\x10": "“", "\x11": "”", "\x12": "„", "\x15": "–", "\x16": "—"}
_MARK = re.compile("[\x10\x12](?=[A-Za-z])|(?<=[A-Za-z.,!?])\x11|(?<=[\\w ])[\x15\x16](?=[\\w ])")

_ACCENTS = {"¨": "\u0308", "´": "\u0301", "ˆ": "\u0302"}
_ACCENTED = re.compile(
    r"(?<=[^\W\d_])(¨)([aeiouyAEIOUY])(?=[a-zß-ÿ]|\b)|"
    r"(?<=[^\W\d_])(?<!\b[cdjlmnst])(?<!qu)(´)([aeiouyı])"
    r"(?:(?=[a-zß-ÿ]{3})|(?<=[a-zß-ÿ]{3}´e)(?!\w))|"
    r"(?<=[a-zß-ÿ]{2})(ˆ)([aeiou])(?=[a-zß-ÿ]{2})"
)
"""Inside a word. An acute also writes the apostrophe ("Qur´an", "l´arbre"): it is an accent only
before three letters more, or on an "e" at the end; a grave writes code, so it is left."""


def with_ligatures(raw: str) -> str:
    """Raw text of a page, whose lines end in ``\\r\\n``, with the letters of its ligatures and
    accents.

    Quotation marks and dashes are told where ligatures show that the page's fonts are T1.
    """
    signs = set(_IN_A_WORD.findall(raw))
    if len(signs) < _FEWEST and not signs & _PLAIN:
        return _ACCENTED.sub(_composed, raw)
    told = _IN_A_WORD.sub(lambda found: _LIGATURES[found[0]], raw)
    if sum(map(raw.count, "\x1b\x1c\x1d\x1e\x1f")) > sum(map(told.count, "\x1b\x1c\x1d\x1e\x1f")):
        told = _MARK.sub(lambda found: _MARKS[found[0]], told)
    return _ACCENTED.sub(_composed, told)


def _composed(found: re.Match[str]) -> str:
    accent, bare = (each for each in found.groups() if each)
    letter = normalize("NFC", bare.replace("ı", "i") + _ACCENTS[accent])
    return letter if len(letter) == 1 else found[0]
