"""One normal form for comparing what an answer says with what it should say.

Facts are compared with the documents' own words, so differences of typesetting are removed: case,
white space, quotes, dashes, Markdown emphasis, thousands separators. Nothing else is changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
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
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = re.compile(r"[^\w\s]|_")

MARKER = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
"""A citation marker in an answer: ``[1]``, ``[1, 2]``; linear time on any text."""


def normalise(text: str) -> str:
    """The normal form: NFKC, lower case, plain quotes and dashes, no emphasis, single spaces."""
    text = _NARROW_GROUPED.sub("", text)
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    text = _EMPHASIS.sub("", text)
    text = _GROUPED.sub(lambda match: match.group().replace(",", ""), text)
    return " ".join(text.split())


def without_markers(text: str) -> str:
    """An answer's text without its citation markers."""
    return " ".join(MARKER.sub("", text).split())


def markers(text: str) -> list[int]:
    """The numbers of all citation markers in an answer, in order, repeated ones too."""
    return [
        int(number)
        for match in MARKER.finditer(text)
        for number in match.group(1).replace(";", ",").split(",")
    ]


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


def numbers(text: str) -> list[str]:
    """The numbers in a text, without thousands separators, in order."""
    return [each.strip(".,") for each in _NUMBER.findall(normalise(text))]


def bag_of_words(text: str) -> Counter[str]:
    """Words as SQuAD's official script counts them: no case, punctuation or articles."""
    plain = _PUNCTUATION.sub("", normalise(text))
    return Counter(_ARTICLES.sub(" ", plain).split())


def token_f1(text: str, reference: str) -> float:
    """F1 of the bags of words (Rajpurkar et al. 2016); two empty texts agree."""
    said, expected = bag_of_words(text), bag_of_words(reference)
    if not said or not expected:
        return float(said == expected)
    common = sum((said & expected).values())
    if not common:
        return 0.0
    precision, recall = common / sum(said.values()), common / sum(expected.values())
    return 2 * precision * recall / (precision + recall)
