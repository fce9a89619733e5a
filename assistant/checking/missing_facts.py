"""Compares the facts of a sentence with its sources and reports those that none of them has.

Exact and cheap. A fact is found if a source, its title or its headings have it in any spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.text.dates import Date
from assistant.text.facts import Facts, Number, facts_of, is_checked
from assistant.text.folding import fold
from assistant.text.place_forms import PLACE_FORMS, SHORT_COUNTRIES
from assistant.text.terms import stem, words

ProblemKind = Literal[
    "number",
    "date",
    "name",
    "quote",
    "address",
    "negation",
    "opposite",
    "stronger",
    "roles",
    "apart",
    "scattered",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in words; ``is_grave`` when it alone makes a sentence unsupported."""

    kind: ProblemKind
    text: str
    is_grave: bool = True


_SENDS = re.compile(
    r"\W*(?:(?:please|now|then|first|just|kindly|you (?:should|must|can|need to)|make sure to)\s+)*"
    r"(?:visit|click|go to|open|download|install|send|e-?mail|write|call|log in|sign (?:in|up)|"
    r"register|follow|check out|see|run|try|use|get|buy|pay)\b",
    re.IGNORECASE,
)
_SQUASHED = re.compile(r"[\W_]+")
_CAPITALS = re.compile(
    r"(?<!\w)(?:[A-ZÀ-Þ][\w’']*[ -](?:(?:of|and|for|the|de) ){0,2}){1,7}[A-ZÀ-Þ][\w’']*"
)
_ALL_CAPITALS = re.compile(r"\b(?:[A-Z]\.){2,6}|\b[A-Z]{2,8}\b")
_GAP = re.compile(r"\[?(?:\.\.\.|…)\]?|\[[^\]]{0,40}\]")
_QUOTES = str.maketrans("‘’“”„«»–—\u00a0", '\'\'"""""-- ')
_NOT_NAME = re.compile(r"[ -]")
_ROUGHLY = 0.06
_SMALL = 12.0


class SourceFacts:
    """The facts of a text, indexed for look-up."""

    def __init__(self, text: str) -> None:
        facts = facts_of(text, with_names=False)
        tokens = words(text)
        self.stems = frozenset(stem(tokens))
        self.values: set[float] = set()
        self.shares: set[float] = set()
        self.dates: list[tuple[int | None, int, int | None]] = []
        for number in facts.numbers:
            self.values.update(number.values)
            if number.is_share or number.is_word:
                self.shares.update(number.values)
        for date in facts.dates:
            self.dates.extend(date.spellings)
            self.values.update(float(year) for year, _, _ in date.spellings if year)
        self.folded = _plain(text)
        self.running = f" {' '.join(tokens)} "
        self.initials = "".join(token[0] for token in tokens)
        self.squashed = _SQUASHED.sub("", self.folded)
        self.acronyms = frozenset(acronyms(text))
        self.capitals = frozenset(c.replace(".", "") for c in _ALL_CAPITALS.findall(text))
        self.prefixes = frozenset(term[:4] for term in self.stems)

    def has_number(self, number: Number) -> bool:
        """Whether the source has the value, or one near it if the sentence says "about"."""
        if not self.values.isdisjoint(number.values):
            return True
        if not number.is_rough:
            return False
        return any(
            abs(value - own) <= _ROUGHLY * abs(own)
            for value in self.values
            for own in number.values
        )

    def has_share(self, number: Number) -> bool:
        """Whether the value stands there as a percentage."""
        return not self.shares.isdisjoint(number.values)

    def has_date(self, date: Date) -> bool:
        """Whether the source has the date; its year may be in another place."""
        for year, month, day in date.spellings:
            for other_year, other_month, other_day in self.dates:
                same = month == other_month and day in (None, other_day)
                if same and (
                    year in (None, other_year)
                    or (other_year is None and float(year or 0) in self.values)
                ):
                    return True
        return False

    def has_name(self, name: str) -> bool:
        """Whether the name stands there, also inflected, joined or as initials."""
        parts = stem(words(name))
        if all(part in self.stems for part in parts) or name in self.acronyms:
            return True
        if name.isupper() and name.isalpha() and len(name) >= 3 and name.lower() in self.initials:
            return True
        squashed = _SQUASHED.sub("", fold(name))
        is_telling = len(squashed) >= 7 or (len(squashed) >= 3 and not name.isalpha())
        if is_telling and squashed in self.squashed:
            return True
        return all(self._has_kin(part) for part in parts)

    def has_form(self, form: str) -> bool:
        """Whether a form of a place's name stands there as it is written."""
        bare = form.replace(".", "")
        return bare in self.capitals or f" {' '.join(words(form))} " in self.running

    def _has_kin(self, part: str) -> bool:
        """``german`` and ``germani``, ``presid`` and ``presidenti``: a long common beginning."""
        if len(part) < 4 or part[:4] not in self.prefixes:
            return part in self.stems
        return any(_are_kin(part, term) for term in self.stems)

    def has_quote(self, quote: str) -> bool:
        """Whether the quoted words stand there in this order, left-out places aside."""
        parts = [" ".join(words(part)) for part in _GAP.split(quote)]
        return all(f" {part} " in self.running for part in parts if part)

    def has_words(self, text: str) -> bool:
        """Whether all words of a text stand there, in whatever order."""
        return all(part in self.stems for part in stem(words(text)))

    def has_address(self, address: str) -> bool:
        """Whether the address stands there as it is."""
        return _plain(address).rstrip("/") in self.folded


def acronyms(text: str) -> Iterable[str]:
    """The initials of capitalised runs: ``World Health Organization`` → ``WHO``."""
    for match in _CAPITALS.finditer(text):
        initials = [word[0] for word in re.split(r"[\s-]+", match.group()) if word[:1].isupper()]
        for start in range(len(initials)):
            for end in range(start + 2, len(initials) + 1):
                yield "".join(initials[start:end])


def missing_facts(sentence: str, facts: Facts, held: Sequence[SourceFacts]) -> list[Problem]:
    """The facts of a sentence that none of the sources holds."""
    found = [
        Problem("address", f"the address {address} is in no cited passage")
        for address in facts.addresses
        if not any(source.has_address(address) for source in held)
    ]
    if facts.addresses and _SENDS.match(sentence):
        # What a model writes that obeyed a document; python -m benchmarks.injections counts them.
        found.append(
            Problem("address", f"it sends the reader to {facts.addresses[0]}", is_grave=False)
        )
    for number in filter(is_checked, facts.numbers):
        if not any(source.has_number(number) for source in held):
            is_small = number.is_word and number.values[0] <= _SMALL
            text = f"the number {number.text} is in no cited passage"
            found.append(Problem("number", text, is_grave=not is_small))
        elif number.is_share and not any(source.has_share(number) for source in held):
            text = f"{number.text} is no percentage in any cited passage"
            found.append(Problem("number", text, is_grave=False))
    for date in facts.dates:
        if not any(source.has_date(date) for source in held):
            found.append(Problem("date", f"the date {date.text} is in no cited passage"))
    found.extend(_missing_names(sentence, facts.names, held))
    for quote in facts.quotes:
        is_title = quote.istitle()
        if not any(s.has_quote(quote) or (is_title and s.has_words(quote)) for s in held):
            text = f"the quoted words “{quote[:60]}” are in no cited passage"
            found.append(Problem("quote", text, len(quote.split()) > 2 and not is_title))
    return found


def _missing_names(
    sentence: str, names: Sequence[str], held: Sequence[SourceFacts]
) -> Iterator[Problem]:
    """A name beside known ones ("Shizuoka Prefecture") is doubtful, others are plainly missing."""
    runs = _CAPITALS.findall(sentence)
    spelled: set[str] = set()  # "United States" where a source writes "U.S."
    for run in runs:
        initials = frozenset(acronyms(run))
        if any(not source.capitals.isdisjoint(initials) for source in held):
            spelled.update(_NOT_NAME.split(run))
    for form, others in PLACE_FORMS.items():
        if form in sentence and any(s.has_form(other) for s in held for other in others):
            is_code = len(form) == 2 and form not in SHORT_COUNTRIES
            if not is_code or re.search(rf",\s*{form}\b", sentence):
                spelled.update(_NOT_NAME.split(form))
    missing = [n for n in names if n not in spelled and not any(s.has_name(n) for s in held)]
    for name in missing:
        beside = {n for run in runs if name in _NOT_NAME.split(run) for n in _NOT_NAME.split(run)}
        is_known = name.isalpha() and any(n in names and n not in missing for n in beside)
        is_short = len(name) <= 2 and name.isalpha() and name not in SHORT_COUNTRIES
        is_short = is_short and not (name in PLACE_FORMS and f", {name}" in sentence)
        text = f"the name {name} is in no cited passage"
        yield Problem("name", text, is_grave=not (is_known or is_short))


def _are_kin(a: str, b: str) -> bool:
    shorter, longer = sorted((a, b), key=len)
    if len(longer) - len(shorter) > 4:
        return False
    common = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(shorter))
    return common >= max(4, len(longer) - 3) or (common == len(shorter) and common >= 6)


def _plain(text: str) -> str:
    return " ".join(fold(text.translate(_QUOTES)).split())
