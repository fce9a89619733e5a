"""A text → what can be checked exactly in it: numbers, dates, names, quoted words and addresses.

Different spellings of one thing are one thing: ``1,591`` and ``1591``, ``70 %`` and ``70 percent``,
``three`` and ``3``, ``12 May 2013`` and ``2013-05-12``. Pure; knows nothing of passages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.text.dates import Date, take_dates
from assistant.text.folding import fold
from assistant.text.terms import STOP_WORDS
from assistant.text.value_words import MONTHS, ONLY_WITH_DAY

_UNITS = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen""".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SUFFIXES = {
    **_SCALES,
    "k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12,
    "hundreds": 100.0, "thousands": 1e3, "millions": 1e6, "billions": 1e9,
}  # fmt: skip
_OTHERS = {
    "half": 0.5, "quarter": 0.25, "dozen": 12.0, "twice": 2.0, "double": 2.0, "doubled": 2.0,
    "triple": 3.0, "tripled": 3.0, "both": 2.0, "couple": 2.0, "pair": 2.0, "once": 1.0,
    "single": 1.0, "first": 1.0, "second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0,
    "sixth": 6.0, "seventh": 7.0, "eighth": 8.0, "ninth": 9.0, "tenth": 10.0,
}  # fmt: skip
_NUMBER_WORD = re.compile(
    r"\b(?:"
    + "|".join(sorted([*_UNITS, *_TENS, *_SCALES, *_OTHERS], key=len, reverse=True))
    + r")\b",
    re.IGNORECASE,
)
_FRACTIONS = frozenset("third fourth fifth sixth seventh eighth ninth tenth".split())
_UNCHECKED = frozenset("one once single first second both couple pair half".split())
"""Number words that often count nothing; looked up in a source, never asked of it."""

_IDENTIFIER = re.compile(
    r"(?<![\w.\-/])[A-Za-z_]+(?:[\-./][A-Za-z_]+){0,8}[\-./]?\d[\w\-]*(?:\.\w+){0,8}"
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<digits>\d{1,3}(?:[,'’\u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"(?:[ \u00a0-]?(?P<scale>hundred|thousand|million|billion|trillion|bn|tn|mn|[kKmMbB])\b|"
    r"(?:st|nd|rd|th|s)\b)?(?![\w])"
)
_GROUPING = re.compile("['’\u00a0\u202f]")
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'”’)\]]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
)
_QUOTED = re.compile(
    r"“([^“”\n]{2,400})”|\"([^\"\n]{2,400})\"|«([^«»\n]{2,400})»|„([^„“”\n]{2,400})[“”]"
)
_CAPITAL = re.compile(r"(?<![\w])[A-ZÀ-ÞΑ-ΩА-Я][\w’'-]*(?:&[A-Z]\w*)?")
_GERMAN = frozenset("der die das und ist ein eine den dem des mit auf für von wird nicht".split())
_ROUGH = re.compile(
    r"(?:\b(?:about|around|approximately|roughly|nearly|almost|some|over|under|up to|"
    r"(?:more|less|fewer) than|at least|at most|circa|ca\.?)|[~≈])\s?[$€£¥]?$",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\s?(?:%|per ?cent\b|prozent\b)", re.IGNORECASE)
_OPENERS = frozenset(
    """neither nor nobody none either although though unless since whereas however without never
    despite unlike like today meanwhile moreover therefore finally later earlier
    according""".split()
)
"""Words that open a sentence before a name ("Neither Kay nor Moe") and are no part of it."""
_TITLES = frozenset("dr mr mrs ms prof st mt gen lt col sgt capt rev hon sr jr".split())
_LIST_MARK = re.compile(r"\s*(?:[-*+•]|\(?\d{1,3}[.)]|#{1,6})\s+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written and every value its writing may mean.

    ``is_word``: written in letters; ``is_rough``: introduced by "about" and the like;
    ``is_share``: in per cent.
    """

    text: str
    values: tuple[float, ...]
    is_word: bool = False
    is_rough: bool = False
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be checked of a sentence, each kind in order of appearance."""

    numbers: tuple[Number, ...]
    dates: tuple[Date, ...]
    names: tuple[str, ...]
    quotes: tuple[str, ...]
    addresses: tuple[str, ...]


def facts_of(text: str, with_names: bool = True) -> Facts:
    """Take a text apart. Dates and addresses are not counted as numbers or names again."""
    mark = _LIST_MARK.match(text)
    rest = text[mark.end() :] if mark else text
    addresses = tuple(match.group().rstrip(".,;:!?") for match in _ADDRESS.finditer(rest))
    rest = _ADDRESS.sub(" ", rest)
    quotes = tuple(next(filter(None, match.groups())) for match in _QUOTED.finditer(rest))
    dates, rest = take_dates(rest)
    identifiers = [match.group() for match in _IDENTIFIER.finditer(rest)]
    numbers = tuple(_numbers(_IDENTIFIER.sub(" ", rest)))
    names = (*_names(rest), *identifiers) if with_names else ()
    return Facts(numbers, dates, tuple(dict.fromkeys(names)), quotes, addresses)


def _numbers(text: str) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        scale = _SUFFIXES.get((match.group("scale") or "").lower(), 1.0)
        values = tuple(_key(value * scale) for value in _readings(match.group("digits")))
        century = re.search(
            r"(?<!\d)(1\d|20)\d\d[-–/]$", text[max(0, match.start() - 6) : match.start()]
        )
        if century and len(match.group()) == 2:  # 2018–19
            values += (_key(float(century.group(1) + match.group())),)
        rough = _ROUGH.search(text[max(0, match.start() - 24) : match.start()]) is not None
        share = _SHARE.match(text, match.end()) is not None
        yield Number(match.group(), values, False, rough, share)
    yield from _number_words(text)


def _readings(digits: str) -> Iterator[float]:
    """``1,591`` is 1591, but 1.591 too where the comma is decimal."""
    plain = _GROUPING.sub("", digits)
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        yield float(plain)
        if re.fullmatch(r"\d{1,3}\.\d{3}", plain):
            yield float(plain.replace(".", ""))
    elif re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        yield float(plain.replace(",", ""))
    elif re.fullmatch(r"\d+,\d+", plain):
        yield float(plain.replace(",", "."))
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", plain):
        yield float(plain.replace(".", "").replace(",", "."))
    else:  # 1.2.3, 10.4.22: a version or a section
        yield from (float(part) for part in re.findall(r"\d+", plain)[:1])


def _number_words(text: str) -> Iterator[Number]:
    """Runs such as ``two hundred and fifty`` or ``twenty-one``, and single words."""
    found = list(_NUMBER_WORD.finditer(text))
    at = 0
    while at < len(found):
        other = _OTHERS.get(found[at].group().lower())
        if other is not None:
            also = _as_shares(found[at].group().lower(), other)
            yield Number(found[at].group(), (_key(other), *also), True)
            at += 1
            continue
        start, total, current = at, 0.0, -1.0
        while at < len(found):
            word = found[at].group().lower()
            gap = text[found[at - 1].end() : found[at].start()] if at > start else ""
            after_scale = at > start and found[at - 1].group().lower() in _SCALES
            if gap.strip(" -") and not (after_scale and gap.strip() == "and"):
                break
            if word in _UNITS or word in _TENS:
                value = _UNITS.get(word, _TENS.get(word, 0))
                if current >= 0 and not _continues(current, value):
                    break
                current = max(current, 0.0) + value
            elif word in _SCALES and current >= 0:
                current *= _SCALES[word]
                if word != "hundred":
                    total, current = total + current, 0.0
            else:
                break
            at += 1
        if at > start:
            written = text[found[start].start() : found[at - 1].end()]
            yield Number(written, (_key(total + current),), True)
        else:
            at += 1


def _as_shares(word: str, value: float) -> tuple[float, ...]:
    """``half`` is 50 per cent, ``a fifth`` 20."""
    if value < 1:
        return (_key(100 * value),)
    return (_key(100 / value),) if word in _FRACTIONS else ()


def _continues(current: float, value: float) -> bool:
    """Twenty goes on with one, a hundred with anything below it."""
    return current % 100 == 0 or (current % 100 >= 20 and current % 10 == 0 and value < 10)


def _key(value: float) -> float:
    return float(f"{value:.9g}")


def is_checked(number: Number) -> bool:
    """Whether a source has to hold the number; "one of them" asks nothing of it."""
    return number.text.lower() not in _UNCHECKED


def _names(text: str) -> list[str]:
    """Words written as names; none in German, where every noun is."""
    tokens = [word.lower() for word in _WORD.findall(text)]
    if sum(token in _GERMAN for token in tokens) * 6 > len(tokens):
        return []
    found = []
    for match in _CAPITAL.finditer(text):
        word = re.sub(r"['’]s$", "", match.group()).rstrip("'’-")
        if (
            not word
            or fold(word) in STOP_WORDS
            or word.lower() in _OPENERS
            or (word.lower() in MONTHS and word.lower() not in ONLY_WITH_DAY)
            or word.lower() in _UNITS
        ):
            continue
        before = text[: match.start()].rstrip(" \"'“‘(*_[")
        token = before[:-1].rsplit(None, 1)[-1:] or [""]
        titled = before[-1:] == "." and (token[0].lower() in _TITLES or len(token[0]) == 1)
        opens = before[-1:] in ("", ".", "?", "!", ":", "\n", "•", "|") and not titled
        inner = any(c.isupper() for c in word[1:])
        following = text[match.end() : match.end() + 2].strip(" ")
        if opens and not inner and not following[:1].isupper():
            continue
        if len(word) > 1 and word.lower() not in _TITLES:
            found.append(word)
    return found
