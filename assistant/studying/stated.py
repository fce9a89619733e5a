"""Whether a text states a wording, both in one normal form. Pure.

A fact is looked for in the documents' own words, so differences of typesetting are removed: case,
white space, quotes, dashes, Markdown emphasis, thousands separators. Nothing else is changed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_QUOTES = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "\u00ad": None,  # soft hyphen
        "\u200b": None,  # zero-width space
    }
)
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)|~~")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_NARROW_GROUPED = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")


def normalise(text: str) -> str:
    """The normal form: NFKC, lower case, plain quotes and dashes, no emphasis, single spaces."""
    text = _NARROW_GROUPED.sub("", text)
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    text = _EMPHASIS.sub("", text)
    text = _GROUPED.sub(lambda match: match.group().replace(",", ""), text)
    return " ".join(text.split())


def states(normalised: str, wording: str) -> bool:
    """Whether a normalised text states a wording: as whole words, a plural ``s`` allowed.

    ``43`` does not stand in ``1433`` or ``43.5``, nor ``NIPS`` in ``turnips``.
    """
    return _pattern(wording).search(normalised) is not None


@lru_cache(maxsize=4096)
def _pattern(wording: str) -> re.Pattern[str]:
    inner = normalise(wording)
    before = r"(?<!\w)" if inner[:1].isalnum() else ""
    if inner[:1].isdigit():
        before = r"(?<![\w])(?<!\d[.,])"
    after = ""
    if inner[-1:].isdigit():
        after = r"(?!\w)(?![.,]\d)"
    elif inner[-1:].isalpha():
        after = r"(?:'s|s|es)?(?!\w)"
    return re.compile(before + re.escape(inner) + after)
