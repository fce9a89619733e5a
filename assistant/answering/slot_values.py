"""A sentence → the value it states for what is asked: a number, a date, a name; and which differ.

Pure. The value is the neural reader's span; else a number or date by its form; else the words
at the position of another sentence's value when the two sentences are aligned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from assistant.answering.picks import Pick
from assistant.retrieval.document_age import first_day
from assistant.retrieval.question import Question
from assistant.text.folding import fold
from assistant.text.terms import STOP_WORDS

Form = Literal["date", "number", "name", "any"]

_FORMS: dict[str, Form] = {
    "date": "date", "number": "number", "amount": "number", "person": "name", "place": "name",
    "organisation": "name", "title": "name",
}  # fmt: skip
_READ = -1.0
"""A reader's span that scores less against "no answer" is no value."""
_LONGEST = 8
"""Words of a value; more are a description, which others put in other words."""
_NUMBER = re.compile(r"(?<![\w.-])\d+(?:,\d{3})*(?:\.\d+)?(?:\s?(?:%|percent\b))?")
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d{2}\b")
_LOOKS_LIKE_YEAR = re.compile(r"(?:1[89]|20)\d{2}")
_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*%?")
_ABOUT = re.compile(
    r"\b(?:about|around|approximately|roughly|nearly|almost|over|more than|less than|under|up to|"
    r"at least|some|circa|etwa|rund|ungefähr|fast|über|mehr als|knapp)\s+$",
    re.IGNORECASE,
)
_SAME = 0.7
"""The likeness of two sentences, word by word, that say the same but for one place."""
_NEAR = 0.15
"""By what share values may differ of which one is said to be rough."""


@dataclass(frozen=True, slots=True)
class SlotValue:
    """A value as written, and where it stands in its sentence."""

    text: str
    start: int
    end: int


def form_of(question: Question) -> Form:
    """The form of the value that a question asks for."""
    for kind in question.kinds:
        if kind in ("list", "howto", "yesno", "reason", "definition"):
            break
        if kind in _FORMS:
            return _FORMS[kind]
    return "any"


def value_in(question: Question, pick: Pick, form: Form) -> SlotValue | None:
    """The value of a form that a sentence states by itself, or None."""
    return _read(question, pick, form) or value_by_form(question, pick.text, form)


def value_by_form(question: Question, text: str, form: Form) -> SlotValue | None:
    """The first number or year of a text that is not the question's own."""
    if form == "date":
        for match in _YEAR.finditer(text):
            if match.group() not in question.values:
                return SlotValue(match.group(), match.start(), match.end())
    return _number(question, text) if form == "number" else None


def value_beside(value: SlotValue, text: str, other: str) -> SlotValue | None:
    """What another sentence says in the place of a sentence's value, where both go on alike."""
    mine, theirs = list(_WORD.finditer(text)), list(_WORD.finditer(other))
    left = [fold(m.group()) for m in mine]
    right = [fold(m.group()) for m in theirs]
    first = next((i for i, m in enumerate(mine) if m.end() > value.start), len(mine))
    last = next((i for i, m in enumerate(mine) if m.start() >= value.end), len(mine))
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    for tag, i1, i2, j1, j2 in blocks:
        if tag != "replace" or i1 > first or i2 < last or j2 - j1 > _LONGEST:
            continue
        if i2 - i1 > (last - first) + 1:
            continue
        found = theirs[j1:j2]
        return SlotValue(
            other[found[0].start() : found[-1].end()], found[0].start(), found[-1].end()
        )
    return None


def only_difference(text: str, other: str, form: Form) -> tuple[SlotValue, SlotValue] | None:
    """What two sentences say otherwise, when all else in them is the same; None when more differs,
    or what opens them, whose capitals mean nothing."""
    mine, theirs = list(_WORD.finditer(text)), list(_WORD.finditer(other))
    left = [fold(m.group()) for m in mine]
    right = [fold(m.group()) for m in theirs]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < _SAME:
        return None
    places = [
        each for each in matcher.get_opcodes() if each[0] == "replace" and each[1] and each[3]
    ]
    found = [
        (SlotValue(text[mine[i1].start() : mine[i2 - 1].end()], mine[i1].start(),
               mine[i2 - 1].end()),
         SlotValue(other[theirs[j1].start() : theirs[j2 - 1].end()], theirs[j1].start(),
               theirs[j2 - 1].end()))
        for _, i1, i2, j1, j2 in places
        if i2 - i1 <= _LONGEST and j2 - j1 <= _LONGEST
    ]  # fmt: skip
    named = [
        pair for pair in found if has_form(pair[0].text, form) and has_form(pair[1].text, form)
    ]
    return named[0] if len(named) == 1 else None


def stands_in(value: SlotValue, sentence: str) -> bool:
    """Whether a sentence holds a value, as a number or word for word."""
    numbers = _numbers(value.text)
    if numbers:
        return not set(numbers).isdisjoint(_numbers(sentence))
    wanted = _content(value.text)
    return wanted <= _content(sentence)


def differ(a: SlotValue, b: SlotValue, sentence: str, other: str, form: Form) -> bool:
    """Whether two values cannot both hold: neither is a rough or shorter form of the other."""
    if form == "date":
        mine, theirs = first_day(a.text), first_day(b.text)
        if mine and theirs:
            return not (mine.startswith(theirs) or theirs.startswith(mine))
    numbers, others = _numbers(a.text), _numbers(b.text)
    if numbers or others:
        if not numbers or not others or _unit(sentence, a) != _unit(other, b):
            return False
        if set(numbers) & set(others):
            return False
        rough = _ABOUT.search(sentence[: a.start]) or _ABOUT.search(other[: b.start])
        return not (rough and abs(numbers[0] - others[0]) <= _NEAR * max(numbers[0], others[0]))
    if form in ("date", "number"):
        return False
    left, right = _content(a.text), _content(b.text)
    return bool(left) and bool(right) and not _share_a_word(left, right)


def has_form(text: str, form: Form) -> bool:
    """Whether a text is written as a value of a form: with a number, or as a name."""
    first = [word[:1] for word in text.split()[:_LONGEST]]
    if form in ("date", "number"):
        return any(character.isdigit() for character in text)
    is_named = any(character.isupper() for character in first)
    return is_named or (form == "any" and any(character.isdigit() for character in first))


def _read(question: Question, pick: Pick, form: Form) -> SlotValue | None:
    """The reader's span of a sentence, when it has the form and is no part of the question."""
    read = pick.read
    if read.span < _READ or not pick.start <= read.start < read.end <= pick.end:
        return None
    start, end = read.start - pick.start, read.end - pick.start
    text = pick.text[start:end]
    words = _content(text)
    if not words or len(text.split()) > _LONGEST or words <= _content(question.text):
        return None
    if form in ("date", "number") and not any(c.isdigit() for c in text):
        return None
    if form == "number":
        inside = _number(question, text)
        if inside is not None:
            return SlotValue(inside.text, start + inside.start, start + inside.end)
    return SlotValue(text, start, end)


def _number(question: Question, text: str) -> SlotValue | None:
    wants_share = "percent" in question.text.lower()
    for match in _NUMBER.finditer(text):
        value = match.group().strip()
        bare = re.sub(r"[^\d.]", "", value)
        is_share = value.endswith(("%", "percent"))
        if bare in question.values or _LOOKS_LIKE_YEAR.fullmatch(value) or is_share != wants_share:
            continue
        return SlotValue(value, match.start(), match.start() + len(value))
    return None


def _numbers(text: str) -> list[float]:
    return [
        float(re.sub(r"[^\d.]", "", match.group()).rstrip(".")) for match in _NUMBER.finditer(text)
    ]


def _unit(sentence: str, value: SlotValue) -> str:
    """What the number counts: the sign at it or the word after it, folded and cut to its stem."""
    if "%" in value.text or "percent" in value.text.lower():
        return "%"
    found = _WORD.match(sentence[value.end :].lstrip()) if value.end < len(sentence) else None
    word = fold(found.group()) if found else ""
    return "" if word in STOP_WORDS or not word.isalpha() else word[:4]


def _content(text: str) -> set[str]:
    return {w for m in _WORD.finditer(text) if (w := fold(m.group())) not in STOP_WORDS}


def _share_a_word(left: set[str], right: set[str]) -> bool:
    return any(a == b or a[:5] == b[:5] for a in left for b in right if len(a) > 1)


def years(text: str) -> set[str]:
    """The years that a text names."""
    return set(_YEAR.findall(text))


def content_words(texts: Sequence[str]) -> set[str]:
    """The words with content of some texts, folded."""
    return set().union(*map(_content, texts))
