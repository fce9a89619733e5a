"""Abbreviations that a text explains: "mean time between failures (MTBF)", "MTBF stands for …".

Pure. The long form is found by its letters, from the last to the first (Schwartz and Hearst 2003):
each sign of the short form stands in the long one in order, the first at the start of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

_SHORT = r"[^\W\d_][^\W_]{0,8}[^\W\d_a-zß-öø-ÿ]s?"
_CAPITALS = re.compile(r"(?<![\w-])[A-ZÀ-Þ][A-ZÀ-Þ0-9a-z]{0,8}[A-ZÀ-Þ](?=s?(?![\w-]))")
_BRACKETS = re.compile(r"\((?P<inside>[^()\n]{2,90})\)")
"""Begins with a sign that is searched for fast: whole corpora pass through here."""
_IS_SHORT = re.compile(rf"(?P<short>{_SHORT})(?:[;,].*)?")
_SHORT_BEFORE = re.compile(rf"\b(?P<short>{_SHORT})[\"”“»]? $")
_SAYS = (
    " stands for ", " is short for ", " is an abbreviation of ", " is an abbreviation for ",
    " is an acronym for ", " steht für ", " signifie ", " significa ", " staat voor ",
    " står för ", " står for ",
)  # fmt: skip
_APPOSED = re.compile(
    r", (?<=[A-Z], )(?:short for |or )?(?:the |an? |der |die |das |le |la |el |il |het )?(?=\w)"
)
_LONG_AFTER = re.compile(r"[\"“„«]?(?P<long>[^\W\d_][^.;:!?()\n\"”“»]{3,90})")
_BEFORE = 100
_SHORT_AWAY = 20
"""Characters before a bracket among which its short form begins: it has 11 at the most."""
_BORDER = re.compile(r"[.;:!?()\n|](?=\s|$)")
_MOST = 200
"""Pairs of one document."""


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form with its long form; the text explains it from ``start`` to ``end``."""

    short: str
    long: str
    start: int
    end: int


def pairs_of(text: str) -> tuple[Abbreviation, ...]:
    """The abbreviations that a text explains, in order, each once."""
    found: dict[tuple[str, str], Abbreviation] = {}
    for pair in sorted(islice(_pairs(text), 10 * _MOST), key=lambda each: each.start):
        found.setdefault((pair.short, pair.long.casefold()), pair)
        if len(found) >= _MOST:
            break
    return tuple(found.values())


def short_forms(text: str) -> list[str]:
    """The short forms in capitals that a text writes, each once."""
    return list(dict.fromkeys(_CAPITALS.findall(text)))


def initials(short: str) -> re.Pattern[str]:
    """A pattern of words that begin with the letters of a short form, small words between them."""
    between = (
        r"(?:[\s-]+(?:of|and|the|for|in|to|on|by|der|die|das|und|für|von|de|la|du|et|y))?,?[\s-]+"
    )
    return re.compile(
        r"\b" + between.join(rf"{re.escape(sign)}[^\W\d_]+" for sign in short), re.IGNORECASE
    )


def _pairs(text: str) -> Iterator[Abbreviation]:
    for match in _BRACKETS.finditer(text):
        inside, start = match["inside"], match.start()
        before = text[max(0, start - _BEFORE) : start]
        is_short = _IS_SHORT.fullmatch(inside)
        if is_short is not None and before[-1:] == " ":
            short = _singular(is_short["short"])
            ends = [border.end() for border in _BORDER.finditer(before)]
            at = _long_start(short, before, ends[-1] if ends else 0)
            if at is not None:
                yield Abbreviation(
                    short, before[at:].strip(), start - len(before) + at, match.end()
                )
            continue
        near = before[-_SHORT_AWAY:]
        said = _SHORT_BEFORE.search(near)
        if said is not None:
            short = _singular(said["short"])
            if _long_start(short, inside, 0) == 0:
                yield Abbreviation(short, inside, start - len(near) + said.start(), match.end())
    for match in _APPOSED.finditer(text):
        yield from _said(text, match.start() + 1, match.end(), must_begin=True)
    for phrase in _SAYS:
        at = text.find(phrase)
        while at >= 0:
            yield from _said(text, at + 1, at + len(phrase))
            at = text.find(phrase, at + 1)


def _said(text: str, start: int, end: int, *, must_begin: bool = False) -> Iterator[Abbreviation]:
    """ "MTBF stands for …", where the words between stand from ``start`` to ``end``;
    ``must_begin``: only a long form whose words begin with the letters."""
    before = text[max(0, start - 20) : start].replace(",", " ")
    said = _SHORT_BEFORE.search(before)
    after = _LONG_AFTER.match(text, end)
    if said is None or after is None:
        return
    short = _singular(said["short"])
    words = after["long"].split(" ")
    for count in range(2, min(len(words), len(short) + 5) + 1):  # the shortest that has them all
        long = " ".join(words[:count]).strip(' ,"“”')
        at = _long_start(short, long, 0)
        if at is not None and at <= 4 and initials(short).match(long, at):
            yield Abbreviation(short, long[at:], start - len(before) + said.start(), after.end())
            return
    if must_begin:
        return
    long = after["long"].strip(' ,"“”')
    at = _long_start(short, long, 0)
    if at is not None and at <= 4:
        yield Abbreviation(short, long[at:], start - len(before) + said.start(), after.end())


def _singular(short: str) -> str:
    return short[:-1] if short[-1] == "s" and short[:-1].isupper() else short


def _long_start(short: str, text: str, least: int) -> int | None:
    """Where the long form begins that ends a text, not before ``least``; None without one."""
    if sum(sign.isupper() for sign in short) < 2:
        return None
    folded = text.casefold()
    if len(folded) != len(text):
        return None
    at = len(text)
    for number in range(len(short) - 1, -1, -1):
        sign = short[number].casefold()
        at = folded.rfind(sign, least, at)
        while number == 0 and at > least and text[at - 1].isalnum():
            if sign == "x" and folded[at - 1] == "e" and not folded[: at - 1][-1:].isalnum():
                at -= 1  # XML: extensible markup language
                break
            at = folded.rfind(sign, least, at)
        if at < 0:
            return None
    long = text[at:].split()
    is_short_enough = len(long) <= min(len(short) + 5, 2 * len(short))
    if len(long) < 2 and len(text[at:].strip()) < 4 * len(short):
        return None
    return at if is_short_enough and short not in long else None
