"""Text → one spelling: lower case, compatibility forms resolved, and, for words, no accents."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]+")
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
"""Letters that Unicode does not take apart, as people type them without such keys."""


def fold(text: str) -> str:
    """Lower case, compatibility forms resolved, accents of Latin, Greek and Cyrillic removed."""
    if text.isascii():
        return text.lower()
    # Decomposed first: mathematical letters fold only once they are plain letters.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed).translate(_LETTERS))


def fold_case(text: str) -> str:
    """As ``fold``, with accents kept: stemmers of many languages read them."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).casefold()
    # Turkish İ becomes i with a dot above, which no other word of the language has.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", folded)).replace(
        "i\u0307", "i"
    )
