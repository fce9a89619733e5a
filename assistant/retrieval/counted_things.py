"""Questions for a number of things ("Which three methods …?"), and sentences that name so many:
"It shows 3 of the common schemes: linear, geometric and by digits." Pure.

A text often calls the things by another word of the same sense (methods, ways, schemes), and
writes the number in digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.text.terms import terms
from assistant.text.value_words import NOT_COUNTED, NUMBER_WORDS

_LEAST, _MOST = 2, 12
"""Things that a sentence names one by one."""
_ASKING = re.compile(
    r"\b(?:which|what|name|list|give|tell|state|welche[nrs]?|nenne|quell?e?s|cite|cuáles|qué|quali|"
    r"welke|quais)\s+(?:(?:me|are|were|is|was|of|all|the|its|his|her|their|these|those|main|basic|"
    r"sind|waren|die|sont|étaient|les|son|eran|los|las|sono|le|gli|i|zijn|de|são|as|os|"
    r"principal\w*)\s+){0,4}(?P<number>[^\W_]{1,12})\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
_THING = re.compile(r"(?:[\w-]+ ){0,2}?(?P<thing>[\w-]{2,}[^s\W]s)\b")
_OF_KINDS = frozenset(
    """methods ways schemes kinds types forms sorts approaches techniques options categories classes
    groups parts elements components stages phases things factors variants varieties modes models
    systems procedures strategies means""".split()
)
"""Words for things that a text may call by another one of them."""
_COUNTED = re.compile(r"(?<![\w.,-])(?P<number>\d{1,2}|[^\W\d_]{2,12})(?![\w-]|[.,]\d) ?(?=\S)")
_OPENS_LIST = re.compile(
    r"(?P<things>[^.:;?!()]{2,80}?)(?::\s+|\(\s?|,? (?:namely|viz\.|i\.e\.|that is,?) |\s[–—-]\s| "
    r"(?:are|were|sont|sind|son|sono|zijn|são)(?: called| named)?:?\s+)(?P<list>[^.:;?!()]{3,400})"
)
_LETTERS = re.compile(r"[^\W\d_]+")
_OF_WHAT = re.compile(r" of ((?:[\w-]+ ){0,2}?[\w-]{2,}s)\b")
_AND = r",? (?:and|or|as well as|und|oder|et|ou|y|e|o|en|of)(?: the| an?)? "
_PARTED = (re.compile(rf"{_AND}|[,;] "), re.compile(r"(?:[,;] )(?:and |or |und |et |y |e |en )?"))
_LONGEST_THING = 90
_ASKS_NAMES = re.compile(r"\b(?:called|named|names? of|names)\b", re.IGNORECASE)
_ONE_NAME = r"(?<![\w'’-])[A-ZÀ-Þ][\w'’-]{1,40}(?: [A-ZÀ-Þ][\w'’-]{1,40}){0,3}"
_NAME = re.compile(_ONE_NAME)
_JOINED_NAMES = re.compile(rf"{_ONE_NAME}(?:, {_ONE_NAME}){{0,10}},? and {_ONE_NAME}")


def count_asked_for(text: str) -> int:
    """How many things a question asks for by their number; 0 where it names none."""
    found = _ASKING.search(text)
    return _value(found["number"]) if found is not None else 0


def things_named(text: str, count: int = 0) -> str:
    """What a sentence calls the things of which it says a number and then names as many: ``count``
    of them, or any number. Empty where it names none."""
    for number, start in _numbers(text):
        if count and number != count:
            continue
        opened = _OPENS_LIST.match(text, start)
        if opened is None:
            continue
        for parting in _PARTED:
            parts = [part for part in parting.split(opened["list"]) if part.strip()]
            if len(parts) == number and all(len(part) <= _LONGEST_THING for part in parts):
                return opened["things"].strip(" ,–—-")
    return ""


def gives_names(question: str, text: str) -> bool:
    """Whether a question asks what so many things are called, and a sentence joins as many names
    that the question has not: "Salt Nan and Old Bess were broken up"."""
    count = count_asked_for(question) if _ASKS_NAMES.search(question) else 0
    if not count:
        return False
    for joined in _JOINED_NAMES.finditer(text):
        names = [name for name in _NAME.findall(joined.group()) if name not in question]
        if len(names) == count:
            return True
    return False


def is_of_kind_asked_for(question: str, things: str) -> bool:
    """Whether a sentence calls things as the question does, or by another word for kinds and ways
    where the question has one."""
    asked = _ASKING.search(question)
    thing = _THING.match(question, asked.end()) if asked is not None else None
    if thing is None:
        return True
    named = [word.lower() for word in _LETTERS.findall(things)]
    if thing["thing"].lower() in _OF_KINDS:
        return not _OF_KINDS.isdisjoint(named) or _kinds_of(question, thing.end(), named)
    return not {*terms(thing["thing"], "en")}.isdisjoint(terms(things, "en"))


def _kinds_of(question: str, at: int, named: Sequence[str]) -> bool:
    """Whether things are called all that stands behind "kinds of" in a question."""
    whole = _OF_WHAT.match(question, at)
    wanted = [*terms(whole[1], "en")] if whole is not None else []
    return bool(wanted) and {*wanted} <= {*terms(" ".join(named), "en")}


def announces(text: str) -> int:
    """How many things the end of a line says that it stands above: "There are three ways:"."""
    line = text.rstrip().rstrip("*_ ")
    return _number_at_end(line) if line.endswith((":", "：")) else 0


def may_announce(text: str) -> int:
    """How many things a sentence says at its end, be they below it or not: "Work takes three
    forms."."""
    return _number_at_end(text.rstrip().rstrip("*_ ").rstrip(".:："))


def _number_at_end(line: str) -> int:
    last = 0
    for number, start in _numbers(line):
        if len(line) - start <= _LONGEST_THING and not re.search(r"[.;!?]", line[start:]):
            last = number
    return last


def counts_said(
    text: str, weights: Mapping[str, float], code: str
) -> tuple[tuple[re.Pattern[str], str], ...]:
    """For the number in a question that asks for so many things, what says it in other words: its
    digits; and for their kind, what counts as many of another one."""
    asked = _ASKING.search(text)
    number = _value(asked["number"]) if asked is not None else 0
    if asked is None or not number:
        return ()
    said = re.compile(rf"(?<![\w.,-]){number}(?![\w-]|[.,]\d)")
    found = [(said, term) for term in terms(asked["number"], code) if term in weights]
    thing = _THING.match(text, asked.end())
    if code == "en" and thing is not None and thing["thing"].lower() in _OF_KINDS:
        kinds = "|".join(sorted(_OF_KINDS))
        counted = re.compile(
            rf"\b(?:{number}|{asked['number']})(?: [\w-]+){{0,6}}? (?:{kinds})\b", re.IGNORECASE
        )
        found += [(counted, term) for term in terms(thing["thing"], code) if term in weights]
    return tuple(found)


def count_terms(text: str, code: str) -> frozenset[str]:
    """The terms of the number of things that a question asks for."""
    asked = _ASKING.search(text)
    is_number = asked is not None and _value(asked["number"])
    return (
        frozenset(terms(asked["number"], code)) if asked is not None and is_number else frozenset()
    )


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """The small numbers in a text, each with where the words behind it begin."""
    for match in _COUNTED.finditer(text):
        if number := _value(match["number"]):
            yield number, match.end()


def _value(written: str) -> int:
    """A number from two to twelve, in digits or words; 0 for any other word."""
    word = written.lower()
    if word.isdecimal():
        value = int(word)
    else:
        value = 0 if word in NOT_COUNTED - _COUNTED_HERE else int(NUMBER_WORDS.get(word, 0))
    return value if _LEAST <= value <= _MOST else 0


_COUNTED_HERE = frozenset("six sei sept dix dos due ni acht sechs nove".split())
"""Number words that are seldom another word where things are counted."""
