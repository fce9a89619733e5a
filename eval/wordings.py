"""Does a text state a fact, in any order of its words and any spelling of its numbers? Pure.

A fact's wording is stated when the text holds it as written (``eval.text.states``), or when one of
its sentences holds, close together and in any order, each of the wording's words by its stem, each
number by its value, each name as a name. What is denied in the one must be denied in the other; a
number keeps the noun it counts; words whose order is turned round stand in one phrase, so "small
hearts and large squares" does not say "large hearts". A rounded number is another number: who means
it as well lists it as a second wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.studying.stated import normalise, states
from assistant.text.folding import fold
from assistant.text.terms import stem
from assistant.text.value_words import MONTHS
from assistant.text.word_families import family, verb_forms

_SLACK = 3
"""Words with content that may stand between those of a wording, as many as this."""
_REACH, _FAR_REACH = 1, 3
"""So far before the first word of a wording a negation surely denies it, or may: "could not cope
with hearts" does not deny the hearts."""
_COUNTED = 1
"""Words that may stand between a number and what it counts."""
_MOST_CHARACTERS = 200_000
_SENTENCE_END = re.compile(r"(?<![^\w]\w)(?<!et al)(?<!e\.g)(?<!i\.e)[.!?;][\"')\]]*(?=\s)|[\n|]")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|\b[^\W\d_]\.(?=[ -]?[^\W\d_])|[^\W\d_]+|[%,]")
_EMPTY = frozenset(
    """a an the of to in on at by for from with as is are was were be been being it its this that
    these those which who whom whose what has have had having do does did doing done will
    would can could should shall their there his her he she they them we you i one's into
    than then so such about if while when where also per s re ve ll x""".split()
)
_NEGATIONS = frozenset(
    """no not never without none neither nor cannot nothing nobody lack lacks lacked lacking hardly
    barely scarcely""".split()
)
_NEGATION = "not"
_BREAKS = frozenset("and or but , whereas".split())
_QUANTIFIERS = frozenset("all every each any both some".split())
"""They have to be there, and are no content by themselves: "beat every" is not said freely."""
_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen""".split()
_UNITS = {word: float(value) for value, word in enumerate(_SMALL)}
_TENS = {
    word: 10.0 * tens
    for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_ENDINGS = {"k": 1e3, "m": 1e6, "bn": 1e9}
_ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th"})
_ORDINALS = {
    word: f"{place}."
    for place, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1
    )
}
_NUMBERED = re.compile(r"\bno\.(?= ?\d)")
_UNITS_OF_MEASURE = {
    "%": "percent", "pct": "percent", "h": "hour", "hr": "hour", "hrs": "hour", "sec": "second",
    "secs": "second", "px": "pixel", "kg": "kilogram", "km": "kilometre", "usd": "dollar",
}  # fmt: skip
_PER_CENT = re.compile(r"\bper[ -]cents?\b|\bpercent(?:age points?)?\b")
_SPELLINGS = (
    (re.compile(r"(?<=..)is(?=(?:e|ed|es|er|ers|ing|ations?)$)"), "iz"),
    (re.compile(r"(?<=..)our(?=(?:s|ed|ing|ly|hoods?|able)?$)"), "or"),
    (re.compile(r"ll(?=(?:ed|ing|er|ers)$)"), "l"),
    (re.compile(r"tre$"), "ter"),
    (re.compile(r"gramme(?=s?$)"), "gram"),
)
"""British spellings → American ones, on both sides alike."""
_ENDING = re.compile(r"(?:s|es|ed|d|ing|ly)?")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word with content: every key by which another word is the same; ``written`` is folded.
    ``phrase`` counts the commas and conjunctions before it in its sentence."""

    written: str
    keys: frozenset[str]
    is_negation: bool = False
    phrase: int = 0

    @property
    def is_number(self) -> bool:
        """Whether it is a value."""
        return self.written[:1].isdigit()


@dataclass(frozen=True, slots=True)
class SaidText:
    """A text in its normal form, and the words with content of each of its sentences."""

    normalised: str
    sentences: tuple[tuple[Word, ...], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wording's words; ``is_name`` when all are written as names."""

    words: tuple[Word, ...]
    is_name: bool
    is_single: bool


@lru_cache(maxsize=512)
def said_text(text: str) -> SaidText:
    """Take a text apart; of one longer than 200,000 characters only as many are taken apart."""
    parts = _SENTENCE_END.split(f" {text[:_MOST_CHARACTERS]} ")
    read = (tuple(_words(part)) for part in parts)
    return SaidText(normalise(text), tuple(words for words in read if words))


def tells(said: SaidText, wording: str) -> bool:
    """Whether a text states a wording: as written, or freely (see the module)."""
    return states(said.normalised, wording) or tells_freely(said, wording)


def tells_freely(said: SaidText, wording: str) -> bool:
    """Whether one sentence of a text holds the words of a wording, in any order."""
    wanted = _wanted(wording)
    if wanted.is_single:
        return any(_same(wanted, word) for words in said.sentences for word in words)
    content = [each for each in wanted.words if each.written not in _QUANTIFIERS]
    return len(content) > 1 and any(_holds(words, wanted) for words in said.sentences)


def is_rigid(wording: str) -> bool:
    """Whether a wording asks for two words or more that are no names and no numbers: a person may
    say the same with others."""
    words = _wanted(wording).words
    return sum(each.is_negation or any(k[0] == "~" for k in each.keys) for each in words) > 1


def _holds(words: tuple[Word, ...], wanted: Wanted) -> bool:
    needed = [word for word in wanted.words if not word.is_negation]
    bare = [at for at, word in enumerate(words) if not word.is_negation]
    slack = 1 if wanted.is_name else _SLACK
    for start, first in enumerate(bare):
        if not any(words[first].keys & each.keys for each in needed):
            continue
        window = bare[start : start + len(needed) + slack]
        places = _places(needed, words, window)
        if (
            places
            and (needed[-1].phrase or _keeps_order(places, words))
            and _keeps_counts(needed, places, words)
            and _agrees(words, places, denied=len(needed) < len(wanted.words))
        ):
            return True
    return False


def _places(needed: list[Word], words: tuple[Word, ...], window: list[int]) -> list[int]:
    """Where each word that is needed stands in a window, no two at one place; none if one lacks."""
    free = list(window)
    found = []
    for each in needed:
        place = next((at for at in free if words[at].keys & each.keys), None)
        if place is None:
            return []
        free.remove(place)
        found.append(place)
    return found


def _keeps_order(places: list[int], words: tuple[Word, ...]) -> bool:
    """Whether the words stand in the wording's order, or all in one phrase. A wording that has an
    "and" itself may be turned round."""
    return places == sorted(places) or len({words[at].phrase for at in places}) == 1


def _keeps_counts(needed: list[Word], places: list[int], words: tuple[Word, ...]) -> bool:
    """Whether each number still counts what it counts in the wording: shortly before it, with no
    other number between; the day of a month stands on either side."""
    for number, noun, at, place in zip(needed, needed[1:], places, places[1:], strict=False):
        if number.is_number and not noun.is_number:
            between = words[at + 1 : place]
            if words[place].written in MONTHS and place == at - 1:
                continue
            if place < at or len(between) > _COUNTED or any(each.is_number for each in between):
                return False
    return True


def _agrees(words: tuple[Word, ...], places: list[int], *, denied: bool) -> bool:
    """Whether the words are denied where the wording denies, and only there."""
    start = max(0, min(places) - (_FAR_REACH if denied else _REACH))
    return denied == any(each.is_negation for each in words[start : max(places) + 1])


def _same(wanted: Wanted, word: Word) -> bool:
    """A single word is the same with another ending of inflection; its stem alone says less:
    "publication" is not "public"."""
    own = wanted.words[0]
    if not own.keys & word.keys:
        return False
    if wanted.is_name or own.is_number:
        return True
    shorter, longer = sorted((own.written, word.written), key=len)
    root = shorter.removesuffix("e")
    return longer.startswith(root) and (
        _ENDING.fullmatch(longer[len(root) :]) is not None
        or _ENDING.fullmatch(longer[len(shorter) :]) is not None
        or bool(set(_ends(longer)) & set(_ends(shorter)))
    )


def _ends(word: str) -> Iterator[str]:
    """A word without each ending of inflection that it may have."""
    yield word
    for ending in ("s", "es", "ed", "d", "ing", "ly"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            yield word.removesuffix(ending).removesuffix("e")


@lru_cache(maxsize=8192)
def _wanted(wording: str) -> Wanted:
    written = re.findall(r"[^\W\d_]+", wording)
    content = [word for word in written if word.lower() not in _EMPTY]
    is_name = bool(content) and all(word[:1].isupper() for word in content)
    names = frozenset(
        fold(word)
        for at, word in enumerate(content)
        if word[:1].isupper() and (is_name or at > 0 or word[1:].lower() != word[1:])
    )
    words = tuple(map(_as_place, _words(wording, names)))
    if is_name and len(words) > 1:  # P. Raman
        firsts = (replace(each, keys=each.keys | {f"{each.written[0]}."}) for each in words[:-1])
        words = (*firsts, words[-1])
    return Wanted(words, is_name, len(words) == 1 and not (set(wording.lower().split()) & _EMPTY))


def _as_place(word: Word) -> Word:
    """A word of a wording: "2nd" asks for a place in an order, which "two" is not."""
    if not word.is_number:
        return word
    places = frozenset(key for key in word.keys if key[-1] == ".")
    return replace(word, keys=places or word.keys)


def _words(text: str, names: frozenset[str] = frozenset()) -> Iterator[Word]:
    """The words with content. ``names`` are known by nothing but their spelling; without any, as
    in an answer, every word is known by its spelling and its stem."""
    plain = _PER_CENT.sub("percent", normalise(text)).replace("n't", " not ")
    plain = _NUMBERED.sub("number ", plain)
    tokens = list(_TOKEN.finditer(plain))
    at = phrase = 0
    while at < len(tokens):
        number, used = _number(tokens, at)
        if used:
            key = f"{number:.9g}"
            at += used
            spelt = {key, f"{key}."} if tokens[at - 1].group() in _ORDINAL_ENDINGS else {key}
            yield Word(key, frozenset(spelt), phrase=phrase)
            continue
        word = tokens[at].group()
        word = _UNITS_OF_MEASURE.get(word, word)
        at += 1
        if word in _BREAKS:
            phrase += 1
        elif word in _NEGATIONS:
            yield Word(_NEGATION, frozenset({_NEGATION}), True, phrase)
        elif word not in _EMPTY:
            written, keys = _keys(word, fold(word) in names)
            yield Word(written, keys, phrase=phrase)


@lru_cache(maxsize=32768)
def _keys(word: str, is_name: bool) -> tuple[str, frozenset[str]]:
    folded = fold(word)
    spelled = "".join(_UMLAUTS.get(letter, letter) for letter in word)
    own = {folded, fold(spelled)}
    if is_name:
        return folded, frozenset(own)
    american = folded
    for pattern, other in _SPELLINGS:
        american = pattern.sub(other, american)
    stemmed = stem([american])[0]
    related = {*family(american, stemmed, "en"), *verb_forms(stemmed, "en")}
    keys = own | {f"~{each}" for each in {stemmed, *related}}
    if folded in _ORDINALS:
        keys.add(_ORDINALS[folded])
    return american, frozenset(keys)


def _number(tokens: list[re.Match[str]], at: int) -> tuple[float, int]:
    """The value of the number that begins at a token, and how many tokens it takes; 0 for none."""
    word = tokens[at].group()
    if word[0].isdigit():
        value = _value(word)
        if value is None:
            return 0.0, 0
        used = 1
        follows = tokens[at + 1] if at + 1 < len(tokens) else None
        if follows is not None and follows.start() == tokens[at].end():
            if follows.group() in _ENDINGS:
                return value * _ENDINGS[follows.group()], 2
            if follows.group() in _ORDINAL_ENDINGS:
                return value, 2
            return value, 1
    elif word in _UNITS or word in _TENS:
        value, used = _UNITS.get(word, _TENS.get(word, 0.0)), 1
        follows = tokens[at + 1] if at + 1 < len(tokens) else None
        if word in _TENS and follows is not None and 0 < _UNITS.get(follows.group(), 10.0) < 10:
            value, used = value + _UNITS[follows.group()], 2
    else:
        return 0.0, 0
    while at + used < len(tokens) and tokens[at + used].group() in _SCALES:
        value *= _SCALES[tokens[at + used].group()]
        used += 1
    return value, used


def _value(digits: str) -> float | None:
    """``1,591`` and ``1591`` are one number, ``36.0`` and ``36`` too; ``1.2.3`` is none."""
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", digits)
    return float(plain) if re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?", plain) else None
