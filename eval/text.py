"""What an answer's text holds: markers, numbers, words; compared in the normal form of
`assistant.studying.stated`."""

from __future__ import annotations

import re
from collections import Counter

from assistant.studying.stated import normalise

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = re.compile(r"[^\w\s]|_")

MARKER = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
"""A citation marker in an answer: ``[1]``, ``[1, 2]``; linear time on any text."""


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
